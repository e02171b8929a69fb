package org.caravox.transcription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.caravox.transcription.ModeChooser.Thresholds;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModeChooserTest {

    private static final Thresholds USUAL = new Thresholds(Duration.ofSeconds(60), Duration.ofSeconds(300), Mode.SYNC);
    private static final Thresholds OTHER = new Thresholds(Duration.ofSeconds(60), Duration.ofSeconds(300), Mode.ASYNC);

    private final ModeChooser chooser = new ModeChooser(tenant -> tenant.equals("other") ? OTHER : USUAL);

    @ParameterizedTest
    @CsvSource({
        "acme, 0, sync",
        "acme, 59.999, sync",
        "acme, 60, sync",
        "acme, 300, sync",
        "acme, 300.001, async",
        "other, 59.999, sync",
        "other, 60, async",
        "other, 300, async"
    })
    void the_length_decides_by_the_tenants_thresholds(String tenant, double seconds, String mode) {
        Duration length = Duration.ofMillis(Math.round(seconds * 1000));

        assertThat(chooser.choose(request(tenant, null, length))).isEqualTo(mode);
    }

    @Test
    void a_mode_that_is_asked_for_wins() {
        assertThat(chooser.choose(request("acme", Mode.SYNC, Duration.ofHours(2))))
                .isEqualTo("sync");
        assertThat(chooser.choose(request("acme", Mode.STREAM, null))).isEqualTo("stream");
    }

    @Test
    void a_recording_of_unknown_length_is_answered_at_once() {
        assertThat(chooser.choose(request("other", null, null))).isEqualTo("sync");
    }

    @Test
    void thresholds_that_overlap_are_refused() {
        assertThatThrownBy(() -> new Thresholds(Duration.ofSeconds(301), Duration.ofSeconds(300), Mode.SYNC))
                .hasMessageContaining("sync-below");
    }

    private static TranscriptionRequest request(String tenant, @Nullable Mode mode, @Nullable Duration length) {
        return new TranscriptionRequest(
                new UUID(0, 1),
                tenant,
                "u",
                null,
                null,
                mode,
                length,
                null,
                null,
                null,
                Options.NONE,
                5,
                null,
                null,
                Instant.EPOCH);
    }
}
