package org.caravox.deliveries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.caravox.deliveries.Outcome.Next;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliverySettingsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final DeliverySettings settings = settings(0.2, Duration.ofSeconds(10), 1);

    @ParameterizedTest
    @CsvSource({"1, 0, 4000", "1, 0.5, 5000", "1, 1, 6000", "2, 0.5, 300000"})
    void an_attempt_that_failed_is_followed_by_the_wait_of_its_number_give_or_take_the_jitter(
            int attempt, double chance, long milliseconds) {
        assertThat(settings.wait(attempt, Outcome.failed(Fault.DNS, "no"), chance))
                .contains(Duration.ofMillis(milliseconds));
    }

    @Test
    void after_the_last_wait_there_is_no_attempt() {
        assertThat(settings.wait(3, Outcome.failed(Fault.DNS, "no"), 0.5)).isEmpty();
    }

    @Test
    void a_longer_wait_that_is_asked_for_is_kept_up_to_a_day() {
        assertThat(settings.wait(1, Outcome.answered(503, "", Duration.ofHours(1)), 0.5))
                .contains(Duration.ofHours(1));
        assertThat(settings.wait(1, Outcome.answered(503, "", SECOND), 0.5)).contains(Duration.ofSeconds(5));
        assertThat(settings.wait(1, Outcome.answered(503, "", Duration.ofDays(9)), 0.5))
                .contains(Duration.ofDays(1));
    }

    @Test
    void what_is_parked_or_not_wanted_any_more_is_not_tried_again_and_what_is_postponed_always_is() {
        assertThat(settings.wait(1, Outcome.of(new ParkedDelivery("no")), 0.5)).isEmpty();
        assertThat(settings.wait(1, Outcome.answered(410, "", null), 0.5)).isEmpty();
        assertThat(settings.wait(9, Outcome.of(new Postponed("later", SECOND)), 0.5))
                .contains(SECOND);
    }

    @ParameterizedTest
    @CsvSource({"200, DELIVERED", "204, DELIVERED", "302, RETRY", "404, RETRY", "410, DISABLE", "503, RETRY"})
    void the_status_says_what_is_next(int status, Next next) {
        assertThat(Outcome.answered(status, "", null).next()).isEqualTo(next);
    }

    @Test
    void what_cannot_be_is_refused_with_the_name_of_the_setting() {
        assertThatThrownBy(() -> settings(1.1, SECOND, 1)).hasMessageContaining("caravox.deliveries.jitter");
        assertThatThrownBy(() -> settings(0, SECOND, 1)).hasMessageContaining("caravox.deliveries.lease");
        assertThatThrownBy(() -> settings(0, Duration.ofSeconds(10), 0)).hasMessageContaining("in-flight");
    }

    private static DeliverySettings settings(double jitter, Duration lease, int inFlight) {
        return new DeliverySettings(
                "node",
                List.of(Duration.ofSeconds(5), Duration.ofMinutes(5)),
                jitter,
                Duration.ofSeconds(15),
                lease,
                inFlight,
                inFlight,
                Duration.ofDays(5),
                Duration.ofDays(30),
                true);
    }
}
