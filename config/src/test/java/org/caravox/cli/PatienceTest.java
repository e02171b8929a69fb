package org.caravox.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A hub that may yet answer is asked again, and who waits is told. */
class PatienceTest {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private final Patience patience = new Patience(
            new PrintStream(said, true, StandardCharsets.UTF_8), nanos::incrementAndGet, Duration.ofMillis(10));

    private String failing(int times, HubFailure how) {
        return patience.ask(() -> {
            if (asked.incrementAndGet() <= times) {
                throw how;
            }
            return "there";
        });
    }

    @Test
    void a_hub_that_is_away_is_asked_a_few_times_and_that_is_said_once_in_a_while() {
        assertThat(failing(3, new HubFailure("no hub answers"))).isEqualTo("there");

        assertThat(asked).hasValue(4);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .isEqualToIgnoringNewLines("no hub answers; trying again in 0 s");
    }

    @Test
    void one_that_stays_away_is_given_up() {
        assertThatThrownBy(() -> failing(1000, new HubFailure("it failed", 500, Duration.ZERO)))
                .hasMessage("it failed");

        assertThat(asked).hasValue(6);
    }

    @Test
    void one_that_says_when_is_asked_then_however_often() {
        assertThat(failing(20, new HubFailure("busy", 429, Duration.ofMillis(1))))
                .isEqualTo("there");

        assertThat(said.size()).isZero();
    }

    @Test
    void what_is_wrong_is_not_asked_again() {
        assertThatThrownBy(() -> failing(1000, new HubFailure("no", 422, Duration.ofMillis(1))))
                .hasMessage("no");

        assertThat(asked).hasValue(1);
    }
}
