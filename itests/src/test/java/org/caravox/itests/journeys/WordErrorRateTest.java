package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.caravox.itests.audio.SharedAudio;
import org.caravox.itests.audio.WordErrorRate;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recordings of people are understood as well as the embedded recognizer can; BENCHMARKS.md has the exact rates. */
class WordErrorRateTest {

    @ParameterizedTest
    @CsvSource({
        "jfk-ask-not.wav, 0.15",
        "arctic-a0024.wav, 0.15",
        "librispeech-quilter.wav, 0.25",
        "call-carloan-8k.wav, 0.25",
        "bank-two-channel.wav, 0.15",
        "phone-number-jackson-8k.wav, 0.35",
        "tornadoes-mid-pause.wav, 0.15"
    })
    void the_word_error_rate_stays_below_a_bound(String file, double bound) {
        SharedAudio.assumePresent();
        List<String> said = SharedAudio.references().get(file);

        JsonNode channels = SharedHub.hub()
                .newTenant()
                .upload(SharedAudio.bytes(file), Map.of("userId", "u", "mode", "sync"))
                .expect(200)
                .json()
                .get("channels");

        String heard = String.join(" ", channels.findValuesAsText("transcript"));
        assertThat(channels).hasSize(said.size());
        assertThat(WordErrorRate.of(String.join(" ", said), heard)).as(heard).isLessThanOrEqualTo(bound);
    }
}
