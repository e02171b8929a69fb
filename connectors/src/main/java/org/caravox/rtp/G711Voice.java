package org.caravox.rtp;

import org.caravox.audio.G711;

/** Mu-law or A-law at 8 kHz: a byte a sample, and no memory. */
enum G711Voice implements Voice {
    MU_LAW {
        @Override
        byte coded(short sample) {
            return G711.toMuLaw(sample);
        }

        @Override
        short sample(byte code) {
            return G711.fromMuLaw(code);
        }
    },
    A_LAW {
        @Override
        byte coded(short sample) {
            return G711.toALaw(sample);
        }

        @Override
        short sample(byte code) {
            return G711.fromALaw(code);
        }
    };

    private final short[] samples = new short[256];
    private final byte[] codes = new byte[1 << 14];

    G711Voice() {
        for (int code = 0; code < samples.length; code++) {
            samples[code] = sample((byte) code);
        }
        // Neither law looks at the two lowest bits.
        for (int i = 0; i < codes.length; i++) {
            codes[i] = coded((short) (i << 2));
        }
    }

    abstract byte coded(short sample);

    abstract short sample(byte code);

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
