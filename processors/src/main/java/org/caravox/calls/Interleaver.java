package org.caravox.calls;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Puts the audio of several lines side by side: one channel each, 20 ms at a time. A line of which nothing comes is silent. Any
 * thread may bring audio.
 */
final class Interleaver {

    /** How many frames one line may be ahead of another before the other is taken to be silent: 100 ms. */
    private static final int AHEAD = 5;

    private final Deque<byte[]>[] waiting;
    private final Consumer<byte[]> next;

    /** @param next gets the frames of all channels, sample by sample in turn; in order, one at a time */
    @SuppressWarnings({"unchecked", "rawtypes"})
    Interleaver(int channels, Consumer<byte[]> next) {
        this.waiting = new Deque[channels];
        for (int channel = 0; channel < channels; channel++) {
            waiting[channel] = new ArrayDeque<>();
        }
        this.next = next;
    }

    synchronized void hear(int channel, byte[] pcm) {
        if (waiting.length == 1) {
            next.accept(pcm);
            return;
        }
        waiting[channel].add(pcm);
        while (isWhole() || waiting[channel].size() > AHEAD) {
            next.accept(side(pcm.length));
        }
    }

    private boolean isWhole() {
        for (Deque<byte[]> line : waiting) {
            if (line.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private byte[] side(int length) {
        byte[] all = new byte[length * waiting.length];
        for (int channel = 0; channel < waiting.length; channel++) {
            byte[] one = waiting[channel].poll();
            for (int at = 0; one != null && at + 1 < Math.min(length, one.length); at += 2) {
                int to = at * waiting.length + 2 * channel;
                all[to] = one[at];
                all[to + 1] = one[at + 1];
            }
        }
        return all;
    }
}
