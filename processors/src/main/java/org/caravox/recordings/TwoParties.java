package org.caravox.recordings;

import java.time.Duration;
import java.util.Arrays;

/**
 * Joins the two parties of a call into one recording, a channel each. They come by themselves, each at its own pace and
 * with pauses, and are placed by when they were heard; what comes later than the others by more than a window is left out.
 * Both are 16-bit little-endian PCM, mono. For one thread.
 */
public final class TwoParties {

    private static final int SAMPLE_BYTES = 2;
    private static final int FRAME_BYTES = 2 * SAMPLE_BYTES;

    private final Recorder recorder;
    private final byte[] window;
    private final int frames;

    /** The first frame that is not recorded yet. */
    private long start;

    /** Behind the last frame that anybody has said something in. */
    private long end;

    /**
     * A call that begins.
     *
     * @param recorder of 16-bit linear audio with two channels
     * @param within   how much later than the other one party may be heard, 20 ms to 10 s
     */
    public TwoParties(Recorder recorder, int sampleRateHz, Duration within) {
        this.recorder = recorder;
        this.frames = (int) (within.toMillis() * sampleRateHz / 1000);
        this.window = new byte[frames * FRAME_BYTES];
    }

    /**
     * A party is heard.
     *
     * @param channel 0 or 1
     * @param at      when, in samples since the call began
     * @param pcm     what; whole samples
     */
    public void hear(int channel, long at, byte[] pcm) {
        int samples = pcm.length / SAMPLE_BYTES;
        for (int from = 0; from < samples; from += frames) {
            place(channel, at + from, pcm, from, Math.min(frames, samples - from));
        }
    }

    private void place(int channel, long at, byte[] pcm, int from, int count) {
        recordUntil(at + count - frames);
        for (int i = (int) Math.min(count, Math.max(0, start - at)); i < count; i++) {
            int to = (int) ((at + i) % frames) * FRAME_BYTES + channel * SAMPLE_BYTES;
            window[to] = pcm[(from + i) * SAMPLE_BYTES];
            window[to + 1] = pcm[(from + i) * SAMPLE_BYTES + 1];
        }
        end = Math.max(end, at + count);
    }

    private void recordUntil(long until) {
        int heard = (int) Math.max(0, Math.min(until, end) - start);
        if (heard > 0) {
            recorder.hear(taken(heard));
            start += heard;
        }
        if (until > start) {
            recorder.pause((until - start) * FRAME_BYTES);
            start = until;
        }
    }

    private byte[] taken(int count) {
        int first = (int) (start % frames);
        int until = Math.min(frames, first + count);
        byte[] taken = Arrays.copyOfRange(window, first * FRAME_BYTES, (first + count) * FRAME_BYTES);
        Arrays.fill(window, first * FRAME_BYTES, until * FRAME_BYTES, (byte) 0);
        int over = first + count - until;
        System.arraycopy(window, 0, taken, (count - over) * FRAME_BYTES, over * FRAME_BYTES);
        Arrays.fill(window, 0, over * FRAME_BYTES, (byte) 0);
        return taken;
    }

    /** The call is over, so many samples after it began: what was heard is kept. */
    public void end(long at) {
        recordUntil(Math.max(at, end));
        recorder.end();
    }
}
