package org.caravox.rtp;

import io.github.jaredmdobson.concentus.OpusApplication;
import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusEncoder;
import io.github.jaredmdobson.concentus.OpusException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Opus at 16 kHz, one channel, with what helps when a packet is lost. Sources: RFC 6716, RFC 7587. */
final class OpusVoice implements Voice {

    private static final int RATE_HZ = 16_000;
    private static final int BITS_PER_SECOND = 24_000;
    private static final int COMPLEXITY = 5;
    private static final int EXPECTED_LOSS_PERCENT = 5;
    private static final int MOST_CODED = 1_200;

    private @Nullable OpusEncoder encoder;
    private @Nullable OpusDecoder decoder;

    @Override
    public int sampleRateHz() {
        return RATE_HZ;
    }

    @Override
    public int encode(short[] pcm, int samples, byte[] coded, int offset) {
        try {
            return encoder().encode(pcm, 0, samples, coded, offset, Math.min(MOST_CODED, coded.length - offset));
        } catch (OpusException e) {
            throw new IllegalStateException("opus cannot code " + samples + " samples", e);
        }
    }

    @Override
    public int decode(byte[] coded, int length, short[] pcm) {
        return decode(coded, length, pcm, pcm.length, false);
    }

    @Override
    public int decodeLost(byte[] following, int length, short[] pcm, int samples) {
        return decode(following, length, pcm, Math.min(samples, pcm.length), true);
    }

    private int decode(byte[] coded, int length, short[] pcm, int samples, boolean lost) {
        try {
            return decoder().decode(coded, 0, length, pcm, 0, samples, lost);
        } catch (OpusException | RuntimeException e) {
            // The library has no exception of its own for every kind of rubbish.
            Arrays.fill(pcm, (short) 0);
            return 0;
        }
    }

    private OpusEncoder encoder() throws OpusException {
        OpusEncoder made = encoder;
        if (made == null) {
            made = new OpusEncoder(RATE_HZ, 1, OpusApplication.OPUS_APPLICATION_VOIP);
            made.setBitrate(BITS_PER_SECOND);
            made.setComplexity(COMPLEXITY);
            made.setUseInbandFEC(true);
            made.setPacketLossPercent(EXPECTED_LOSS_PERCENT);
            encoder = made;
        }
        return made;
    }

    private OpusDecoder decoder() throws OpusException {
        OpusDecoder made = decoder;
        if (made == null) {
            made = new OpusDecoder(RATE_HZ, 1);
            decoder = made;
        }
        return made;
    }
}
