package org.caravox.speech;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A stream that is changed chunk by chunk, as it comes. */
final class Stepwise extends InputStream {

    /** What happens to each chunk. */
    interface Step {
        /** What becomes of a chunk; it may be empty. */
        byte[] next(byte[] chunk);

        /** What is left after the last one. */
        byte[] end();
    }

    private static final int CHUNK_BYTES = 8 * 1024;

    private final InputStream source;
    private final Step step;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private byte[] ready = {};
    private int taken;
    private boolean ended;

    Stepwise(InputStream source, Step step) {
        this.source = source;
        this.step = step;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (taken == ready.length) {
            if (ended) {
                return -1;
            }
            int count = source.read(chunk);
            ended = count < 0;
            ready = ended ? step.end() : step.next(Arrays.copyOf(chunk, count));
            taken = 0;
        }
        int count = Math.min(length, ready.length - taken);
        System.arraycopy(ready, taken, into, offset, count);
        taken += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
