package org.caravox.calls.media;

/**
 * A form of audio, or of keys, in RTP. Source: RFC 3551, section 6; RFC 8866, section 6.6.
 *
 * @param payloadType 0 to 127
 * @param name        as in {@code a=rtpmap}, in the spelling of RFC 3551: {@code PCMU}, {@code PCMA}, {@code G722}, {@code opus},
 *                    {@code CN}, {@code telephone-event}
 * @param clockRateHz of the RTP time stamps: 8000 for G.722 although it has 16,000 samples a second
 * @param channels    1, or 2 where the name demands it (opus)
 * @param parameters  what stands in {@code a=fmtp}; empty when nothing does
 */
public record Codec(int payloadType, String name, int clockRateHz, int channels, String parameters) {

    /** Whether the other is the same form, whatever its payload type and parameters. */
    public boolean isLike(Codec other) {
        return name.equalsIgnoreCase(other.name) && clockRateHz == other.clockRateHz;
    }
}
