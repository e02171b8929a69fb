package org.caravox.scoring;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.caravox.scoring.Speech.Match;

/** What a rule looks for in a transcript. */
sealed interface Signal {

    /**
     * That it was there.
     *
     * @param times how often
     * @param first where first; empty when it is not something that was said
     */
    record Seen(int times, Optional<Match> first) {

        static Optional<Seen> once(boolean there) {
            return there ? Optional.of(new Seen(1, Optional.empty())) : Optional.empty();
        }
    }

    /** Whether it is there; the same in the same transcript always. */
    Optional<Seen> in(Speech speech);

    /** Phrases, by whole words, in upper or lower case. */
    record Says(List<List<String>> phrases, Voice by, int timesAtLeast) implements Signal {

        @Override
        public Optional<Seen> in(Speech speech) {
            List<Match> matches = speech.matches(phrases, by);
            return matches.size() < timesAtLeast
                    ? Optional.empty()
                    : Optional.of(new Seen(matches.size(), Optional.of(matches.get(0))));
        }
    }

    /** The recording is longer, or shorter. */
    record Lasts(boolean above, Duration bound) implements Signal {

        @Override
        public Optional<Seen> in(Speech speech) {
            double seconds = bound.toMillis() / 1000.0;
            return Seen.once(above ? speech.duration() > seconds : speech.duration() < seconds);
        }
    }

    /** The customer speaks more, or less, of the time in which somebody speaks. */
    record Talks(boolean above, double share) implements Signal {

        @Override
        public Optional<Seen> in(Speech speech) {
            return speech.talkRatio().flatMap(ratio -> Seen.once(above ? ratio > share : ratio < share));
        }
    }
}
