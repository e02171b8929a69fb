package org.caravox.speech;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.caravox.speech.AudioFormat.Encoding;

/**
 * Writes the header that makes one channel of samples a WAV file. Source: Microsoft/IBM "Multimedia Programming
 * Interface and Data Specifications 1.0", RIFF WAVE.
 */
public final class WavWriter {

    /** In a size field: "until the end", for what is sent before its length is known. */
    private static final int UNKNOWN = 0xFFFF_FFFF;

    /** In the number of samples: FFmpeg takes the length from the data then, and anything else at its word. */
    private static final int NOT_SAID = 0;

    private static final long LARGEST = 0xFFFF_FFFEL;

    private WavWriter() {}

    /**
     * The header of a whole file.
     *
     * @param format      linear PCM or G.711, of which the container is left aside
     * @param sampleBytes how many bytes of samples follow, less than 4 GB; after an odd number a zero byte is due
     */
    public static byte[] header(AudioFormat format, long sampleBytes) {
        byte[] header = streamHeader(format);
        long rest = header.length - 8 + sampleBytes + (sampleBytes & 1);
        if (sampleBytes < 0 || rest > LARGEST) {
            throw new IllegalArgumentException("a WAV file holds up to 4 GB of samples, not " + sampleBytes + " bytes");
        }
        ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        fields.putInt(4, (int) rest);
        fields.putInt(header.length - 4, (int) sampleBytes);
        if (format.encoding() != Encoding.LINEAR16) {
            fields.putInt(header.length - 12, (int) sampleBytes);
        }
        return header;
    }

    /**
     * The header of a file of unknown length.
     *
     * @param format linear PCM or G.711, of which the container is left aside
     */
    public static byte[] streamHeader(AudioFormat format) {
        boolean pcm = format.encoding() == Encoding.LINEAR16;
        int bytesEach = pcm ? 2 : 1;
        ByteBuffer header = ByteBuffer.allocate(pcm ? 44 : 58).order(ByteOrder.LITTLE_ENDIAN);
        header.put(tag("RIFF")).putInt(UNKNOWN).put(tag("WAVE"));
        header.put(tag("fmt ")).putInt(pcm ? 16 : 18).putShort(formatTag(format.encoding()));
        header.putShort((short) 1).putInt(format.sampleRateHz()).putInt(format.sampleRateHz() * bytesEach);
        header.putShort((short) bytesEach).putShort((short) (8 * bytesEach));
        if (!pcm) {
            header.putShort((short) 0).put(tag("fact")).putInt(4).putInt(NOT_SAID);
        }
        return header.put(tag("data")).putInt(UNKNOWN).array();
    }

    private static short formatTag(Encoding encoding) {
        return switch (encoding) {
            case LINEAR16 -> 1;
            case ALAW -> 6;
            case MULAW -> 7;
            default -> throw new IllegalArgumentException(encoding + " does not go into a WAV file");
        };
    }

    private static byte[] tag(String tag) {
        return tag.getBytes(StandardCharsets.US_ASCII);
    }
}
