package org.caravox.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WavWriterTest {

    @ParameterizedTest
    @CsvSource({"LINEAR16, PCM_SIGNED, 2", "MULAW, ULAW, 1", "ALAW, ALAW, 1"})
    void another_reader_understands_the_header(AudioFormat.Encoding coding, String encoding, int sampleBytes)
            throws IOException, UnsupportedAudioFileException {
        ByteArrayOutputStream wav = new ByteArrayOutputStream();
        wav.writeBytes(WavWriter.header(wav(coding, 16_000), 400));
        wav.writeBytes(new byte[400]);

        AudioInputStream read = AudioSystem.getAudioInputStream(new ByteArrayInputStream(wav.toByteArray()));

        assertThat(read.getFormat().getEncoding()).isEqualTo(new javax.sound.sampled.AudioFormat.Encoding(encoding));
        assertThat(read.getFormat().getSampleRate()).isEqualTo(16_000);
        assertThat(read.getFormat().getChannels()).isEqualTo(1);
        assertThat(read.getFrameLength()).isEqualTo(400 / sampleBytes);
    }

    @Test
    void a_stream_of_unknown_length_says_so_in_both_sizes() {
        ByteBuffer header = ByteBuffer.wrap(WavWriter.streamHeader(wav(AudioFormat.Encoding.LINEAR16, 8_000)))
                .order(ByteOrder.LITTLE_ENDIAN);

        assertThat(header.getInt(4)).isEqualTo(0xFFFF_FFFF);
        assertThat(header.getInt(40)).isEqualTo(0xFFFF_FFFF);
    }

    @Test
    void more_than_a_wav_file_holds_is_refused() {
        assertThatThrownBy(() -> WavWriter.header(wav(AudioFormat.Encoding.LINEAR16, 8_000), 1L << 32))
                .hasMessageContaining("4 GB");
    }

    @Test
    void a_coding_that_does_not_go_into_a_wav_file_is_named() {
        assertThatThrownBy(() -> WavWriter.streamHeader(wav(AudioFormat.Encoding.MP3, 8_000)))
                .hasMessageContaining("MP3");
    }

    private static AudioFormat wav(AudioFormat.Encoding encoding, int sampleRateHz) {
        return new AudioFormat(encoding, AudioFormat.Container.WAV, sampleRateHz);
    }
}
