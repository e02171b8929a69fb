package org.caravox.rtp;

import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How audio is carried.
 *
 * @param bindAddress       IP address whose ports are used; default 0.0.0.0, every one
 * @param externalAddress   IP address that the other side is told, behind NAT; null is the bind address
 * @param firstPort         of the range, even; 1024 to 65534, default 20000
 * @param lastPort          of the range; default 29999. A call takes two
 * @param loops             threads that carry all calls; 0, the default, is one a core
 * @param codecs            names in the order in which we like them; default PCMU, PCMA, G722, opus
 * @param packetLength      audio in a packet that we wish to get; 10 to 60 ms, default 20
 * @param leastBuffered     the jitter buffer never aims at less; default 20 ms
 * @param mostBuffered      the jitter buffer never aims at more; default 200 ms
 * @param silentAfter       neither RTP nor RTCP for so long is told; default 20 s
 * @param continuousSilence whether silence is sent while nothing is played, which NAT and carriers like; default true
 */
public record RtpSettings(
        String bindAddress,
        @Nullable String externalAddress,
        int firstPort,
        int lastPort,
        int loops,
        List<String> codecs,
        Duration packetLength,
        Duration leastBuffered,
        Duration mostBuffered,
        Duration silentAfter,
        boolean continuousSilence) {

    /** Every codec that is known here, in the order in which we like them. */
    public static final List<String> CODECS = List.of("PCMU", "PCMA", "G722", "opus");

    public static final RtpSettings DEFAULT = new RtpSettings(
            "0.0.0.0",
            null,
            20_000,
            29_999,
            0,
            CODECS,
            Duration.ofMillis(20),
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            Duration.ofSeconds(20),
            true);

    /** @throws IllegalArgumentException when a value is out of range; the message says what to write */
    public RtpSettings {
        codecs = List.copyOf(codecs);
        check(!codecs.isEmpty() && Set.copyOf(CODECS).containsAll(codecs), "codecs must be among " + CODECS, codecs);
        check(firstPort >= 1024 && firstPort % 2 == 0, "first-port must be even and 1024 or more", firstPort);
        check(
                lastPort > firstPort && lastPort <= 65_535,
                "last-port must be above first-port, 65535 at most",
                lastPort);
        check(loops >= 0 && loops <= 256, "loops must be 0 to 256", loops);
        long packetMs = packetLength.toMillis();
        check(
                packetMs >= 10 && packetMs <= 60 && packetMs % 10 == 0,
                "packet-length must be 10 to 60 ms",
                packetLength);
        check(leastBuffered.toMillis() >= 10, "least-buffered must be 10 ms or more", leastBuffered);
        check(
                mostBuffered.compareTo(leastBuffered) >= 0 && mostBuffered.toMillis() <= 500,
                "most-buffered must be from least-buffered to 500 ms",
                mostBuffered);
        check(silentAfter.toMillis() >= 1_000, "silent-after must be 1 s or more", silentAfter);
        check(isAddress(bindAddress), "bind-address must be an IP address", bindAddress);
        check(
                externalAddress == null || isAddress(externalAddress),
                "external-address must be an IP address",
                externalAddress);
    }

    private static boolean isAddress(String text) {
        return NetUtil.createInetAddressFromIpAddressString(text) != null;
    }

    private static void check(boolean right, String demand, @Nullable Object value) {
        if (!right) {
            throw new IllegalArgumentException("rtp: " + demand + ", was " + value);
        }
    }

    /** The address that the other side is told: the external one, else the one that is bound. */
    String advertised() {
        return externalAddress == null ? bindAddress : externalAddress;
    }
}
