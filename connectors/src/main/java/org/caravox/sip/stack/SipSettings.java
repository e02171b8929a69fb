package org.caravox.sip.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the hub speaks SIP.
 *
 * @param listening where it is reached
 * @param trunks    who it speaks with
 * @param sessions  session timers, RFC 4028
 * @param guard     what is done about those who are not welcome
 * @param mostCalls how many dialogs there may be at once; more are answered by 503
 * @param userAgent as in the header of that name
 */
public record SipSettings(
        Listening listening, List<Trunk> trunks, Sessions sessions, Guard guard, int mostCalls, String userAgent) {

    /** How many dialogs there may be at once unless settings say otherwise. */
    public static final int MOST_CALLS = 10_000;

    public SipSettings {
        trunks = List.copyOf(trunks);
    }

    /** All as it is without settings, but where it listens and who it speaks with. */
    public static SipSettings of(Listening listening, List<Trunk> trunks) {
        return new SipSettings(listening, trunks, Sessions.defaults(), Guard.defaults(), MOST_CALLS, "Caravox");
    }

    /**
     * Where it is reached. A port of 0 switches its transport off.
     *
     * @param host            the address that is bound: one of this machine, or 0.0.0.0
     * @param udpPort         0 to 65535; 5060 is usual
     * @param tcpPort         0 to 65535; 5060 is usual
     * @param tlsPort         0 to 65535; 5061 is usual
     * @param externalAddress what others reach it by when that is another one (NAT); null is the address that is bound
     * @param tls             needed for a {@code tlsPort}; null when there is none
     */
    public record Listening(
            String host, int udpPort, int tcpPort, int tlsPort, @Nullable String externalAddress, @Nullable Tls tls) {

        /** UDP and TCP at one port. */
        public static Listening plain(String host, int port) {
            return new Listening(host, port, port, 0, null, null);
        }
    }

    /**
     * Certificates.
     *
     * @param keyStore   PKCS #12, with our key and certificate
     * @param trustStore PKCS #12, with the certificates that we trust; null is the key store itself
     * @param password   of both; a secret
     * @param demandsCertificate whether whoever connects must have a certificate that we trust
     */
    public record Tls(
            Path keyStore, @Nullable Path trustStore, Supplier<String> password, boolean demandsCertificate) {}

    /**
     * Session timers, RFC 4028.
     *
     * @param expires what we ask for
     * @param least   the least that we agree to; RFC 4028 demands 90 seconds
     */
    public record Sessions(Duration expires, Duration least) {

        /** 30 minutes, at least 90 seconds. */
        public static Sessions defaults() {
            return new Sessions(Duration.ofMinutes(30), Duration.ofSeconds(90));
        }
    }

    /**
     * What is done about those who are not welcome.
     *
     * @param dropStrangers whether requests of addresses that belong to no trunk get no answer at all, instead of 403
     * @param scanners      those whose User-Agent contains one of these get no answer; lower case
     * @param perSecond     requests outside of dialogs that an address of no trunk may send a second
     * @param burst         how many of them at once
     * @param failures      wrong passwords from one address before it is blocked
     * @param blockedFor    how long it is
     * @param slowedBy      how much later each further wrong password is answered
     */
    public record Guard(
            boolean dropStrangers,
            List<String> scanners,
            int perSecond,
            int burst,
            int failures,
            Duration blockedFor,
            Duration slowedBy) {

        public Guard {
            scanners = List.copyOf(scanners);
        }

        /** 403 for strangers, known scanners dropped, 10 requests a second, 5 wrong passwords before 10 minutes. */
        public static Guard defaults() {
            return new Guard(
                    false,
                    List.of("friendly-scanner", "sipvicious", "sipcli", "sip-scan", "sundayddr", "pplsip", "sipsak"),
                    10,
                    50,
                    5,
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(1));
        }
    }
}
