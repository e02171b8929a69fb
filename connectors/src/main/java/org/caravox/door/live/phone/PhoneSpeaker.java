package org.caravox.door.live.phone;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.caravox.audio.G711;
import org.caravox.audio.RawAudio;
import org.caravox.audio.Resampler;
import org.caravox.calls.media.AudioQueue;
import org.caravox.calls.media.MediaListener;
import org.caravox.calls.media.Player;

/**
 * What the caller of a platform hears. The platform is given audio as it is heard, 20 ms at a time, and a little ahead. What
 * has been heard is reckoned by the clock, and put right by each mark that the platform says it has played.
 */
final class PhoneSpeaker implements Player {

    static final int FRAME_MS = 20;

    private static final long FRAME_NANOS = FRAME_MS * 1_000_000L;
    private static final long LONGEST_LAG_NANOS = Duration.ofSeconds(1).toNanos();

    /** For a mark that a platform should tell of and does not, nobody waits longer than this after its time. */
    private static final long MARK_GRACE_NANOS = Duration.ofSeconds(2).toNanos();

    /** A frame, and when it will have been heard by the clock. */
    private static final class Sent {
        private final long number;
        private final byte[] pcm;
        private final int samples;
        private final long overNanos;

        Sent(long number, byte[] pcm, int samples, long overNanos) {
            this.number = number;
            this.pcm = pcm;
            this.samples = samples;
            this.overNanos = overNanos;
        }
    }

    /** A mark after a frame, and when that will have been heard by the clock. */
    private record Mark(String name, long frame, long overNanos) {}

    private final RawAudio form;
    private final PhonePlayer platform;
    private final Executor loop;
    private final MediaListener listener;
    private final LongSupplier nanos;
    private final AudioQueue queue;
    private final short[] frame;
    private final Resampler rate;

    private final Deque<Sent> inFlight = new ArrayDeque<>();
    private final Deque<Mark> marks = new ArrayDeque<>();
    private final List<byte[]> untold = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();
    private long sentFrames;
    private long flyingSamples;
    private long heardSamples;
    private long endsNanos;
    private long lagNanos;
    private boolean clearing;

    /**
     * A caller who hears nothing yet.
     *
     * @param form         of the audio that the platform takes
     * @param sampleRateHz of what is played here
     * @param loop         the one thread that the platform and the listener are told on
     * @param nanos        the time
     */
    PhoneSpeaker(
            RawAudio form,
            int sampleRateHz,
            PhonePlayer platform,
            Executor loop,
            MediaListener listener,
            LongSupplier nanos) {
        this.form = form;
        this.platform = platform;
        this.loop = loop;
        this.listener = listener;
        this.nanos = nanos;
        this.frame = new short[FRAME_MS * sampleRateHz / 1_000];
        this.rate = new Resampler(sampleRateHz, form.sampleRateHz());
        this.endsNanos = nanos.getAsLong();
        this.queue = new AudioQueue(sampleRateHz, loop, new MediaListener() {
            @Override
            public void reached(String mark, boolean sent) {
                if (sent) {
                    sendMark(mark);
                } else {
                    listener.reached(mark, false);
                }
            }
        });
    }

    // ---- on any thread --------------------------------------------------------------------------------------------

    @Override
    public int sampleRateHz() {
        return queue.sampleRateHz();
    }

    @Override
    public void play(byte[] pcm) {
        queue.play(pcm);
    }

    @Override
    public void mark(String name) {
        queue.mark(name);
    }

    @Override
    public void clear() {
        synchronized (this) {
            long now = nanos.getAsLong();
            hear(now);
            queue.clear();
            clearing |= !inFlight.isEmpty();
            inFlight.clear();
            flyingSamples = 0;
            marks.forEach(mark -> dropped.add(mark.name()));
            marks.clear();
            endsNanos = now;
        }
        loop.execute(this::drop);
    }

    @Override
    public synchronized Duration queued() {
        hear(nanos.getAsLong());
        return queue.queued().plus(duration(flyingSamples));
    }

    @Override
    public synchronized Duration heard() {
        hear(nanos.getAsLong());
        return duration(heardSamples);
    }

    private Duration duration(long samples) {
        return Duration.ofNanos(samples * 1_000_000_000L / sampleRateHz());
    }

    /** Reckons what has been heard by now. */
    private void hear(long now) {
        hearWhile(sent -> sent.overNanos + lagNanos <= now);
    }

    private void hearWhile(Predicate<Sent> isHeard) {
        for (Sent first = inFlight.peek(); first != null && isHeard.test(first); first = inFlight.peek()) {
            hear(inFlight.remove());
        }
    }

    private void hear(Sent sent) {
        flyingSamples -= sent.samples;
        heardSamples += sent.samples;
        untold.add(sent.pcm);
    }

    // ---- on the loop ----------------------------------------------------------------------------------------------

    /** How many frames the platform was given. */
    synchronized long frames() {
        return sentFrames;
    }

    /** Gives the platform what it is time for, and tells what was heard. Every 20 ms. */
    void tick() {
        drop();
        long now = nanos.getAsLong();
        tellHeard(now);
        do {
            queue.tellReached();
        } while (sendFrame(now));
    }

    private synchronized boolean sendFrame(long now) {
        endsNanos = Math.max(endsNanos, now);
        if (clearing || endsNanos - now >= platform.ahead().toNanos()) {
            return false;
        }
        int samples = queue.take(frame, frame.length);
        if (samples == 0) {
            return false;
        }
        byte[] pcm = bytes();
        endsNanos += FRAME_NANOS;
        sentFrames++;
        flyingSamples += samples;
        inFlight.add(new Sent(sentFrames, pcm, samples, endsNanos));
        platform.play(coded(rate.resample(pcm)));
        return true;
    }

    private byte[] coded(byte[] pcm) {
        return switch (form.encoding()) {
            case LINEAR16 -> pcm;
            case MULAW -> G711.toMuLaw(pcm);
            case ALAW -> G711.toALaw(pcm);
        };
    }

    private byte[] bytes() {
        byte[] pcm = new byte[2 * frame.length];
        for (int i = 0; i < frame.length; i++) {
            pcm[2 * i] = (byte) frame[i];
            pcm[2 * i + 1] = (byte) (frame[i] >> 8);
        }
        return pcm;
    }

    private synchronized void sendMark(String name) {
        marks.add(new Mark(name, sentFrames, endsNanos));
        if (platform.tellsMarks()) {
            platform.mark(name);
        }
    }

    /** The platform has played a mark; of those that it was told to throw away nothing is known any more. */
    void played(String name) {
        List<String> reached = new ArrayList<>();
        synchronized (this) {
            if (marks.stream().noneMatch(mark -> mark.name().equals(name))) {
                return;
            }
            Mark last;
            do {
                last = marks.remove();
                reached.add(last.name());
            } while (!last.name().equals(name));
            long until = last.frame();
            hearWhile(sent -> sent.number <= until);
            lagNanos = Math.max(0, Math.min(LONGEST_LAG_NANOS, nanos.getAsLong() - last.overNanos()));
        }
        reached.forEach(mark -> listener.reached(mark, true));
    }

    private void tellHeard(long now) {
        List<byte[]> said;
        List<String> reached = new ArrayList<>();
        synchronized (this) {
            hear(now);
            said = List.copyOf(untold);
            untold.clear();
            long grace = platform.tellsMarks() ? MARK_GRACE_NANOS : 0;
            for (Mark first = marks.peek();
                    first != null && first.overNanos() + lagNanos + grace <= now;
                    first = marks.peek()) {
                reached.add(marks.remove().name());
            }
        }
        if (listener.wantsSaid()) {
            said.forEach(listener::said);
        }
        reached.forEach(mark -> listener.reached(mark, true));
    }

    private void drop() {
        List<String> gone;
        synchronized (this) {
            if (clearing) {
                clearing = false;
                platform.clear();
            }
            gone = List.copyOf(dropped);
            dropped.clear();
        }
        gone.forEach(mark -> listener.reached(mark, false));
    }
}
