package org.caravox.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobSettingsTest {

    @ParameterizedTest
    @CsvSource({"0, 4000", "0.5, 5000", "1, 6000"})
    void the_first_wait_is_the_back_off_give_or_take_the_jitter(double chance, long milliseconds) {
        JobSettings settings = settings(Duration.ofSeconds(30), 3, 0.2);

        assertThat(settings.firstWait(chance)).isEqualTo(Duration.ofMillis(milliseconds));
    }

    @Test
    void what_cannot_be_is_refused_with_the_name_of_the_setting() {
        assertThatThrownBy(() -> settings(Duration.ofSeconds(30), 0, 0.2))
                .hasMessageContaining("caravox.jobs.attempts");
        assertThatThrownBy(() -> settings(Duration.ofSeconds(30), 3, 1.1)).hasMessageContaining("caravox.jobs.jitter");
        assertThatThrownBy(() -> settings(Duration.ofSeconds(1), 3, 0.2)).hasMessageContaining("caravox.jobs.lease");
    }

    private static JobSettings settings(Duration lease, int attempts, double jitter) {
        return new JobSettings(
                "node",
                lease,
                attempts,
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                jitter,
                Duration.ofHours(6),
                Duration.ofDays(30));
    }
}
