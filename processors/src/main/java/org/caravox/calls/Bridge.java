package org.caravox.calls;

import java.time.Duration;
import org.caravox.audio.Resampler;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.media.Player;

/** Joins two parties whose audio is carried by different engines: what one says is played to the other. */
final class Bridge implements AutoCloseable {

    /** Clocks differ: what is more behind than this is left out, so that nobody hears the other ever later. */
    private static final Duration BEHIND = Duration.ofMillis(400);

    /** Both sides keep their own time: so much silence before the first word, and no word comes too late for its turn. */
    private static final int CUSHION_MS = 60;

    private final Party one;
    private final Party other;
    private final Party.Ear oneHeard;
    private final Party.Ear otherHeard;

    private Bridge(Party one, Party other) {
        this.one = one;
        this.other = other;
        this.oneHeard = to(one.audio(), other.audio());
        this.otherHeard = to(other.audio(), one.audio());
    }

    static Bridge between(Party one, Party other) {
        Bridge bridge = new Bridge(one, other);
        one.hear(bridge.oneHeard);
        other.hear(bridge.otherHeard);
        return bridge;
    }

    private static Party.Ear to(MediaLeg from, MediaLeg to) {
        Player player = to.player();
        Resampler rate = new Resampler(from.sampleRateHz(), player.sampleRateHz());
        player.play(new byte[2 * CUSHION_MS * player.sampleRateHz() / 1_000]);
        return (line, pcm) -> {
            if (line == 0 && player.queued().compareTo(BEHIND) < 0) {
                player.play(rate.resample(pcm));
            }
        };
    }

    @Override
    public void close() {
        one.hearNoMore(oneHeard);
        other.hearNoMore(otherHeard);
    }
}
