package org.caravox.speech.mary;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * A text as it is spoken: while one sentence is being played, the next is being synthesised, and no more than that.
 * One thread at a time takes sentences; any thread may close.
 */
public final class SpokenSentences implements AutoCloseable {

    /** Makes the sound of one sentence. */
    interface Synthesis {
        byte[] of(String sentence) throws IOException;
    }

    private final Iterator<String> sentences;
    private final Synthesis synthesis;
    private final ExecutorService threads;
    private final Deadline deadline;
    private volatile boolean closed;
    private @Nullable Future<byte[]> ahead;

    SpokenSentences(List<String> sentences, Synthesis synthesis, ExecutorService threads, Deadline deadline) {
        this.sentences = sentences.iterator();
        this.synthesis = synthesis;
        this.threads = threads;
        this.deadline = deadline;
        begin();
    }

    /**
     * The next sentence's sound, at {@link MaryEngine#SAMPLE_RATE_HZ}; waits until it is there.
     *
     * @return nothing after the last sentence, and after {@link #close}
     * @throws Refusal     TOO_SLOW when the deadline passes first
     * @throws IOException when it could not be synthesised
     */
    public Optional<byte[]> next() throws IOException, InterruptedException {
        Future<byte[]> awaited = ahead();
        if (awaited == null) {
            return Optional.empty();
        }
        try {
            byte[] pcm = await(awaited, deadline, "the speech was not ready in time");
            begin();
            return Optional.of(pcm);
        } catch (CancellationException e) {
            return Optional.empty();
        } catch (Refusal | IOException | InterruptedException e) {
            close();
            throw e;
        }
    }

    private synchronized @Nullable Future<byte[]> ahead() {
        return ahead;
    }

    private synchronized void begin() {
        if (closed || !sentences.hasNext()) {
            ahead = null;
            return;
        }
        String sentence = sentences.next();
        try {
            ahead = threads.submit(() -> sound(sentence));
        } catch (RejectedExecutionException e) {
            throw new Refusal(Refusal.Reason.OVERLOADED, "the embedded voice is shutting down", null, e);
        }
    }

    private byte[] sound(String sentence) throws IOException {
        if (closed || deadline.passed()) {
            throw new CancellationException("nobody waits for this sentence any more");
        }
        return synthesis.of(sentence);
    }

    /** Waits up to the deadline. A failure comes as an {@code IOException} that says what failed. */
    static <T> T await(Future<T> result, Deadline deadline, String late) throws IOException, InterruptedException {
        try {
            return result.get(deadline.left().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new Refusal(Refusal.Reason.TOO_SLOW, late, null, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CancellationException) {
                throw new Refusal(Refusal.Reason.TOO_SLOW, late, null, e);
            }
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException("the embedded voice cannot be used: " + e.getCause(), e);
        }
    }

    /** No further sentence is begun. One that is being synthesised is finished, in vain: MaryTTS cannot be stopped. */
    @Override
    public synchronized void close() {
        closed = true;
        if (ahead != null) {
            ahead.cancel(false);
            ahead = null;
        }
    }
}
