package org.caravox.audio;

import java.util.Arrays;

/** Bytes that came and are not read yet. What is added is copied a few times at most, however small it is. */
final class PendingBytes {

    private static final byte[] NONE = {};
    private static final int KEPT = 64 * 1024;

    private byte[] bytes = NONE;
    private int start;
    private int end;

    void add(byte[] more) {
        if (end + more.length > bytes.length) {
            int size = size();
            byte[] larger = size + more.length > bytes.length / 2 ? new byte[2 * (size + more.length)] : bytes;
            System.arraycopy(bytes, start, larger, 0, size);
            bytes = larger;
            start = 0;
            end = size;
        }
        System.arraycopy(more, 0, bytes, end, more.length);
        end += more.length;
    }

    int size() {
        return end - start;
    }

    /** The byte at an offset from the first that is not read, 0 to 255. */
    int at(int offset) {
        return bytes[start + offset] & 0xFF;
    }

    /** Reads that many, or all when there are fewer. */
    byte[] read(int count) {
        byte[] some = Arrays.copyOfRange(bytes, start, start + Math.min(count, size()));
        skip(some.length);
        return some;
    }

    /** Reads past that many; as many are there. */
    void skip(int count) {
        start += count;
        if (start == end) {
            start = 0;
            end = 0;
            bytes = bytes.length > KEPT ? NONE : bytes;
        }
    }

    /** Whether they are the beginning of something, as far as they go. */
    boolean mayBecome(byte[] what) {
        int known = Math.min(size(), what.length);
        return Arrays.equals(bytes, start, start + known, what, 0, known);
    }
}
