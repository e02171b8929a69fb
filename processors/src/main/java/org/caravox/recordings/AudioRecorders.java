package org.caravox.recordings;

import io.github.resilience4j.core.IntervalFunction;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.caravox.audio.RawAudio;
import org.caravox.recordings.AudioArchive.Made;
import org.caravox.recordings.DiskRecorder.Written;
import org.caravox.requests.RequestIds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins recordings, and has threads for what their disk and database take. */
public final class AudioRecorders implements AutoCloseable {

    /** The largest that a WAV file tells of itself, less its header. */
    public static final long LARGEST = 4_294_967_000L;

    private static final Logger log = LoggerFactory.getLogger(AudioRecorders.class);
    private static final int WRITERS = 4;
    private static final int KEEPERS = 2;
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(10);

    /** Milliseconds between attempts to write one down while the database is away: ten minutes in all. */
    private static final IntervalFunction ATTEMPTS = IntervalFunction.ofExponentialBackoff(500, 2, 60_000);

    private static final int ATTEMPTED = 16;

    private final AudioArchive archive;
    private final long largest;
    private final Semaphore memory;
    private final ScheduledExecutorService writers;

    /** Those who wait for the database do not keep the disk waiting. */
    private final ScheduledExecutorService keepers;

    /**
     * Recorders.
     *
     * @param largest     bytes of audio of one recording, up to {@link #LARGEST}
     * @param mostWaiting bytes of audio of all recordings that may wait for the disk
     */
    public AudioRecorders(AudioArchive archive, long largest, int mostWaiting) {
        this.archive = archive;
        this.largest = largest;
        this.memory = new Semaphore(mostWaiting);
        AtomicLong numbers = new AtomicLong();
        ThreadFactory threads = work -> {
            Thread thread = new Thread(work, "recordings-" + numbers.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        this.writers = Executors.newScheduledThreadPool(WRITERS, threads);
        this.keepers = Executors.newScheduledThreadPool(KEEPERS, threads);
    }

    /** A recording begins. */
    public Recorder begin(RecordingSource source, RawAudio form) {
        UUID id = RequestIds.next();
        return new DiskRecorder(
                id,
                form,
                archive.store(),
                largest,
                memory,
                writers,
                written -> keepers.execute(() -> keep(id, source, form, written)));
    }

    private void keep(UUID id, RecordingSource source, RawAudio form, Written written) {
        try {
            archive.store().done(written.file(), id);
        } catch (IOException e) {
            log.error("recording.failed recording={} source={}", id, source.id(), e);
            return;
        }
        keep(new Made(id, source, form, duration(written.audio(), form), duration(written.lost(), form)), 1);
    }

    private void keep(Made made, int attempt) {
        try {
            archive.keep(made);
            log.info(
                    "recording.saved recording={} source={} tenant={} audio_seconds={} lost_seconds={}",
                    made.id(),
                    made.source().id(),
                    made.source().tenant(),
                    made.audio().toMillis() / 1000.0,
                    made.lost().toMillis() / 1000.0);
        } catch (IOException | RuntimeException e) {
            boolean again = attempt < ATTEMPTED && !keepers.isShutdown();
            log.error(
                    "recording.{} recording={} source={}",
                    again ? "waits" : "lost",
                    made.id(),
                    made.source().id(),
                    e);
            if (again) {
                var unused =
                        keepers.schedule(() -> keep(made, attempt + 1), ATTEMPTS.apply(attempt), TimeUnit.MILLISECONDS);
            }
        }
    }

    private static Duration duration(long bytes, RawAudio form) {
        return Duration.ofMillis(bytes * 1000 / form.bytesPerSecond());
    }

    /** What has ended is still written down. */
    @Override
    public void close() {
        try {
            for (ScheduledExecutorService one : List.of(writers, keepers)) {
                one.shutdown();
                if (!one.awaitTermination(STOPS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    log.error("recording.stop.incomplete");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
