package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.caravox.audio.Resampler;
import org.caravox.itests.audio.WordErrorRate;
import org.caravox.itests.hub.SharedHub;
import org.caravox.requests.Deadline;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.WavWriter;
import org.caravox.speech.mary.MaryEngine;
import org.caravox.speech.mary.SpokenSentences;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What the embedded voice says, the embedded recognizer understands. */
class SpokenAndHeardTest {

    private static final int SAMPLE_RATE_HZ = 16_000;
    private static final MaryEngine ENGINE = new MaryEngine(1);

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    /** What is written, and the words that it is said with. */
    private static final Map<String, String> SENTENCES = Map.of(
            "The weather will be sunny and warm for the rest of the week.",
            "the weather will be sunny and warm for the rest of the week",
            "Your appointment is on Monday at 3:30 with Dr. Brown.",
            "your appointment is on monday at three thirty with doctor brown",
            "You have 25 new messages, and your bill is $42.",
            "you have twenty five new messages and your bill is forty two dollars");

    /** The rate is over all words together: one misheard word of a short sentence is already a tenth of it. */
    @Test
    void what_is_said_is_heard() throws IOException, InterruptedException {
        List<String> said = new ArrayList<>();
        List<String> heard = new ArrayList<>();
        for (Map.Entry<String, String> sentence : SENTENCES.entrySet()) {
            said.add(sentence.getValue());
            heard.add(heard(spoken(sentence.getKey())));
        }

        assertThat(WordErrorRate.of(String.join(" ", said), String.join(" ", heard)))
                .as(heard.toString())
                .isLessThanOrEqualTo(0.15);
    }

    private static String heard(byte[] wav) {
        JsonNode channels = SharedHub.hub()
                .newTenant()
                .upload(wav, Map.of("userId", "u", "mode", "sync"))
                .expect(200)
                .json()
                .get("channels");
        return String.join(" ", channels.findValuesAsText("transcript"));
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
