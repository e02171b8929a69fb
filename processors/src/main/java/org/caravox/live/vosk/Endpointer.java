package org.caravox.live.vosk;

import java.time.Duration;
import java.util.Arrays;
import org.caravox.audio.activity.SpeechDetector;
import org.caravox.audio.activity.SpeechSpans;
import org.caravox.transcription.vosk.VoskTranscriber;

/**
 * Tells on one channel when its speaker has paused for as long as the stream asks for, which is not the pause at which the
 * recognizer settles its words. For one thread at a time.
 */
final class Endpointer implements SpeechSpans.Told {

    /** Closer together, words are torn apart. */
    private static final Duration SHORTEST = Duration.ofMillis(300);

    private static final Duration ONSET = Duration.ofMillis(100);

    /** The end of a pause that is heard again with what follows it; what comes before may be the end of a word. */
    static final double SILENCE_SECONDS = 0.2;

    private static final int SILENCE_BYTES = 2 * (int) Math.round(SILENCE_SECONDS * VoskTranscriber.SAMPLE_RATE_HZ);

    private final double pauseSeconds;
    private final SpeechSpans spans;
    private byte[] end = {};
    private boolean paused;

    /**
     * @param detector hears what the recognizer hears
     * @param pause    how long a pause ends an utterance, 0.3 s or more; zero is never
     */
    Endpointer(SpeechDetector detector, Duration pause) {
        Duration least = pause.compareTo(SHORTEST) < 0 ? SHORTEST : pause;
        this.pauseSeconds = pause.isZero() ? Double.POSITIVE_INFINITY : least.toMillis() / 1000.0;
        this.spans = new SpeechSpans(detector, ONSET, least, this);
    }

    /** Hears signed 16-bit little-endian PCM; tells whether a pause has become long enough in it. */
    boolean hear(byte[] pcm) {
        paused = false;
        end = end(pcm);
        if (pauseSeconds < Double.POSITIVE_INFINITY) {
            spans.hear(pcm);
        }
        return paused;
    }

    private byte[] end(byte[] pcm) {
        byte[] all = Arrays.copyOf(end, end.length + pcm.length);
        System.arraycopy(pcm, 0, all, end.length, pcm.length);
        return Arrays.copyOfRange(all, Math.max(0, all.length - SILENCE_BYTES), all.length);
    }

    /** The end of what was heard: silence, or how the next word begins, when a pause has become long enough. */
    byte[] end() {
        return end;
    }

    /** Whether so many seconds without a word end an utterance. */
    boolean isEnough(double seconds) {
        return seconds >= pauseSeconds;
    }

    /** Whether somebody seems to speak. */
    boolean isSpeaking() {
        return spans.speaking();
    }

    @Override
    public void began() {}

    @Override
    public void ended() {
        paused = true;
    }
}
