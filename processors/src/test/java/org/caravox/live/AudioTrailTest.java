package org.caravox.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AudioTrailTest {

    private final AudioBlocks memory = new AudioBlocks(Long.MAX_VALUE);
    private final AudioTrail trail = new AudioTrail(memory, 2, 0);

    @Test
    void audio_is_given_out_in_order_and_again_after_a_rewind() {
        byte[] audio = audio(100_000);
        for (int from = 0; from < audio.length; from += 500) {
            trail.add(Arrays.copyOfRange(audio, from, from + 500));
        }
        assertThat(trail.waiting()).isEqualTo(100_000);
        assertThat(rest()).isEqualTo(audio);
        trail.forget(30_000);

        assertThat(trail.start()).isEqualTo(30_000);
        assertThat(trail.size()).isEqualTo(70_000);
        trail.rewind();
        assertThat(rest()).isEqualTo(Arrays.copyOfRange(audio, 30_000, 100_000));
        assertThat(trail.givenUntil()).isEqualTo(100_000);
    }

    @Test
    void what_came_in_pieces_is_given_out_together_as_much_as_is_good_for_one_message() {
        for (int piece = 0; piece < 30; piece++) {
            trail.add(new byte[300]);
        }

        assertThat(trail.next()).hasSize(8192);
        assertThat(trail.next()).hasSize(9000 - 8192);
    }

    @Test
    void what_was_not_given_out_is_not_forgotten_and_neither_is_half_a_sample() {
        trail.add(new byte[20]);
        trail.next();
        trail.add(new byte[10]);

        trail.forget(9);
        assertThat(trail.start()).isEqualTo(8);
        trail.forget(100);
        assertThat(trail.start()).isEqualTo(20);
        assertThat(trail.end()).isEqualTo(30);
    }

    @Test
    void nothing_is_kept_once_all_is_forgotten() {
        for (int round = 0; round < 1_000; round++) {
            trail.add(new byte[100]);
            trail.next();
            trail.forget(trail.end());
        }

        assertThat(trail.size()).isZero();
        assertThat(trail.end()).isEqualTo(100_000);
        assertThat(trail.next()).isNull();
    }

    @Test
    void memory_that_is_used_again_does_not_mix_streams() {
        byte[] audio = audio(50_000);
        trail.add(new byte[50_000]);
        rest();
        trail.forget(50_000);
        AudioTrail other = new AudioTrail(memory, 2, 0);
        other.add(audio);
        trail.add(new byte[50_000]);

        byte[] first = Objects.requireNonNull(other.next());
        assertThat(first).isEqualTo(Arrays.copyOf(audio, first.length));
        assertThat(rest()).containsOnly(0);
    }

    private static byte[] audio(int length) {
        byte[] audio = new byte[length];
        new Random(1).nextBytes(audio);
        return audio;
    }

    private byte[] rest() {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        for (byte[] next = trail.next(); next != null; next = trail.next()) {
            rest.writeBytes(next);
        }
        return rest.toByteArray();
    }

    @Test
    void memory_is_given_back_once_it_is_closed() {
        trail.add(new byte[100_000]);
        trail.next();
        assertThat(memory.taken()).isGreaterThanOrEqualTo(100_000);

        trail.close();
        trail.close();

        assertThat(memory.taken()).isZero();
        assertThat(trail.end()).isEqualTo(100_000);
        assertThat(trail.size()).isZero();
    }

    @Test
    void whoever_keeps_more_than_a_share_of_what_is_scarce_has_enough() {
        AudioBlocks scarce = new AudioBlocks(1 << 20);
        AudioTrail large = new AudioTrail(scarce, 2, 0);
        AudioTrail small = new AudioTrail(scarce, 2, 0);
        small.add(new byte[100_000]);
        large.add(new byte[400_000]);
        assertThat(large.isEnough()).isFalse();

        large.add(new byte[40_000]);

        assertThat(large.isEnough()).isTrue();
        assertThat(large.isTooMuch()).isFalse();
        assertThat(small.isEnough()).isFalse();
        small.close();
        assertThat(large.isEnough()).isFalse();
    }
}
