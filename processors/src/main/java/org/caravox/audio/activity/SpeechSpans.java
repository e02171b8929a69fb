package org.caravox.audio.activity;

import java.time.Duration;

/** Where speech begins and ends: a cough is too short to begin it, and a breath to end it. For one thread at a time. */
public final class SpeechSpans {

    /** Told where spans begin and end. */
    public interface Told {

        /** Somebody has spoken for the time that it takes. */
        void began();

        /** Nobody has spoken for the time that it takes. */
        void ended();
    }

    private final SpeechDetector detector;
    private final Told told;
    private final long beginsAfter;
    private final long endsAfter;
    private long speech;
    private long quiet;
    private boolean speaking;

    /**
     * Spans of what a detector hears.
     *
     * @param beginsAfter how long somebody speaks until it counts
     * @param endsAfter   how long nobody speaks until it has ended
     */
    public SpeechSpans(SpeechDetector detector, Duration beginsAfter, Duration endsAfter, Told told) {
        this.detector = detector;
        this.told = told;
        this.beginsAfter = frames(beginsAfter);
        this.endsAfter = frames(endsAfter);
    }

    private long frames(Duration time) {
        return Math.max(1, time.dividedBy(detector.frame()));
    }

    /** Hears the next samples, as its detector takes them. */
    public void hear(byte[] pcm) {
        detector.hear(pcm, this::frame);
    }

    /** Whether somebody speaks. */
    public boolean speaking() {
        return speaking;
    }

    private void frame(boolean isSpeech) {
        speech = isSpeech ? speech + 1 : 0;
        quiet = isSpeech ? 0 : quiet + 1;
        if (!speaking && speech >= beginsAfter) {
            speaking = true;
            told.began();
        } else if (speaking && quiet >= endsAfter) {
            speaking = false;
            told.ended();
        }
    }

    /** Nothing comes any more: who spoke has ended. */
    public void silent() {
        speech = 0;
        if (speaking) {
            speaking = false;
            told.ended();
        }
    }
}
