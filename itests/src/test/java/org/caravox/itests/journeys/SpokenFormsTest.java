package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.caravox.audio.Encoder;
import org.caravox.audio.Ffmpeg;
import org.caravox.itests.audio.WordErrorRate;
import org.caravox.itests.hub.SharedHub;
import org.caravox.providers.BreakerSettings;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.Lines;
import org.caravox.providers.Use;
import org.caravox.requests.Patience;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.AudioFormat.Container;
import org.caravox.speech.AudioFormat.Encoding;
import org.caravox.speech.Conversion;
import org.caravox.speech.Speech;
import org.caravox.speech.SpeechCache;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.SpeechSettings;
import org.caravox.speech.Spoken;
import org.caravox.speech.mary.MaryEngine;
import org.caravox.speech.mary.MaryVoice;
import org.caravox.usage.Meters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In whatever form the embedded voice is asked for, the embedded recognizer understands what it says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SpokenFormsTest {

    private static final String WRITTEN =
            "Thank you for calling. The weather will be sunny and warm for the rest of the week. "
                    + "Please call me back in the morning.";
    private static final String SAID = "thank you for calling the weather will be sunny and warm for the rest of the"
            + " week please call me back in the morning";

    private final MaryEngine engine = new MaryEngine(2);
    private Optional<Speech> speech = Optional.empty();

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, InterruptedException {
        Chain<SpeechRequest, org.caravox.speech.Voice> chain = new Chain<>(
                Use.SPEECH,
                List.of(new MaryVoice("mary", engine, Map.of())),
                name -> new Lines.LineSettings(10, Duration.ofMinutes(1)),
                tenant -> ChainSettings.of("mary"),
                (use, provider, tenant) -> Optional.empty(),
                new Lines(BreakerSettings.USUAL, new SimpleMeterRegistry(), Clock.systemUTC()),
                new SimpleMeterRegistry(),
                new Random(1));
        speech = Optional.of(new Speech(
                chain,
                new Conversion(new Encoder(Ffmpeg.bundled())),
                new SpeechCache(folder, 0, 0, JsonMapper.builder().build()),
                new SpeechSettings(1_000, ""),
                Meters.none(),
                Clock.systemUTC()));
    }

    @AfterAll
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({
        "LINEAR16, WAV,   8000",
        "LINEAR16, WAV,  11025",
        "LINEAR16, WAV,  16000",
        "LINEAR16, WAV,  22050",
        "LINEAR16, WAV,  24000",
        "LINEAR16, WAV,  44100",
        "LINEAR16, WAV,  48000",
        "MULAW,    WAV,   8000",
        "ALAW,     WAV,   8000",
        "MP3,      NONE, 24000",
        "MP3,      NONE,  8000",
        "OPUS,     OGG,  24000",
        "AAC,      NONE, 24000",
        "FLAC,     NONE, 16000",
    })
    void what_is_said_is_heard(Encoding encoding, Container container, int rateHz) throws Exception {
        JsonNode channels = SharedHub.hub()
                .newTenant()
                .upload(spoken(new AudioFormat(encoding, container, rateHz)), Map.of("userId", "u", "mode", "sync"))
                .expect(200)
                .json()
                .get("channels");

        String heard = String.join(" ", channels.findValuesAsText("transcript"));
        assertThat(WordErrorRate.of(SAID, heard)).as(heard).isLessThanOrEqualTo(0.2);
    }

    private byte[] spoken(AudioFormat format) throws IOException, InterruptedException {
        SpeechRequest request =
                new SpeechRequest(new UUID(0, 1), "acme", null, null, null, WRITTEN, null, null, null, format);
        try (Spoken spoken = speech.orElseThrow()
                .speak(request, Patience.of(Duration.ofMinutes(1), Clock.systemUTC()))
                .value()) {
            return spoken.audio().readAllBytes();
        }
    }
}
