package org.caravox.calls.media;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a leg is to be like.
 *
 * @param codecs  names in the order in which we like them; empty is the engine's own order
 * @param srtp    whether its audio is encrypted
 * @param address where the other side is to send to; null is the engine's own, which knows of NAT
 */
public record MediaWishes(List<String> codecs, Srtp srtp, @Nullable String address) {

    /** Whether RTP is encrypted. */
    public enum Srtp {
        OFF,
        /** When the other side offers it; not offered by us. */
        ACCEPTED,
        REQUIRED
    }

    public MediaWishes {
        codecs = List.copyOf(codecs);
    }
}
