package org.caravox.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.caravox.audio.RawAudio;
import org.junit.jupiter.api.Test;

class SettlesTest {

    private static final int SECOND = 16_000;

    private final Positions positions = new Positions(new RawAudio(RawAudio.Encoding.LINEAR16, 8_000, 1));
    private final Settles settles = new Settles(positions);
    private final LiveRun run = run();

    @SuppressWarnings("NullAway") // nothing is told to its session
    private LiveRun run() {
        return new LiveRun(null, positions, new Hearer("a", "m"), "en", true);
    }

    @Test
    void what_the_hub_asked_for_itself_is_not_told_as_asked_for() {
        settles.need(SECOND);
        assertThat(settles.isDue(run, SECOND)).isTrue();

        assertThat(settles.answered(run, 0, 1, true)).isFalse();
        assertThat(settles.isNeeded()).isFalse();
    }

    @Test
    void what_the_client_asked_for_is_told_once_as_asked_for() {
        settles.need(SECOND);
        settles.wish(2 * SECOND);
        assertThat(settles.isDue(run, 2 * SECOND)).isTrue();

        assertThat(settles.answered(run, 0, 1, true)).isFalse();
        assertThat(settles.answered(run, 0, 2, true)).isTrue();
        assertThat(settles.answered(run, 0, 2, true)).isFalse();
    }

    @Test
    void a_provider_is_asked_once_and_the_next_one_again() {
        settles.wish(SECOND);

        assertThat(settles.isDue(run, SECOND - 1)).isFalse();
        assertThat(settles.isDue(run, SECOND)).isTrue();
        assertThat(settles.isDue(run, SECOND)).isFalse();
        assertThat(settles.isDue(run(), SECOND)).isTrue();
    }

    @Test
    void an_answer_that_does_not_come_is_not_waited_for_for_ever() {
        settles.wish(SECOND);
        assertThat(settles.isDue(run, SECOND)).isTrue();

        assertThat(settles.answered(run, 0, 1.5, false)).isFalse();
        assertThat(settles.wished()).containsExactly((long) SECOND);
        assertThat(settles.answered(run, 0, 2.5, false)).isFalse();
        assertThat(settles.wished()).isEmpty();
    }
}
