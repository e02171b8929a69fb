package org.caravox.speech;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes the header that makes one channel of samples a WAV file. Source: Microsoft/IBM "Multimedia Programming
 * Interface and Data Specifications 1.0", RIFF WAVE.
 */
public final class WavWriter {

    /** How the samples are coded; the number is the format tag. */
    public enum Coding {
        /** Signed, 16 bits, little-endian. */
        PCM(1, 2),
        /** G.711 A-law, 8 bits. */
        A_LAW(6, 1),
        /** G.711 mu-law, 8 bits. */
        MU_LAW(7, 1);

        private final int tag;
        private final int sampleBytes;

        Coding(int tag, int sampleBytes) {
            this.tag = tag;
            this.sampleBytes = sampleBytes;
        }
    }

    /** In a size field: "until the end", for what is sent before its length is known. */
    private static final int UNKNOWN = 0xFFFF_FFFF;

    private static final long LARGEST = 0xFFFF_FFFEL;

    private WavWriter() {}

    /**
     * The header of a whole file.
     *
     * @param sampleBytes how many bytes of samples follow, less than 4 GB; after an odd number a zero byte is due
     */
    public static byte[] header(Coding coding, int sampleRateHz, long sampleBytes) {
        byte[] header = streamHeader(coding, sampleRateHz);
        long rest = header.length - 8 + sampleBytes + (sampleBytes & 1);
        if (sampleBytes < 0 || rest > LARGEST) {
            throw new IllegalArgumentException("a WAV file holds up to 4 GB of samples, not " + sampleBytes + " bytes");
        }
        ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        fields.putInt(4, (int) rest);
        fields.putInt(header.length - 4, (int) sampleBytes);
        if (coding != Coding.PCM) {
            fields.putInt(header.length - 12, (int) (sampleBytes / coding.sampleBytes));
        }
        return header;
    }

    /** The header of a file of unknown length. */
    public static byte[] streamHeader(Coding coding, int sampleRateHz) {
        boolean pcm = coding == Coding.PCM;
        ByteBuffer header = ByteBuffer.allocate(pcm ? 44 : 58).order(ByteOrder.LITTLE_ENDIAN);
        header.put(tag("RIFF")).putInt(UNKNOWN).put(tag("WAVE"));
        header.put(tag("fmt ")).putInt(pcm ? 16 : 18).putShort((short) coding.tag);
        header.putShort((short) 1).putInt(sampleRateHz).putInt(sampleRateHz * coding.sampleBytes);
        header.putShort((short) coding.sampleBytes).putShort((short) (8 * coding.sampleBytes));
        if (!pcm) {
            header.putShort((short) 0).put(tag("fact")).putInt(4).putInt(UNKNOWN);
        }
        return header.put(tag("data")).putInt(UNKNOWN).array();
    }

    private static byte[] tag(String tag) {
        return tag.getBytes(StandardCharsets.US_ASCII);
    }
}
