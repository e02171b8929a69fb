package org.caravox.calls.media;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code m=} line of audio, and what belongs to it. Source: RFC 8866; RFC 3264 (offer and answer).
 *
 * @param address   where its sender wants RTP: an IP address; 0.0.0.0 is the old way to hold
 * @param port      of RTP; 0 refuses the line
 * @param rtcpPort  of RTCP; that of RTP where both share it
 * @param secure    whether it is {@code RTP/SAVP}
 * @param codecs    in the order in which its sender likes them; what was not understood is left out
 * @param direction as its sender sees it
 * @param keys      SDES keys, RFC 4568; none when it is not secure
 * @param ptimeMs   milliseconds of audio in a packet that its sender wishes; 20 where it wishes nothing
 * @param label     RFC 4574: names the line, for SIPREC; null where nothing is said
 */
public record MediaDescription(
        String address,
        int port,
        int rtcpPort,
        boolean secure,
        List<Codec> codecs,
        Direction direction,
        List<SrtpKey> keys,
        int ptimeMs,
        @Nullable String label) {

    /** Which way audio goes, as the one who says so sees it. */
    public enum Direction {
        SENDRECV,
        SENDONLY,
        RECVONLY,
        INACTIVE;

        /** The same as the other side sees it. */
        public Direction mirrored() {
            return switch (this) {
                case SENDONLY -> RECVONLY;
                case RECVONLY -> SENDONLY;
                default -> this;
            };
        }

        /** Whether the one who says so sends. */
        public boolean sends() {
            return this == SENDRECV || this == SENDONLY;
        }
    }

    /**
     * A key of SRTP. It is a secret: it has no text.
     *
     * @param tag    as in {@code a=crypto}
     * @param suite  {@code AES_CM_128_HMAC_SHA1_80} ...
     * @param inline key and salt, base64
     */
    public record SrtpKey(int tag, String suite, String inline) {

        @Override
        public String toString() {
            return tag + " " + suite;
        }
    }

    public MediaDescription {
        codecs = List.copyOf(codecs);
        keys = List.copyOf(keys);
    }
}
