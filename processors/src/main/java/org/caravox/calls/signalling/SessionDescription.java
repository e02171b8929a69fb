package org.caravox.calls.signalling;

import java.util.List;
import java.util.Optional;
import org.caravox.calls.media.MediaDescription;
import org.jspecify.annotations.Nullable;

/**
 * An offer or an answer.
 *
 * @param media    the lines of audio, in order: one for a call, one for each party of a recording session
 * @param refused  at which places of the original other lines stood (video ...), which an answer must refuse by port 0
 * @param metadata what came beside it for a recording session (RFC 7865), as XML; null is nothing
 */
public record SessionDescription(List<MediaDescription> media, List<Integer> refused, @Nullable String metadata) {

    public SessionDescription {
        media = List.copyOf(media);
        refused = List.copyOf(refused);
    }

    /** One line of audio. */
    public static SessionDescription of(MediaDescription media) {
        return new SessionDescription(List.of(media), List.of(), null);
    }

    /** The first line of audio. */
    public Optional<MediaDescription> first() {
        return media.stream().findFirst();
    }
}
