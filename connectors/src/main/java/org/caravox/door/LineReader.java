package org.caravox.door;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** Reads lines as bytes, none of which takes more memory than the longest line may. Blank lines only count. */
final class LineReader implements Closeable {

    private final InputStream in;
    private final int longest;
    private final byte[] buffer = new byte[64 * 1024];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int at;
    private int end;
    private int number;
    private boolean tooLong;

    LineReader(InputStream in, int longestBytes) {
        this.in = in;
        this.longest = longestBytes;
    }

    /** Goes to the next line that is not blank, if there is one. */
    boolean next() throws IOException {
        while (fill()) {
            tooLong = readLine();
            number++;
            if (tooLong || !isBlank(line.toByteArray())) {
                return true;
            }
        }
        return false;
    }

    /** The line's number, from 1; blank lines count. */
    int number() {
        return number;
    }

    /** Whether the line is longer than lines may be; then its bytes are not to be had. */
    boolean tooLong() {
        return tooLong;
    }

    /** The line without its end. */
    byte[] bytes() {
        return line.toByteArray();
    }

    /** Reads up to the end of the line, and says whether it was too long to keep. */
    private boolean readLine() throws IOException {
        line.reset();
        boolean longer = false;
        while (fill()) {
            int stop = endOfLine();
            longer = longer || line.size() + stop - at > longest;
            if (!longer) {
                line.write(buffer, at, stop - at);
            }
            at = stop;
            if (at < end) {
                at++;
                return longer;
            }
        }
        return longer;
    }

    private int endOfLine() {
        int stop = at;
        while (stop < end && buffer[stop] != '\n') {
            stop++;
        }
        return stop;
    }

    /** Whether there is more. */
    private boolean fill() throws IOException {
        if (at < end) {
            return true;
        }
        at = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte each : bytes) {
            if (each != ' ' && each != '\t' && each != '\r') {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
