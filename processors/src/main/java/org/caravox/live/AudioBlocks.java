package org.caravox.live;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory for the audio that sessions keep, used again and again. It lives too long for a young generation: new arrays for
 * each second of a thousand streams would be copied by every collection, for as long as 100 ms.
 *
 * <p>All sessions of a hub share it. When half of it is taken each may keep its share of that half, and no more: the others
 * grow up to theirs, and so all of it is not exceeded by senders who can be held back.
 */
public final class AudioBlocks {

    /** Bytes of each. */
    static final int SIZE = 4096;

    /** What a session may always keep: two seconds of 16 kHz audio. */
    private static final int LEAST = 64 * 1024;

    private static final int MOST_SPARE = 4096;

    private final long mostBytes;
    private final Deque<byte[]> spare = new ArrayDeque<>();
    private long taken;
    private int keepers;

    /** @param mostBytes for the audio of all sessions together */
    public AudioBlocks(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** How many bytes are in use. */
    public synchronized long taken() {
        return taken * SIZE;
    }

    /** A session begins to keep audio. */
    synchronized void begin() {
        keepers++;
    }

    /** A session keeps none any more; its blocks were given back. */
    synchronized void end() {
        keepers--;
    }

    /** Whether a session that keeps so many bytes is to keep no more of them. */
    boolean isEnough(long kept) {
        return kept >= LEAST && kept >= share();
    }

    private synchronized long share() {
        return taken * SIZE < mostBytes / 2 ? Long.MAX_VALUE : mostBytes / 2 / Math.max(1, keepers);
    }

    /** One with anything in it. */
    synchronized byte[] take() {
        taken++;
        byte[] block = spare.pollLast();
        return block == null ? new byte[SIZE] : block;
    }

    /** Gives one back, which its owner uses no more. */
    synchronized void giveBack(byte[] block) {
        taken--;
        if (spare.size() < MOST_SPARE) {
            spare.addLast(block);
        }
    }
}
