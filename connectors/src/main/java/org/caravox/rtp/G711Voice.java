package org.caravox.rtp;

import org.caravox.audio.G711;

/** Mu-law or A-law at 8 kHz: a byte a sample, and no memory, so that all legs share two of them. By table. */
final class G711Voice implements Voice {

    static final G711Voice MU_LAW = new G711Voice(G711::toMuLaw, G711::fromMuLaw);
    static final G711Voice A_LAW = new G711Voice(G711::toALaw, G711::fromALaw);

    private final byte[] codes = new byte[1 << 14];
    private final short[] samples = new short[256];

    private interface Coder {
        byte code(short sample);
    }

    private interface Decoder {
        short sample(byte code);
    }

    private G711Voice(Coder coder, Decoder decoder) {
        // Neither law looks at the two lowest bits.
        for (int i = 0; i < codes.length; i++) {
            codes[i] = coder.code((short) (i << 2));
        }
        for (int code = 0; code < samples.length; code++) {
            samples[code] = decoder.sample((byte) code);
        }
    }

    @Override
    public int sampleRateHz() {
        return 8_000;
    }

    @Override
    public int encode(short[] pcm, int count, byte[] coded, int offset) {
        for (int i = 0; i < count; i++) {
            coded[offset + i] = codes[(pcm[i] & 0xFFFF) >> 2];
        }
        return count;
    }

    @Override
    public int decode(byte[] coded, int length, short[] pcm) {
        int count = Math.min(length, pcm.length);
        for (int i = 0; i < count; i++) {
            pcm[i] = samples[coded[i] & 0xFF];
        }
        return count;
    }
}
