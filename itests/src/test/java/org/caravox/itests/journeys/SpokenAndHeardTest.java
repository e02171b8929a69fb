package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.caravox.itests.audio.WordErrorRate;
import org.caravox.itests.hub.SharedHub;
import org.caravox.requests.Deadline;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.Resampler;
import org.caravox.speech.WavWriter;
import org.caravox.speech.mary.MaryEngine;
import org.caravox.speech.mary.SpokenSentences;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the embedded voice says, the embedded recognizer understands. */
class SpokenAndHeardTest {

    private static final int SAMPLE_RATE_HZ = 16_000;
    private static final MaryEngine ENGINE = new MaryEngine(1);

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The weather will be sunny and warm for the rest of the week."
                        + "|the weather will be sunny and warm for the rest of the week",
                "Your appointment is on Monday at 3:30 with Dr. Brown."
                        + "|your appointment is on monday at three thirty with doctor brown",
                "You have 25 new messages, and your bill is $42."
                        + "|you have twenty five new messages and your bill is forty two dollars",
            })
    void what_is_said_is_heard(String written, String said) throws IOException, InterruptedException {
        JsonNode channels = SharedHub.hub()
                .newTenant()
                .upload(spoken(written), Map.of("userId", "u", "mode", "sync"))
                .expect(200)
                .json()
                .get("channels");

        String heard = String.join(" ", channels.findValuesAsText("transcript"));
        assertThat(WordErrorRate.of(said, heard)).as(heard).isLessThanOrEqualTo(0.15);
    }

    private static byte[] spoken(String text) throws IOException, InterruptedException {
        Resampler resampler = new Resampler(MaryEngine.SAMPLE_RATE_HZ, SAMPLE_RATE_HZ);
        ByteArrayOutputStream wav = new ByteArrayOutputStream();
        wav.writeBytes(WavWriter.streamHeader(AudioFormat.pcm(SAMPLE_RATE_HZ)));
        try (SpokenSentences sentences = ENGINE.say(text, Deadline.in(Duration.ofMinutes(1), Clock.systemUTC()))) {
            for (Optional<byte[]> next = sentences.next(); next.isPresent(); next = sentences.next()) {
                wav.writeBytes(resampler.resample(next.get()));
            }
        }
        wav.writeBytes(resampler.end());
        return wav.toByteArray();
    }
}
