package org.caravox.audio;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;

/** Makes samples of each message by itself. */
final class WholeMessages implements AudioIntake {

    private static final byte[] NOTHING = {};

    private final UnaryOperator<byte[]> decoding;
    private final Deque<byte[]> messages = new ArrayDeque<>(2);

    WholeMessages(UnaryOperator<byte[]> decoding) {
        this.decoding = decoding;
    }

    @Override
    public void take(byte[] bytes) {
        messages.add(bytes);
    }

    @Override
    public byte[] next() {
        while (!messages.isEmpty()) {
            byte[] samples = decoding.apply(messages.remove());
            if (samples.length > 0) {
                return samples;
            }
        }
        return NOTHING;
    }
}
