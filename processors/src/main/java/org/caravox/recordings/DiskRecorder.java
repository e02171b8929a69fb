package org.caravox.recordings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.caravox.audio.AudioStore;
import org.caravox.audio.RawAudio;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes audio to a WAV file, on other threads than those that it comes on. What waits for a slow disk is bounded, for each
 * and for all of them together: beyond that audio is lost, silence takes its place so that times stay true, and the record tells how much it was. Until it has
 * ended, what is on disk is a partial file that nobody is told of.
 */
final class DiskRecorder implements Recorder {

    /** What is worth a write: a second of 8 kHz linear PCM. */
    private static final int WRITTEN_FROM = 16 * 1024;

    private static final int MOST_WAITING = 512 * 1024;
    private static final byte[] NOTHING = {};
    private static final Logger log = LoggerFactory.getLogger(DiskRecorder.class);

    /** Audio, or so many bytes of silence. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Piece(byte[] audio, long silence) {}

    /**
     * What was written.
     *
     * @param file  the whole WAV file, still under its temporary name
     * @param audio its bytes without the header
     * @param lost  how many of them are silence in the place of audio that was lost
     */
    record Written(Path file, long audio, long lost) {}

    private enum End {
        KEPT,
        DROPPED
    }

    private final UUID id;
    private final RawAudio form;
    private final AudioStore store;
    private final long most;
    private final Semaphore memory;
    private final Executor writers;
    private final Consumer<Written> whenWritten;

    // guarded by this
    private Deque<Piece> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private long taken;
    private long lost;
    private boolean writing;
    private boolean full;
    private @Nullable End end;

    // of the one write that is under way
    private @Nullable Path partial;
    private @Nullable WavFile file;
    private boolean broken;

    /**
     * A recorder.
     *
     * @param most        bytes of audio; what follows is not recorded
     * @param memory      a permit for each byte of audio that waits, in all recorders
     * @param whenWritten is given the file when it is whole, on a writer's thread
     */
    DiskRecorder(
            UUID id,
            RawAudio form,
            AudioStore store,
            long most,
            Semaphore memory,
            Executor writers,
            Consumer<Written> whenWritten) {
        this.id = id;
        this.form = form;
        this.store = store;
        this.most = most;
        this.memory = memory;
        this.writers = writers;
        this.whenWritten = whenWritten;
    }

    @Override
    public synchronized void hear(byte[] audio) {
        if (!hasRoomFor(audio.length)) {
            return;
        }
        if (waitingBytes + audio.length > MOST_WAITING || !memory.tryAcquire(audio.length)) {
            if (lost == 0) {
                log.warn("recording.slow-disk recording={} reason=\"audio is lost\"", id);
            }
            lost += audio.length;
            addSilence(audio.length);
        } else {
            waiting.add(new Piece(audio, 0));
            waitingBytes += audio.length;
        }
        writeSoon();
    }

    @Override
    public synchronized void pause(long bytes) {
        if (hasRoomFor(bytes)) {
            addSilence(bytes);
        }
    }

    private boolean hasRoomFor(long bytes) {
        if (end != null || full) {
            return false;
        }
        full = taken + bytes > most;
        if (full) {
            log.warn("recording.full recording={} bytes={}", id, taken);
            return false;
        }
        taken += bytes;
        return true;
    }

    private void addSilence(long bytes) {
        Piece last = waiting.peekLast();
        if (last != null && last.silence() > 0) {
            waiting.removeLast();
            waiting.add(new Piece(NOTHING, last.silence() + bytes));
        } else {
            waiting.add(new Piece(NOTHING, bytes));
        }
    }

    @Override
    public synchronized void end() {
        end(End.KEPT);
    }

    @Override
    public synchronized void drop() {
        end(End.DROPPED);
    }

    private void end(End how) {
        if (end == null) {
            end = how;
            writeSoon();
        }
    }

    private synchronized void writeSoon() {
        if (writing || (end == null && waitingBytes < WRITTEN_FROM)) {
            return;
        }
        writing = true;
        try {
            writers.execute(this::write);
        } catch (RejectedExecutionException e) {
            log.warn("recording.lost recording={} reason=\"the hub stops\"", id);
            end = End.DROPPED;
        }
    }

    private void write() {
        Deque<Piece> some = someWaiting();
        try {
            writeOnce(some);
        } finally {
            memory.release(some.stream().mapToInt(piece -> piece.audio().length).sum());
        }
        if (isOver()) {
            finish();
        } else {
            writeAgain();
        }
    }

    private void writeOnce(Deque<Piece> some) {
        if (!broken) {
            try {
                write(some);
            } catch (Refusal noRoom) {
                log.warn("recording.full recording={} reason=\"{}\"", id, noRoom.getMessage());
                stop();
            } catch (IOException e) {
                broken = true;
                log.error("recording.failed recording={} reason=\"{}\"", id, e.getMessage(), e);
            }
        }
    }

    private synchronized Deque<Piece> someWaiting() {
        Deque<Piece> some = waiting;
        waiting = new ArrayDeque<>();
        waitingBytes = 0;
        return some;
    }

    private synchronized boolean isOver() {
        return end != null && waiting.isEmpty();
    }

    private synchronized void writeAgain() {
        writing = false;
        writeSoon();
    }

    /** What is there already is kept. */
    private synchronized void stop() {
        full = true;
    }

    private void write(Deque<Piece> some) throws IOException {
        if (some.isEmpty()) {
            return;
        }
        WavFile open = file;
        if (open == null) {
            Path fresh = store.begin(id);
            partial = fresh;
            open = new WavFile(fresh, form);
            file = open;
        }
        store.checkRoom();
        for (Piece piece : some) {
            if (piece.silence() > 0) {
                open.silence(piece.silence());
            } else {
                open.write(piece.audio());
            }
        }
    }

    private void finish() {
        WavFile written = file;
        Path path = partial;
        if (written == null || path == null) {
            return;
        }
        boolean kept = false;
        try (written) {
            if (!broken && how() == End.KEPT && written.bytes() > 0) {
                written.finish();
                kept = true;
            }
        } catch (IOException e) {
            log.error("recording.failed recording={} reason=\"{}\"", id, e.getMessage(), e);
            kept = false;
        }
        if (kept) {
            whenWritten.accept(new Written(path, written.bytes(), lost()));
        } else {
            remove(path);
        }
    }

    private synchronized @Nullable End how() {
        return end;
    }

    private synchronized long lost() {
        return lost;
    }

    private void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            log.warn("recording.left-behind recording={} reason=\"{}\"", id, e.getMessage());
        }
    }
}
