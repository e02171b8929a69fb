package org.caravox.live.utterances;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.caravox.live.utterances.Splitter.Piece;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitterTest {

    private static final int RATE = 8_000;
    private final Random random = new Random(5);
    private final Splitter splitter = new Splitter(RATE, null);
    private final List<Piece> pieces = new ArrayList<>();

    /** Noise of this amplitude, which is what speech is to the splitter. */
    private void hear(double seconds, double amplitude) {
        ByteBuffer pcm = ByteBuffer.allocate((int) (2 * RATE * seconds)).order(ByteOrder.LITTLE_ENDIAN);
        while (pcm.hasRemaining()) {
            pcm.putShort((short) (amplitude * random.nextGaussian()));
        }
        pieces.addAll(splitter.hear(pcm.array()));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 30, 150})
    void what_is_said_is_cut_at_its_pauses_with_a_little_before_and_after(double noise) {
        hear(2, noise);
        hear(1.5, 4_000);
        hear(1, noise);
        hear(0.5, 4_000);
        hear(2, noise);

        assertThat(pieces).hasSize(2).allMatch(Piece::endpoint);
        assertThat(pieces.get(0).start()).isCloseTo(1.76, within(0.1));
        assertThat(pieces.get(0).end()).isCloseTo(4.2, within(0.1));
        assertThat(pieces.get(1).start()).isCloseTo(4.26, within(0.1));
        assertThat(pieces.get(0).pcm().length)
                .isEqualTo((int) Math.round(pieces.get(0).seconds() * RATE) * 2);
        assertThat(splitter.quietUntil()).isCloseTo(6.7, within(0.1));
    }

    @Test
    void silence_and_steady_noise_are_left_out() {
        hear(5, 0);
        hear(20, 20);

        assertThat(pieces).isEmpty();
        assertThat(splitter.quietUntil()).isGreaterThan(24);
    }

    @Test
    void a_long_speech_is_cut_where_it_is_quietest_and_nothing_of_it_is_lost() {
        hear(1, 0);
        hear(12, 4_000);
        hear(0.2, 300);
        hear(12, 4_000);
        hear(2, 0);

        assertThat(pieces).hasSize(2);
        assertThat(pieces.get(0).endpoint()).isFalse();
        assertThat(pieces.get(0).end())
                .isBetween(13.0, 13.2)
                .isCloseTo(pieces.get(1).start(), within(0.001));
    }

    @Test
    void a_short_click_is_not_speech() {
        hear(1, 10);
        hear(0.03, 8_000);
        hear(1, 10);

        assertThat(pieces).isEmpty();
        assertThat(splitter.settle(false, true).pcm()).isEmpty();
    }

    @Test
    void what_is_open_can_be_settled() {
        hear(1, 10);
        hear(1, 4_000);

        Piece piece = splitter.settle(false, true);

        assertThat(piece.asked()).isTrue();
        assertThat(piece.end()).isCloseTo(2, within(0.001));
        assertThat(splitter.quietUntil()).isCloseTo(2, within(0.001));
    }

    @Test
    void a_stream_may_ask_for_shorter_pauses_or_none() {
        Splitter shorter = new Splitter(RATE, Duration.ofMillis(300));
        Splitter none = new Splitter(RATE, Duration.ZERO);
        ByteBuffer pcm = ByteBuffer.allocate(2 * RATE * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 4 * RATE; i++) {
            boolean speech = i % (2 * RATE) > RATE * 1.6;
            pcm.putShort((short) (speech ? 4_000 * random.nextGaussian() : 0));
        }

        assertThat(shorter.hear(pcm.array())).hasSize(1);
        assertThat(none.hear(pcm.array())).isEmpty();
    }
}
