package org.caravox.live;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The audio of a stream whose words are not settled yet: some of it was given to a provider, the rest waits. Positions
 * are bytes from the beginning of the stream. For one thread.
 */
final class AudioTrail {

    private static final int FEWEST_CHUNKS = 16;
    private static final byte[] NOTHING = {};

    private byte[][] chunks = none(FEWEST_CHUNKS);
    private int first;
    private int count;
    private int given;
    private long start;
    private long givenUntil;
    private long end;

    /** @param start where it begins */
    AudioTrail(long start) {
        this.start = start;
        this.givenUntil = start;
        this.end = start;
    }

    private static byte[][] none(int count) {
        byte[][] none = new byte[count][];
        Arrays.fill(none, NOTHING);
        return none;
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

    void add(byte[] audio) {
        if (count == chunks.length) {
            grow();
        }
        chunks[(first + count) & (chunks.length - 1)] = audio;
        count++;
        end += audio.length;
    }

    private void grow() {
        byte[][] larger = none(2 * chunks.length);
        for (int i = 0; i < count; i++) {
            larger[i] = chunks[(first + i) & (chunks.length - 1)];
        }
        chunks = larger;
        first = 0;
    }

    /** Gives the next audio out; null when there is none. */
    byte @Nullable [] next() {
        if (given == count) {
            return null;
        }
        byte[] next = chunks[(first + given) & (chunks.length - 1)];
        given++;
        givenUntil += next.length;
        return next;
    }

    /** All that is kept is to be given out again, to somebody else, who hears it from {@link #start()} on. */
    void rewind() {
        given = 0;
        givenUntil = start;
    }

    /** All that is kept. */
    byte[] kept() {
        ByteBuffer kept = ByteBuffer.allocate(Math.toIntExact(size()));
        for (int i = 0; i < count; i++) {
            kept.put(chunks[(first + i) & (chunks.length - 1)]);
        }
        return kept.array();
    }

    /** Lets go of what was given out and ends at or before a position. */
    void forget(long until) {
        while (given > 0) {
            byte[] oldest = chunks[first];
            if (start + oldest.length > until) {
                break;
            }
            chunks[first] = NOTHING;
            first = (first + 1) & (chunks.length - 1);
            count--;
            given--;
            start += oldest.length;
        }
        if (count == 0 && chunks.length > FEWEST_CHUNKS) {
            chunks = none(FEWEST_CHUNKS);
            first = 0;
        }
    }
}
