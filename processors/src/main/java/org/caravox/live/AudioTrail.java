package org.caravox.live;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The audio of a stream whose words are not settled yet: some of it was given to a provider, the rest waits. Positions
 * are bytes from the beginning of the stream. For one thread.
 */
final class AudioTrail {

    /** A quarter of a second of 16 kHz audio: vendors advise against larger messages. */
    private static final int LARGEST = 8192;

    private final AudioBlocks memory;
    private final int unit;
    private final List<byte[]> blocks = new ArrayList<>();
    private long blocksFrom;
    private long start;
    private long givenUntil;
    private long end;
    private boolean closed;

    /**
     * An empty one, until it is closed.
     *
     * @param memory where the audio is kept
     * @param unit   bytes that belong together: a sample of each channel
     * @param start  where it begins
     */
    AudioTrail(AudioBlocks memory, int unit, long start) {
        this.memory = memory;
        this.unit = unit;
        this.blocksFrom = start;
        this.start = start;
        this.givenUntil = start;
        this.end = start;
        memory.begin();
    }

    /** Where the oldest audio that is kept begins. */
    long start() {
        return start;
    }

    /** How far audio was given out. */
    long givenUntil() {
        return givenUntil;
    }

    /** Where the newest ends. */
    long end() {
        return end;
    }

    /** How many bytes are kept. */
    long size() {
        return end - start;
    }

    /** How many bytes wait to be given out. */
    long waiting() {
        return end - givenUntil;
    }

    /** Adds whole units. */
    void add(byte[] audio) {
        int from = 0;
        while (from < audio.length) {
            int at = (int) (end - blocksFrom) % AudioBlocks.SIZE;
            if (end - blocksFrom == (long) blocks.size() * AudioBlocks.SIZE) {
                blocks.add(memory.take());
            }
            int some = Math.min(audio.length - from, AudioBlocks.SIZE - at);
            System.arraycopy(audio, from, blocks.get(blocks.size() - 1), at, some);
            from += some;
            end += some;
        }
    }

    /** Gives the next audio out, so much as is good for one message; null when there is none. */
    byte @Nullable [] next() {
        return next(LARGEST);
    }

    /** The same, but not more than so much, at least a unit. */
    byte @Nullable [] next(long most) {
        if (waiting() == 0) {
            return null;
        }
        byte[] next = copy(givenUntil, (int) Math.min(waiting(), Math.min(most, LARGEST) / unit * unit));
        givenUntil += next.length;
        return next;
    }

    /** All that is kept. */
    byte[] kept() {
        return copy(start, Math.toIntExact(size()));
    }

    private byte[] copy(long position, int length) {
        byte[] copy = new byte[length];
        int done = 0;
        while (done < length) {
            int from = (int) (position - blocksFrom) + done;
            int at = from % AudioBlocks.SIZE;
            int some = Math.min(length - done, AudioBlocks.SIZE - at);
            System.arraycopy(blocks.get(from / AudioBlocks.SIZE), at, copy, done, some);
            done += some;
        }
        return copy;
    }

    /** All that is kept is to be given out again, to somebody else, who hears it from {@link #start()} on. */
    void rewind() {
        givenUntil = start;
    }

    /** Lets go of what was given out and lies before a position. */
    void forget(long until) {
        start = Math.max(start, Math.min(until / unit * unit, givenUntil));
        while (start - blocksFrom >= AudioBlocks.SIZE || (size() == 0 && !blocks.isEmpty())) {
            memory.giveBack(blocks.remove(0));
            blocksFrom += AudioBlocks.SIZE;
        }
        if (blocks.isEmpty()) {
            blocksFrom = end;
        }
    }

    /** Whether it keeps as much as it may: others need memory too. */
    boolean isEnough() {
        return memory.isEnough(size());
    }

    /** The same with half of what it keeps, for senders that cannot be held back. */
    boolean isTooMuch() {
        return memory.isEnough(size() / 2);
    }

    /** Lets go of all that is kept: it has ended where it is. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        memory.end();
        blocks.forEach(memory::giveBack);
        blocks.clear();
        start = end;
        givenUntil = end;
        blocksFrom = end;
    }
}
