package org.caravox.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class G722VoiceTest {

    /** The filters of both sides hold a sample back for so long: ITU-T G.722, 3 ms less a half. */
    private static final int DELAY = 22;

    private static byte[] coded(short[] pcm) {
        byte[] coded = new byte[pcm.length / 2];
        assertThat(new G722Voice().encode(pcm, pcm.length, coded, 0)).isEqualTo(coded.length);
        return coded;
    }

    private static short[] signal() {
        short[] pcm = Caller.tone(440, 16_000, 6_000, Duration.ofSeconds(1));
        short[] second = Caller.tone(5_200, 16_000, 2_500, Duration.ofSeconds(1));
        for (int i = 0; i < pcm.length; i++) {
            pcm[i] = (short) ((pcm[i] + second[i]) * (i % 4_000) / 4_000);
        }
        return pcm;
    }

    @Test
    void speech_of_both_bands_comes_back_with_little_noise() {
        short[] pcm = signal();
        short[] back = new short[pcm.length];

        new G722Voice().decode(coded(pcm), pcm.length / 2, back);

        double wanted = 0;
        double noise = 0;
        for (int i = 1_600; i < pcm.length - DELAY; i++) {
            wanted += (double) pcm[i] * pcm[i];
            noise += Math.pow(back[i + DELAY] - pcm[i], 2);
        }
        assertThat(10 * Math.log10(wanted / noise)).isGreaterThan(20);
    }

    @Test
    void it_is_coded_bit_by_bit_as_by_ffmpeg() {
        CRC32 sum = new CRC32();
        sum.update(coded(signal()));

        assertThat(Long.toHexString(sum.getValue())).isEqualTo("7b7016b6");
    }

    @Test
    void pieces_are_coded_like_the_whole() {
        short[] pcm = signal();
        G722Voice voice = new G722Voice();
        byte[] pieces = new byte[pcm.length / 2];
        for (int at = 0; at < pcm.length; at += 320) {
            voice.encode(Arrays.copyOfRange(pcm, at, at + 320), 320, pieces, at / 2);
        }

        assertThat(pieces).isEqualTo(coded(pcm));
    }
}
