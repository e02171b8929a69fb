package org.caravox.calls;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.caravox.audio.RawAudio;
import org.caravox.recordings.Recorder;

/**
 * What somebody hears who listens in on a call: a WAV file without an end, the caller on the left, what they hear on the
 * right. It ends with the call. Whoever reads too slowly misses the oldest; the call never waits. Pauses are not made up
 * for: who listens has sat through them.
 */
public final class Tap extends InputStream {

    private static final Duration MOST = Duration.ofSeconds(2);

    private final int most;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private final Runnable closed;
    private byte[] head;
    private int at;
    private int bytes;
    private boolean over;

    /** @param closed done when nobody listens any more, perhaps more than once */
    Tap(RawAudio form, Runnable closed) {
        this.most = (int) (form.bytesPerSecond() * MOST.toMillis() / 1000);
        this.head = form.wavHeader(-1);
        this.closed = closed;
    }

    /** Where what is heard comes in. */
    Recorder recorder() {
        return new Recorder() {
            @Override
            public void hear(byte[] audio) {
                heard(audio);
            }

            @Override
            public void pause(long bytes) {}

            @Override
            public void end() {
                ended();
            }

            @Override
            public void drop() {
                ended();
            }
        };
    }

    private synchronized void heard(byte[] audio) {
        if (over) {
            return;
        }
        waiting.add(audio);
        bytes += audio.length;
        while (bytes > most) {
            bytes -= waiting.remove().length;
        }
        notifyAll();
    }

    private synchronized void ended() {
        over = true;
        notifyAll();
    }

    /** Waits for what is heard next. */
    @Override
    public synchronized int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length == 0) {
            return 0;
        }
        if (!awaitAudio()) {
            return -1;
        }
        int count = Math.min(length, head.length - at);
        System.arraycopy(head, at, buffer, offset, count);
        at += count;
        return count;
    }

    private boolean awaitAudio() throws IOException {
        while (at == head.length) {
            byte[] next = waiting.poll();
            if (next != null) {
                bytes -= next.length;
                head = next;
                at = 0;
            } else if (over) {
                return false;
            } else {
                waitForMore();
            }
        }
        return true;
    }

    @SuppressWarnings("WaitNotInLoop") // awaitAudio is the loop
    private synchronized void waitForMore() throws IOException {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("this hub stops", e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public void close() {
        ended();
        closed.run();
    }
}
