package org.caravox.audio;

/**
 * The telephone network's codings: 8 bits a sample for 16-bit linear PCM, at any sample rate. Source: ITU-T G.711
 * (11/88), tables 1 and 2; bit order and rounding as in the reference code of ITU-T G.191.
 */
public final class G711 {

    private static final int SIGN = 0x80;
    private static final int STEPS = 0x0F;

    /** What mu-law adds to a 14-bit magnitude, so that every segment begins at a power of two. */
    private static final int MU_BIAS = 33;

    private static final int MU_LARGEST = 0x1FFF;

    /** A-law inverts every other bit, so that silence is not a run of zeros on the line. */
    private static final int A_EVEN_BITS = 0x55;

    private G711() {}

    /** Codes one sample; -32768 to 32767. */
    public static byte toMuLaw(short sample) {
        int magnitude = Math.min(((sample < 0 ? ~sample : sample) >> 2) + MU_BIAS, MU_LARGEST);
        int segment = 26 - Integer.numberOfLeadingZeros(magnitude);
        int code = (segment << 4) | ((magnitude >> (segment + 1)) & STEPS);
        return (byte) ~(sample < 0 ? code | SIGN : code);
    }

    /** The sample that a mu-law code stands for. */
    public static short fromMuLaw(byte coded) {
        int code = ~coded;
        int magnitude = (((code & STEPS) << 1) | MU_BIAS) << ((code >> 4) & 7);
        int sample = (magnitude - MU_BIAS) << 2;
        return (short) ((code & SIGN) == 0 ? sample : -sample);
    }

    /** Codes one sample; -32768 to 32767. */
    public static byte toALaw(short sample) {
        int magnitude = (sample < 0 ? ~sample : sample) >> 4;
        int segment = Math.max(0, 28 - Integer.numberOfLeadingZeros(magnitude));
        int code = segment == 0 ? magnitude : (segment << 4) | ((magnitude >> (segment - 1)) & STEPS);
        return (byte) ((sample < 0 ? code : code | SIGN) ^ A_EVEN_BITS);
    }

    /** The sample that an A-law code stands for. */
    public static short fromALaw(byte coded) {
        int code = coded ^ A_EVEN_BITS;
        int segment = (code >> 4) & 7;
        int half = ((code & STEPS) << 4) | 8;
        int sample = segment == 0 ? half : (half | 0x100) << (segment - 1);
        return (short) ((code & SIGN) == 0 ? -sample : sample);
    }

    /** Codes signed 16-bit little-endian PCM: half as many bytes. */
    public static byte[] toMuLaw(byte[] pcm) {
        byte[] coded = new byte[pcm.length / 2];
        for (int i = 0; i < coded.length; i++) {
            coded[i] = toMuLaw(sample(pcm, i));
        }
        return coded;
    }

    /** Codes signed 16-bit little-endian PCM: half as many bytes. */
    public static byte[] toALaw(byte[] pcm) {
        byte[] coded = new byte[pcm.length / 2];
        for (int i = 0; i < coded.length; i++) {
            coded[i] = toALaw(sample(pcm, i));
        }
        return coded;
    }

    /** Decodes to signed 16-bit little-endian PCM: twice as many bytes. */
    public static byte[] fromMuLaw(byte[] coded) {
        byte[] pcm = new byte[2 * coded.length];
        for (int i = 0; i < coded.length; i++) {
            put(pcm, i, fromMuLaw(coded[i]));
        }
        return pcm;
    }

    /** Decodes to signed 16-bit little-endian PCM: twice as many bytes. */
    public static byte[] fromALaw(byte[] coded) {
        byte[] pcm = new byte[2 * coded.length];
        for (int i = 0; i < coded.length; i++) {
            put(pcm, i, fromALaw(coded[i]));
        }
        return pcm;
    }

    private static short sample(byte[] pcm, int index) {
        return (short) ((pcm[2 * index] & 0xFF) | (pcm[2 * index + 1] << 8));
    }

    private static void put(byte[] pcm, int index, short sample) {
        pcm[2 * index] = (byte) sample;
        pcm[2 * index + 1] = (byte) (sample >> 8);
    }
}
