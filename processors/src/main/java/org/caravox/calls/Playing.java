package org.caravox.calls;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.caravox.calls.media.MediaLeg;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audio on its way to a party's ear: a stream is read as fast as it is heard, in turns, so that no thread waits while it is
 * played.
 */
final class Playing {

    /** Where audio comes from: opened and read on a worker's thread, closed after its end. */
    @FunctionalInterface
    interface Source {
        InputStream open(int sampleRateHz) throws IOException, InterruptedException;
    }

    private static final Logger log = LoggerFactory.getLogger(Playing.class);
    private static final Duration AHEAD = Duration.ofSeconds(1);
    private static final Duration AGAIN = Duration.ofMillis(500);
    private static final int CHUNKS_A_SECOND = 10;

    private final Party party;
    private final MediaLeg audio;
    private final Executor workers;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private volatile boolean stopped;

    private Playing(Party party, Executor workers) {
        this.party = party;
        this.audio = party.audio();
        this.workers = workers;
    }

    /** Begins; {@link #done} tells of its end. */
    static Playing begin(Party party, Executor workers, Source source) {
        Playing playing = new Playing(party, workers);
        workers.execute(() -> playing.open(source));
        return playing;
    }

    /** Done when it was heard to its end (true) or was stopped (false); fails when it cannot be read. */
    CompletableFuture<Boolean> done() {
        return done;
    }

    /** Ends it at once. */
    void stop() {
        if (!done.isDone()) {
            stopped = true;
            audio.player().clear();
        }
    }

    private void open(Source source) {
        try {
            read(source.open(audio.player().sampleRateHz()));
        } catch (InterruptedException e) {
            done.complete(false);
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            done.completeExceptionally(e);
        }
    }

    private void read(InputStream pcm) {
        byte[] chunk = new byte[audio.player().sampleRateHz() * 2 / CHUNKS_A_SECOND];
        try {
            while (!stopped && !party.whenEnded().isDone()) {
                if (audio.player().queued().compareTo(AHEAD) > 0) {
                    var unused = audio.loop()
                            .schedule(() -> workers.execute(() -> read(pcm)), AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                    return;
                }
                int count = pcm.readNBytes(chunk, 0, chunk.length);
                if (count == 0) {
                    break;
                }
                audio.player().play(Arrays.copyOf(chunk, count - count % 2));
            }
            close(pcm);
            end();
        } catch (IOException | RuntimeException e) {
            close(pcm);
            done.completeExceptionally(e);
        }
    }

    private void end() {
        if (stopped || party.whenEnded().isDone()) {
            done.complete(false);
        } else {
            var unused = party.played().thenAccept(done::complete);
        }
    }

    private static void close(InputStream pcm) {
        try {
            pcm.close();
        } catch (IOException e) {
            log.debug("call.play.close.failed", e);
        }
    }
}
