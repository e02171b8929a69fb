package org.caravox.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WavWriterTest {

    @ParameterizedTest
    @CsvSource({"PCM, PCM_SIGNED, 2", "MU_LAW, ULAW, 1", "A_LAW, ALAW, 1"})
    void another_reader_understands_the_header(WavWriter.Coding coding, String encoding, int sampleBytes)
            throws IOException, UnsupportedAudioFileException {
        ByteArrayOutputStream wav = new ByteArrayOutputStream();
        wav.writeBytes(WavWriter.header(coding, 16_000, 400));
        wav.writeBytes(new byte[400]);

        AudioInputStream read = AudioSystem.getAudioInputStream(new ByteArrayInputStream(wav.toByteArray()));

        assertThat(read.getFormat().getEncoding()).isEqualTo(new AudioFormat.Encoding(encoding));
        assertThat(read.getFormat().getSampleRate()).isEqualTo(16_000);
        assertThat(read.getFormat().getChannels()).isEqualTo(1);
        assertThat(read.getFrameLength()).isEqualTo(400 / sampleBytes);
    }

    @Test
    void a_stream_of_unknown_length_says_so_in_both_sizes() {
        ByteBuffer header = ByteBuffer.wrap(WavWriter.streamHeader(WavWriter.Coding.PCM, 8_000))
                .order(ByteOrder.LITTLE_ENDIAN);

        assertThat(header.getInt(4)).isEqualTo(0xFFFF_FFFF);
        assertThat(header.getInt(40)).isEqualTo(0xFFFF_FFFF);
    }

    @Test
    void more_than_a_wav_file_holds_is_refused() {
        assertThatThrownBy(() -> WavWriter.header(WavWriter.Coding.PCM, 8_000, 1L << 32))
                .hasMessageContaining("4 GB");
    }
}
