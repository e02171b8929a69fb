package org.caravox.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.caravox.calls.CallSettings;
import org.caravox.calls.media.MediaWishes.Srtp;
import org.caravox.rtp.RtpSettings;
import org.caravox.sip.stack.SipSettings;
import org.caravox.sip.stack.Trunk;
import org.jspecify.annotations.Nullable;

/** All settings under {@code caravox.calls}. */
record CallsSettings(
        int most,
        int mostOfTenant,
        int mostOfTrunk,
        int threads,
        Duration longest,
        Duration ringing,
        Duration keep,
        boolean direct,
        List<String> outbound,
        String connectTo,
        int listeners,
        QueueEntry queue,
        @Nullable Path sounds,
        Emergency emergency,
        Map<String, LineEntry> numbers,
        Map<String, TrunkEntry> trunks,
        Sip sip,
        Rtp rtp) {

    CallsSettings {
        numbers = numbers == null ? Map.of() : Map.copyOf(numbers);
        trunks = trunks == null ? Map.of() : Map.copyOf(trunks);
    }

    /** Numbers that no machine answers or rings; an empty trunk is none. */
    record Emergency(List<String> numbers, String trunk) {}

    /** Where callers wait; null of a number is as for all. */
    record QueueEntry(
            @Nullable Integer length,
            @Nullable Duration longest,
            @Nullable Duration every,
            @Nullable String say,
            @Nullable String play,
            @Nullable String sorry,
            @Nullable String to) {

        static final QueueEntry AS_ALL = new QueueEntry(null, null, null, null, null, null, null);

        /** The queue of a number, where what it does not say is as all's, which say everything. */
        CallSettings.Queue of(String number, QueueEntry all) {
            return new CallSettings.Queue(
                    number,
                    or(length, all.length),
                    or(longest, all.longest),
                    or(every, all.every),
                    or(say, all.say),
                    or(play, all.play),
                    or(sorry, all.sorry),
                    or(to, all.to));
        }

        private static <T> T or(@Nullable T own, @Nullable T all) {
            return own == null ? Objects.requireNonNull(all, "config/settings/application.yaml says all of it") : own;
        }
    }

    /** Who is behind a number; null trunks are all. */
    record LineEntry(
            String tenant,
            @Nullable String route,
            @Nullable String agent,
            @Nullable List<String> trunks,
            @Nullable QueueEntry queue) {

        /** Which route takes its calls. */
        String taker() {
            return route == null ? CallSettings.BY_AGENT : route;
        }

        CallSettings.Line line(String number, QueueEntry all) {
            QueueEntry own = queue == null ? QueueEntry.AS_ALL : queue;
            return new CallSettings.Line(
                    tenant, taker(), agent, trunks == null ? List.of() : trunks, own.of(number, all));
        }
    }

    /** A carrier; null is nothing, or as for all. */
    record TrunkEntry(
            @Nullable List<String> addresses,
            @Nullable String transport,
            @Nullable List<String> allow,
            @Nullable String username,
            @Nullable String secret,
            @Nullable String domain,
            @Nullable String registrar,
            @Nullable Duration registerEvery,
            boolean digest,
            @Nullable List<String> headers,
            @Nullable String number,
            @Nullable List<String> tenants,
            @Nullable Srtp srtp,
            @Nullable List<String> codecs) {

        private static <T> List<T> orNone(@Nullable List<T> list) {
            return list == null ? List.of() : list;
        }

        Trunk trunk(String name, Function<String, String> secrets) {
            String secretName = secret;
            Supplier<String> password = secretName == null ? () -> "" : () -> secrets.apply(secretName);
            return new Trunk(
                    name,
                    orNone(addresses),
                    transport == null ? "udp" : transport,
                    orNone(allow),
                    username,
                    password,
                    domain,
                    registrar,
                    registerEvery == null ? Trunk.REGISTER_EVERY : registerEvery,
                    digest,
                    orNone(headers),
                    number);
        }
    }

    /** Where it is reached; a port of 0 is none, and without ports there is no SIP. */
    record Sip(
            String host,
            int udpPort,
            int tcpPort,
            int tlsPort,
            String externalAddress,
            @Nullable Path keyStore,
            @Nullable Path trustStore,
            @Nullable String keySecret,
            boolean demandsCertificate,
            Duration sessionExpires,
            Duration leastSession,
            boolean dropStrangers,
            List<String> scanners,
            int perSecond,
            int burst,
            int failures,
            Duration blockedFor,
            Duration slowedBy,
            int dialogs,
            String userAgent) {

        boolean on() {
            return udpPort > 0 || tcpPort > 0 || tlsPort > 0;
        }

        SipSettings settings(List<Trunk> trunks, Function<String, String> secrets) {
            return new SipSettings(
                    new SipSettings.Listening(
                            host,
                            udpPort,
                            tcpPort,
                            tlsPort,
                            externalAddress.isBlank() ? null : externalAddress,
                            tls(secrets)),
                    trunks,
                    new SipSettings.Sessions(sessionExpires, leastSession),
                    new SipSettings.Guard(dropStrangers, scanners, perSecond, burst, failures, blockedFor, slowedBy),
                    dialogs,
                    userAgent);
        }

        private SipSettings.@Nullable Tls tls(Function<String, String> secrets) {
            Path keys = keyStore;
            if (keys == null) {
                return null;
            }
            String name = keySecret;
            return new SipSettings.Tls(
                    keys, trustStore, () -> name == null ? "" : secrets.apply(name), demandsCertificate);
        }
    }

    /** How audio is carried. */
    record Rtp(
            String host,
            String externalAddress,
            int firstPort,
            int lastPort,
            int loops,
            List<String> codecs,
            Duration packetLength,
            Duration leastBuffered,
            Duration mostBuffered,
            Duration silentAfter,
            boolean continuousSilence) {

        RtpSettings settings() {
            return new RtpSettings(
                    host,
                    externalAddress.isBlank() ? null : externalAddress,
                    firstPort,
                    lastPort,
                    loops,
                    codecs,
                    packetLength,
                    leastBuffered,
                    mostBuffered,
                    silentAfter,
                    continuousSilence);
        }
    }

    /** @param consents by tenant, what is said before a call is recorded */
    CallSettings settings(Map<String, String> consents) {
        Map<String, List<String>> tenants = new LinkedHashMap<>();
        trunks.forEach((name, trunk) -> tenants.put(name, TrunkEntry.orNone(trunk.tenants())));
        return new CallSettings(
                most,
                mostOfTenant,
                mostOfTrunk,
                longest,
                ringing,
                numbers.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                        .line(entry.getKey(), queue))),
                emergency.numbers(),
                emergency.trunk().isBlank() ? null : emergency.trunk(),
                tenants,
                direct,
                outbound,
                consents,
                keep,
                listeners);
    }
}
