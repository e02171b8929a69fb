package org.caravox.transcription.vosk;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.caravox.transcription.Mode;

/**
 * The threads on which recognizers compute, one a core. Work comes in slices of about a second of audio, and a slice
 * with a caller waiting goes before one of a job: a two-hour job delays a caller by a slice, not by its length.
 * What is queued is bounded by its submitters: each waits for its slices before it submits more.
 */
public final class DecoderPool implements AutoCloseable {

    private final AtomicLong arrivals = new AtomicLong();
    private final ThreadPoolExecutor threads;

    DecoderPool(int size) {
        AtomicLong names = new AtomicLong();
        threads = new ThreadPoolExecutor(size, size, 0, TimeUnit.SECONDS, new PriorityBlockingQueue<>(), work -> {
            Thread thread = new Thread(work, "vosk-decoder-" + names.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Computes a slice when its turn comes.
     *
     * @throws java.util.concurrent.RejectedExecutionException when the hub stops
     */
    public <T> Future<T> submit(Mode mode, Callable<T> work) {
        Slice<T> slice = new Slice<>(mode, arrivals.incrementAndGet(), work);
        threads.execute(slice);
        return slice;
    }

    @Override
    public void close() {
        threads.shutdown();
    }

    private static final class Slice<T> extends FutureTask<T> implements Comparable<Slice<?>> {
        private final Mode mode;
        private final long arrival;

        Slice(Mode mode, long arrival, Callable<T> work) {
            super(work);
            this.mode = mode;
            this.arrival = arrival;
        }

        @Override
        public int compareTo(Slice<?> other) {
            int byMode = mode.compareTo(other.mode);
            return byMode != 0 ? byMode : Long.compare(arrival, other.arrival);
        }
    }
}
