package org.caravox.recordings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TwoPartiesTest {

    private static final int RATE_HZ = 8_000;
    private static final int PACKET = 160;

    private final Heard heard = new Heard();
    private final TwoParties parties = new TwoParties(heard, RATE_HZ, Duration.ofMillis(500));

    /** What a recorder is given. */
    private static final class Heard implements Recorder {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean ended;

        @Override
        public void hear(byte[] audio) {
            bytes.writeBytes(audio);
        }

        @Override
        public void pause(long count) {
            bytes.writeBytes(new byte[(int) count]);
        }

        @Override
        public void end() {
            ended = true;
        }

        @Override
        public void drop() {}

        /** The samples of a channel from a frame on, as long as they are the same. */
        int run(int channel, int frame) {
            byte[] all = bytes.toByteArray();
            int length = 0;
            while ((frame + length) * 4 < all.length
                    && all[(frame + length) * 4 + channel * 2] == all[frame * 4 + channel * 2]) {
                length++;
            }
            return length;
        }

        byte at(int channel, int frame) {
            return bytes.toByteArray()[frame * 4 + channel * 2];
        }

        int frames() {
            return bytes.size() / 4;
        }
    }

    private static byte[] packet(int value) {
        byte[] pcm = new byte[2 * PACKET];
        for (int i = 0; i < pcm.length; i += 2) {
            pcm[i] = (byte) value;
        }
        return pcm;
    }

    @Test
    void each_party_has_its_channel_and_its_time() {
        for (int i = 0; i < 100; i++) {
            parties.hear(0, (long) i * PACKET, packet(1));
            if (i >= 10 && i < 60) {
                parties.hear(1, (long) i * PACKET, packet(2));
            }
        }
        parties.end(100 * PACKET);

        assertThat(heard.frames()).isEqualTo(100 * PACKET);
        assertThat(heard.run(0, 0)).isEqualTo(100 * PACKET);
        assertThat(heard.run(1, 0)).isEqualTo(10 * PACKET);
        assertThat(heard.at(1, 10 * PACKET)).isEqualTo((byte) 2);
        assertThat(heard.run(1, 10 * PACKET)).isEqualTo(50 * PACKET);
        assertThat(heard.run(1, 60 * PACKET)).isEqualTo(40 * PACKET);
        assertThat(heard.ended).isTrue();
    }

    @Test
    void a_party_that_comes_later_within_the_window_is_where_it_belongs_and_beyond_it_left_out() {
        parties.hear(0, 0, packet(1));
        parties.hear(0, 20 * PACKET, packet(1));
        parties.hear(1, 10 * PACKET, packet(2));
        parties.hear(0, 60 * PACKET, packet(1));
        parties.hear(1, 11 * PACKET, packet(3));
        parties.end(61 * PACKET);

        assertThat(heard.at(1, 10 * PACKET)).isEqualTo((byte) 2);
        assertThat(heard.run(1, 10 * PACKET)).isEqualTo(PACKET);
        assertThat(heard.run(1, 11 * PACKET)).isEqualTo(50 * PACKET);
        assertThat(heard.frames()).isEqualTo(61 * PACKET);
    }

    @Test
    void a_long_pause_of_both_is_silence() {
        parties.hear(0, 0, packet(1));
        parties.hear(1, 600L * RATE_HZ, packet(2));
        parties.end(600L * RATE_HZ + PACKET);

        assertThat(heard.frames()).isEqualTo(600 * RATE_HZ + PACKET);
        assertThat(heard.run(0, PACKET)).isEqualTo(600 * RATE_HZ);
        assertThat(heard.run(1, 0)).isEqualTo(600 * RATE_HZ);
        assertThat(heard.at(1, 600 * RATE_HZ)).isEqualTo((byte) 2);
    }
}
