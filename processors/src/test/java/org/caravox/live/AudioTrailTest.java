package org.caravox.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AudioTrailTest {

    private final AudioTrail trail = new AudioTrail(0);

    @Test
    void audio_is_given_out_in_order_and_again_after_a_rewind() {
        for (int i = 0; i < 100; i++) {
            trail.add(new byte[] {(byte) i, 0});
        }
        assertThat(trail.waiting()).isEqualTo(200);
        for (int i = 0; i < 50; i++) {
            assertThat(trail.next()).containsExactly(i, 0);
        }
        trail.forget(40);

        assertThat(trail.start()).isEqualTo(40);
        assertThat(trail.size()).isEqualTo(160);
        trail.rewind();
        assertThat(trail.next()).containsExactly(20, 0);
        assertThat(trail.givenUntil()).isEqualTo(42);
    }

    @Test
    void what_was_not_given_out_is_not_forgotten_and_neither_is_part_of_a_chunk() {
        trail.add(new byte[10]);
        trail.add(new byte[10]);
        trail.next();

        trail.forget(9);
        assertThat(trail.start()).isZero();
        trail.forget(100);
        assertThat(trail.start()).isEqualTo(10);
        assertThat(trail.end()).isEqualTo(20);
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
}
