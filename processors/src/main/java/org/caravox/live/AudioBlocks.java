package org.caravox.live;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory for the audio that sessions keep, used again and again. It lives too long for a young generation: new arrays for
 * each second of a thousand streams would be copied by every collection, for as long as 100 ms.
 */
final class AudioBlocks {

    /** Bytes of each. */
    static final int SIZE = 4096;

    private static final int MOST_SPARE = 4096;
    private static final Deque<byte[]> SPARE = new ArrayDeque<>();

    private AudioBlocks() {}

    /** One with anything in it. */
    static byte[] take() {
        synchronized (SPARE) {
            byte[] spare = SPARE.pollLast();
            if (spare != null) {
                return spare;
            }
        }
        return new byte[SIZE];
    }

    /** Gives one back, which its owner uses no more. */
    static void giveBack(byte[] block) {
        synchronized (SPARE) {
            if (SPARE.size() < MOST_SPARE) {
                SPARE.addLast(block);
            }
        }
    }
}
