package org.caravox.itests.audio;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/** WAV files in every coding, and some that lie. */
public final class Wav {

    private static final int PCM = 1;

    private Wav() {}

    /** A recording in another coding, by the JDK's own converters. */
    public static byte[] convert(byte[] wav, AudioFormat.Encoding coding, int bits, float sampleRateHz) {
        try (AudioInputStream in = AudioSystem.getAudioInputStream(new ByteArrayInputStream(wav))) {
            float rate = in.getFormat().getSampleRate();
            AudioFormat linear = pcm(AudioFormat.Encoding.PCM_SIGNED, 16, rate);
            AudioInputStream stream = AudioSystem.getAudioInputStream(linear, in);
            if (rate != sampleRateHz) {
                stream =
                        AudioSystem.getAudioInputStream(pcm(AudioFormat.Encoding.PCM_SIGNED, 16, sampleRateHz), stream);
            }
            stream = AudioSystem.getAudioInputStream(pcm(coding, bits, sampleRateHz), stream);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            AudioSystem.write(finite(stream), AudioFileFormat.Type.WAVE, out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (UnsupportedAudioFileException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static AudioFormat pcm(AudioFormat.Encoding coding, int bits, float rate) {
        return new AudioFormat(coding, rate, bits, 1, bits / 8, rate, false);
    }

    /** The same audio with its length known, which a WAV file's header needs. */
    private static AudioInputStream finite(AudioInputStream stream) throws IOException {
        byte[] bytes = stream.readAllBytes();
        AudioFormat format = stream.getFormat();
        return new AudioInputStream(new ByteArrayInputStream(bytes), format, bytes.length / format.getFrameSize());
    }

    /** Silence, 16-bit. */
    public static byte[] silence(int seconds, int sampleRateHz) {
        byte[] samples = new byte[2 * seconds * sampleRateHz];
        return withHeader(1, sampleRateHz, samples.length, samples);
    }

    /** A 16-bit WAV file with whatever its header is to say. */
    public static byte[] withHeader(int channels, int sampleRateHz, int claimedBytes, byte[] samples) {
        ByteBuffer wav = ByteBuffer.allocate(44 + samples.length).order(ByteOrder.LITTLE_ENDIAN);
        wav.put(tag("RIFF")).putInt(36 + claimedBytes).put(tag("WAVE"));
        wav.put(tag("fmt ")).putInt(16).putShort((short) PCM).putShort((short) channels);
        wav.putInt(sampleRateHz).putInt(sampleRateHz * channels * 2);
        wav.putShort((short) (channels * 2)).putShort((short) 16);
        wav.put(tag("data")).putInt(claimedBytes).put(samples);
        return wav.array();
    }

    private static byte[] tag(String tag) {
        return tag.getBytes(StandardCharsets.US_ASCII);
    }
}
