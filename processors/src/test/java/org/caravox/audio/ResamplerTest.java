package org.caravox.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplerTest {

    private static final double AMPLITUDE = 20_000;

    @ParameterizedTest
    @CsvSource({
        "48000, 8000",
        "48000, 16000",
        "48000, 22050",
        "48000, 24000",
        "48000, 44100",
        "48000, 47999",
        "22050, 8000",
        "24000, 16000",
        "16000, 8000",
        "8000, 16000",
        "8000, 48000",
        "44100, 48000",
        "48000, 48000"
    })
    void a_tone_comes_out_as_the_same_tone(int fromHz, int toHz) {
        double[] out = samples(whole(new Resampler(fromHz, toHz), tone(1_000, fromHz, 1)));

        assertThat(out).hasSize(toHz);
        double worst = 0;
        for (int i = toHz / 10; i < toHz * 9 / 10; i++) {
            worst = Math.max(worst, Math.abs(out[i] - AMPLITUDE * Math.sin(2 * Math.PI * 1_000 * i / toHz)));
        }
        assertThat(worst).as("worst deviation").isLessThan(8);
    }

    @ParameterizedTest
    @CsvSource({"6000, 48000, 8000", "4100, 48000, 8000", "9000, 48000, 16000", "6000, 22050, 8000", "5000, 16000, 8000"
    })
    void a_tone_above_what_the_lower_rate_can_carry_disappears(int toneHz, int fromHz, int toHz) {
        double[] out = samples(whole(new Resampler(fromHz, toHz), tone(toneHz, fromHz, 1)));

        assertThat(level(out)).as("level").isLessThan(AMPLITUDE / 3_000);
    }

    @Test
    void the_telephone_band_passes_whole() {
        double[] out = samples(whole(new Resampler(48_000, 8_000), tone(3_300, 48_000, 1)));

        assertThat(level(out)).isCloseTo(AMPLITUDE / Math.sqrt(2), within(AMPLITUDE / 100));
    }

    @ParameterizedTest
    @CsvSource({"48000, 8000", "22050, 16000", "8000, 44100"})
    void chunks_of_any_size_give_what_one_piece_gives(int fromHz, int toHz) {
        byte[] noise = new byte[40_000];
        new Random(3).nextBytes(noise);
        byte[] expected = whole(new Resampler(fromHz, toHz), noise);

        Resampler resampler = new Resampler(fromHz, toHz);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Random sizes = new Random(4);
        for (int at = 0; at < noise.length; ) {
            int end = Math.min(noise.length, at + sizes.nextInt(700));
            out.writeBytes(resampler.resample(Arrays.copyOfRange(noise, at, end)));
            at = end;
        }
        out.writeBytes(resampler.end());

        assertThat(out.toByteArray()).isEqualTo(expected);
    }

    @Test
    void full_scale_is_clipped_not_wrapped() {
        byte[] square = new byte[9_600];
        ByteBuffer samples = ByteBuffer.wrap(square).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < square.length / 2; i++) {
            samples.putShort(i / 100 % 2 == 0 ? Short.MAX_VALUE : Short.MIN_VALUE);
        }

        double[] out = samples(whole(new Resampler(48_000, 16_000), square));

        assertThat(out[20]).isGreaterThan(30_000);
        assertThat(out[50]).isLessThan(-30_000);
    }

    @Test
    void nothing_in_gives_nothing_out() {
        assertThat(whole(new Resampler(48_000, 8_000), new byte[0])).isEmpty();
    }

    @Test
    void a_rate_out_of_range_is_named() {
        assertThatThrownBy(() -> new Resampler(48_000, 96_000)).hasMessageContaining("96000 Hz");
    }

    private static byte[] whole(Resampler resampler, byte[] pcm) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(resampler.resample(pcm));
        out.writeBytes(resampler.end());
        return out.toByteArray();
    }

    private static byte[] tone(int toneHz, int rateHz, int seconds) {
        ByteBuffer pcm = ByteBuffer.allocate(2 * rateHz * seconds).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rateHz * seconds; i++) {
            pcm.putShort((short) Math.round(AMPLITUDE * Math.sin(2 * Math.PI * toneHz * i / rateHz)));
        }
        return pcm.array();
    }

    private static double[] samples(byte[] pcm) {
        ByteBuffer samples = ByteBuffer.wrap(pcm).order(ByteOrder.LITTLE_ENDIAN);
        double[] out = new double[pcm.length / 2];
        for (int i = 0; i < out.length; i++) {
            out[i] = samples.getShort();
        }
        return out;
    }

    /** Root mean square without the ends, where the tone starts and stops at once. */
    private static double level(double[] samples) {
        return Math.sqrt(Arrays.stream(samples, samples.length / 10, samples.length * 9 / 10)
                .map(sample -> sample * sample)
                .average()
                .orElseThrow());
    }
}
