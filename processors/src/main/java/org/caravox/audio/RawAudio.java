package org.caravox.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Samples that come without a header, and so need somebody to say what they are.
 *
 * @param encoding     how each sample is coded
 * @param sampleRateHz samples a second and channel
 * @param channels     1 is mono; samples of several are interleaved
 */
public record RawAudio(Encoding encoding, int sampleRateHz, int channels) {

    /** How a sample is coded. */
    public enum Encoding {
        /** 16-bit linear PCM, little-endian. */
        LINEAR16(1, 2, 0),
        /** G.711 A-law. */
        ALAW(6, 1, 0xD5),
        /** G.711 mu-law. */
        MULAW(7, 1, 0xFF);

        private final int wavFormat;
        private final int bytes;
        private final byte silence;

        Encoding(int wavFormat, int bytes, int silence) {
            this.wavFormat = wavFormat;
            this.bytes = bytes;
            this.silence = (byte) silence;
        }

        /** The coding that a WAV file's header names; empty when it is none of these. */
        static Optional<Encoding> ofWav(int format, int bits) {
            return Arrays.stream(values())
                    .filter(one -> one.wavFormat == format && one.bytes * 8 == bits)
                    .findFirst();
        }

        /** As clients name it: {@code linear16}, {@code alaw}, {@code mulaw}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What silence is made of. */
        public byte silence() {
            return silence;
        }
    }

    private static final int FORMAT_BYTES = 16;
    private static final int HEADER_BYTES = 28 + FORMAT_BYTES;
    private static final long UNTIL_THE_END = 0xFFFF_FFFFL;

    /** Bytes of one sample of each channel. */
    public int frameBytes() {
        return encoding.bytes * channels;
    }

    /** Bytes of one second. */
    public int bytesPerSecond() {
        return frameBytes() * sampleRateHz;
    }

    /**
     * What makes a WAV file of them when it is put in front. Source: Microsoft/IBM "Multimedia Programming Interface and
     * Data Specifications 1.0", RIFF WAVE; the format tags are those of RFC 2361.
     *
     * @param bytes how many of samples follow; negative when nobody knows
     */
    public byte[] wavHeader(long bytes) {
        long length = bytes < 0 || bytes > UNTIL_THE_END - HEADER_BYTES ? UNTIL_THE_END : bytes;
        long whole = length == UNTIL_THE_END ? UNTIL_THE_END : length + HEADER_BYTES - 8;
        int frame = frameBytes();
        return ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(tag("RIFF"))
                .putInt((int) whole)
                .put(tag("WAVEfmt "))
                .putInt(FORMAT_BYTES)
                .putShort((short) encoding.wavFormat)
                .putShort((short) channels)
                .putInt(sampleRateHz)
                .putInt(bytesPerSecond())
                .putShort((short) frame)
                .putShort((short) (encoding.bytes * 8))
                .put(tag("data"))
                .putInt((int) length)
                .array();
    }

    private static byte[] tag(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
