package org.caravox.live;

import java.time.Duration;
import java.util.Optional;
import org.caravox.live.LiveEvent.SpeechStarted;
import org.caravox.live.LiveEvent.UtteranceEnd;
import org.jspecify.annotations.Nullable;

/**
 * Finds where speech begins and ends on one channel, from the times of its words: alike for all providers, and whether or
 * not one took over from another. The events are those of Deepgram's live API (SpeechStarted, UtteranceEnd).
 */
final class SpeechMarks {

    /** Where a channel is: all that is needed to go on with it. */
    record Standing(boolean speaking, double lastWordEnd, double endedAt) {}

    private final int channel;
    private final int channels;
    private final @Nullable Duration gap;
    private boolean speaking;
    private double lastWordEnd;
    private double endedAt = -1;

    /** @param gap how long a gap between words ends an utterance; null is never */
    SpeechMarks(int channel, int channels, @Nullable Duration gap) {
        this.channel = channel;
        this.channels = channels;
        this.gap = gap;
    }

    Standing standing() {
        return new Standing(speaking, lastWordEnd, endedAt);
    }

    /** Goes on where another one was. */
    void goOn(Standing from) {
        speaking = from.speaking();
        lastWordEnd = from.lastWordEnd();
        endedAt = from.endedAt();
    }

    /** Speech that begins with a phrase. */
    Optional<SpeechStarted> begun(Phrase phrase) {
        if (phrase.isSilence()) {
            return Optional.empty();
        }
        double firstWord = phrase.words().isEmpty()
                ? phrase.start()
                : phrase.words().get(0).start();
        double last = phrase.words().isEmpty()
                ? phrase.end()
                : phrase.words().get(phrase.words().size() - 1).end();
        if (last <= endedAt) { // words of the utterance that has ended, told again
            return Optional.empty();
        }
        lastWordEnd = last;
        if (speaking) {
            return Optional.empty();
        }
        speaking = true;
        return Optional.of(new SpeechStarted(channel, channels, firstWord));
    }

    /** The end of an utterance, told once the channel has been heard far enough beyond its last word. */
    Optional<UtteranceEnd> over(double heardUntil, boolean endpoint) {
        if (!speaking) {
            return Optional.empty();
        }
        if (gap == null) {
            end(endpoint);
            return Optional.empty();
        }
        if (heardUntil - lastWordEnd < gap.toMillis() / 1000.0) {
            return Optional.empty();
        }
        end(true);
        return Optional.of(new UtteranceEnd(channel, channels, lastWordEnd));
    }

    private void end(boolean ended) {
        speaking = !ended;
        endedAt = ended ? lastWordEnd : endedAt;
    }
}
