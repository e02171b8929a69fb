package org.caravox.audio;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WavHeaderTest {

    private static final int HEADER_BYTES = 44;
    private static final int DATA_BYTES = 1000;

    private final Path folder;

    WavHeaderTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void an_honest_header_passes() {
        assertThatCode(() -> check(wav(2, 8000, DATA_BYTES))).doesNotThrowAnyException();
    }

    @Test
    void a_length_that_its_recorder_never_wrote_passes() {
        assertThatCode(() -> check(wav(1, 8000, -1))).doesNotThrowAnyException();
    }

    @Test
    void a_chunk_before_the_data_is_skipped_with_its_padding() {
        byte[] wav = wav(1, 8000, DATA_BYTES);
        byte[] list = {'L', 'I', 'S', 'T', 3, 0, 0, 0, 'a', 'b', 'c', 0};
        byte[] both = new byte[wav.length + list.length];
        System.arraycopy(wav, 0, both, 0, 36);
        System.arraycopy(list, 0, both, 36, list.length);
        System.arraycopy(wav, 36, both, 36 + list.length, wav.length - 36);

        assertThatCode(() -> check(both)).doesNotThrowAnyException();
    }

    @Test
    void what_is_no_wav_file_is_left_to_others() {
        assertThatCode(() -> check("ID3 and so on".getBytes(StandardCharsets.US_ASCII)))
                .doesNotThrowAnyException();
        assertThatCode(() -> check(new byte[3])).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 8000, 1000, zero channels",
        "1, 0, 1000, 0 Hz",
        "1, 999, 1000, 999 Hz",
        "1, 2000000000, 1000, 2000000000 Hz",
        "1, 8000, 1001, truncated",
        "1, 8000, 2147483647, 2147483647 bytes of audio data"
    })
    void a_lie_is_named(int channels, int rate, int claimed, String named) {
        assertThatThrownBy(() -> check(wav(channels, rate, claimed)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(named);
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 19, 20, 30, 36, 43})
    void a_file_that_ends_in_its_header_is_truncated(int length) {
        byte[] cut = Arrays.copyOf(wav(1, 8000, DATA_BYTES), length);

        assertThatThrownBy(() -> check(cut)).isInstanceOf(Refusal.class).hasMessageContaining("truncated");
    }

    @Test
    void a_file_that_ends_where_its_data_begins_is_empty() {
        byte[] cut = Arrays.copyOf(wav(1, 8000, DATA_BYTES), HEADER_BYTES);

        assertThatThrownBy(() -> check(cut)).isInstanceOf(Refusal.class).hasMessageContaining("empty");
    }

    private void check(byte[] bytes) throws IOException {
        WavHeader.check(Files.write(folder.resolve("recording"), bytes));
    }

    private static byte[] wav(int channels, int sampleRateHz, int claimedBytes) {
        ByteBuffer wav = ByteBuffer.allocate(HEADER_BYTES + DATA_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF____WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        wav.putShort((short) 1).putShort((short) channels).putInt(sampleRateHz);
        wav.putInt(sampleRateHz * channels * 2).putShort((short) (channels * 2)).putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(claimedBytes);
        return wav.array();
    }
}
