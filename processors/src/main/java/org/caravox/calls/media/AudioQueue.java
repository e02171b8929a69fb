package org.caravox.calls.media;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What one party is to hear, in order: speech, marks, keys. What is given to it is kept, not copied. It is taken out as it is
 * sent, on one thread: the loop.
 */
public final class AudioQueue implements Player {

    private sealed interface Item {}

    private static final class Speech implements Item {
        private final byte[] pcm;

        Speech(byte[] pcm) {
            this.pcm = pcm;
        }
    }

    private record Mark(String name) implements Item {}

    /**
     * A key to press; {@code w} presses none.
     *
     * @param digit    0-9, *, #, A-D or w
     * @param lengthMs milliseconds
     */
    public record Key(char digit, int lengthMs) implements Item {}

    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private final Executor loop;
    private final MediaListener listener;
    private volatile int sampleRateHz;

    /** Bytes of the first item that were taken already. */
    private int taken;

    private long queuedSamples;
    private long heardSamples;

    /**
     * An empty queue.
     *
     * @param sampleRateHz of the speech
     * @param loop         where the listener is told
     * @param listener     told of marks
     */
    public AudioQueue(int sampleRateHz, Executor loop, MediaListener listener) {
        this.sampleRateHz = sampleRateHz;
        this.loop = loop;
        this.listener = listener;
    }

    /** Another rate, before anything is played. */
    public void sampleRateHz(int rateHz) {
        sampleRateHz = rateHz;
    }

    @Override
    public int sampleRateHz() {
        return sampleRateHz;
    }

    @Override
    public synchronized void play(byte[] pcm) {
        if (pcm.length >= 2) {
            items.add(new Speech(pcm));
            queuedSamples += pcm.length / 2;
        }
    }

    @Override
    public synchronized void mark(String name) {
        items.add(new Mark(name));
    }

    /** Keys to press, after what is queued. */
    public synchronized void press(String digits, int lengthMs) {
        digits.chars().forEach(digit -> items.add(new Key((char) digit, lengthMs)));
    }

    @Override
    public void clear() {
        List<Mark> dropped = new ArrayList<>();
        synchronized (this) {
            for (Item item : items) {
                if (item instanceof Mark mark) {
                    dropped.add(mark);
                }
            }
            items.clear();
            taken = 0;
            queuedSamples = 0;
        }
        if (!dropped.isEmpty()) {
            loop.execute(() -> dropped.forEach(mark -> listener.reached(mark.name, false)));
        }
    }

    @Override
    public synchronized Duration queued() {
        return duration(queuedSamples);
    }

    @Override
    public synchronized Duration heard() {
        return duration(heardSamples);
    }

    private Duration duration(long samples) {
        return Duration.ofNanos(samples * 1_000_000_000L / sampleRateHz);
    }

    /** The key that is next; null when something else is, or nothing. On the loop. */
    public synchronized @Nullable Key key() {
        if (items.peek() instanceof Key key) {
            items.remove();
            return key;
        }
        return null;
    }

    /** Fills a frame with what is queued, then silence; gives how many samples were queued. Stops at a key. On the loop. */
    public synchronized int take(short[] frame, int samples) {
        int filled = 0;
        while (filled < samples && items.peek() instanceof Speech speech) {
            filled += copy(speech, frame, filled, samples);
        }
        Arrays.fill(frame, filled, samples, (short) 0);
        queuedSamples -= filled;
        heardSamples += filled;
        return filled;
    }

    private int copy(Speech speech, short[] frame, int filled, int samples) {
        byte[] pcm = speech.pcm;
        int count = Math.min(samples - filled, (pcm.length - taken) / 2);
        for (int i = 0; i < count; i++, taken += 2) {
            frame[filled + i] = (short) ((pcm[taken] & 0xFF) | pcm[taken + 1] << 8);
        }
        if (pcm.length - taken < 2) {
            items.remove();
            taken = 0;
        }
        return count;
    }

    /** Tells of the marks that were reached. On the loop, outside of the lock. */
    public void tellReached() {
        for (Mark mark = reached(); mark != null; mark = reached()) {
            listener.reached(mark.name, true);
        }
    }

    private synchronized @Nullable Mark reached() {
        if (items.peek() instanceof Mark mark) {
            items.remove();
            return mark;
        }
        return null;
    }
}
