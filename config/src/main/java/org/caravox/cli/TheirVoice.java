package org.caravox.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.caravox.audio.activity.LoudnessDetector;
import org.caravox.audio.activity.SpeechSpans;
import org.jspecify.annotations.Nullable;

/** Notices when the other side speaks, and when it has paused. */
final class TheirVoice implements SpeechSpans.Told {

    private static final int FRAMES_A_SECOND = 50;
    private static final Duration SPOKEN_AFTER = Duration.ofMillis(200);
    private static final Duration PAUSED_AFTER = Duration.ofMillis(1_200);

    private @Nullable LoudnessDetector detector;
    private @Nullable SpeechSpans spans;
    private boolean speaking;
    private boolean pausedUnawaited;
    private CompletableFuture<Void> speaks = new CompletableFuture<>();
    private @Nullable CompletableFuture<Void> pauses;

    /** Hears 20 ms of signed 16-bit little-endian PCM. */
    synchronized void heard(byte[] pcm) {
        LoudnessDetector loudness = detector;
        if (loudness == null) {
            loudness = new LoudnessDetector(pcm.length * FRAMES_A_SECOND / 2);
            detector = loudness;
        }
        SpeechSpans known = spans;
        if (known == null) {
            known = new SpeechSpans(loudness, SPOKEN_AFTER, PAUSED_AFTER, this);
            spans = known;
        }
        known.hear(pcm);
    }

    /** We have said something: what they said before, and the pause after that, is no answer to it. */
    synchronized void answered() {
        spans = null;
        speaking = false;
        pausedUnawaited = false;
    }

    @Override
    public synchronized void began() {
        speaking = true;
        pausedUnawaited = false;
        speaks.complete(null);
    }

    @Override
    public synchronized void ended() {
        speaking = false;
        CompletableFuture<Void> awaited = pauses;
        if (awaited == null) {
            pausedUnawaited = true;
        } else {
            pauses = null;
            awaited.complete(null);
        }
    }

    /** Done when they speak. */
    synchronized CompletableFuture<Void> speaks() {
        if (!speaking) {
            speaks = new CompletableFuture<>();
        }
        return speaks;
    }

    /** Done when they have spoken and paused; one pause is told once, and none that lies before {@link #answered}. */
    synchronized CompletableFuture<Void> pauses() {
        if (pausedUnawaited) {
            pausedUnawaited = false;
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> awaited = new CompletableFuture<>();
        pauses = awaited;
        return awaited;
    }
}
