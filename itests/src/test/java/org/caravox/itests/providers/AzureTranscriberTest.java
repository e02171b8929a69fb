package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.caravox.audio.AudioInfo;
import org.caravox.fakes.Rule;
import org.caravox.fakes.SeenRequest.SeenPart;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.caravox.transcription.azure.AzureTranscriber;
import org.junit.jupiter.api.Test;

class AzureTranscriberTest extends RemoteTranscriberContract {

    AzureTranscriberTest() {
        super("azure");
    }

    @Override
    Transcriber make(RemoteSettings settings, ProviderHttp client, Clock clock) {
        return new AzureTranscriber(settings, client, JSON, clock);
    }

    @Override
    RemoteSettings settings(URI base) {
        return settings("azure", base, Models.of("azure-fast"), List.of("en-US", "en-GB", "de-DE"), Map.of());
    }

    private JsonNode definition() throws Exception {
        return JSON.readTree(fields(seen(), "definition").get(0));
    }

    @Test
    void a_recording_is_sent_with_what_is_wished_of_it() throws Exception {
        hear(Options.NONE);

        assertThat(seen().method() + " " + seen().path()).isEqualTo("POST /speechtotext/transcriptions:transcribe");
        assertThat(query(seen())).isEqualTo(Map.of("api-version", List.of("2025-10-15")));
        assertThat(seen().headers()).containsKey("ocp-apim-subscription-key");
        assertThat(seen().parts())
                .filteredOn(part -> part.name().equals("audio"))
                .extracting(SeenPart::bytes)
                .containsExactly(Files.size(CLIP.file()));
        assertThat(definition())
                .isEqualTo(JSON.readTree("{\"locales\": [\"en-US\"], \"profanityFilterMode\": \"None\"}"));
    }

    @Test
    void all_wishes_are_passed_on_as_its_contract_has_them() throws Exception {
        Options options = new Options(Map.of(
                Option.DIARIZE, List.of("99"),
                Option.KEYTERM, List.of("Caravox"),
                Option.KEYWORDS, List.of("hub:2"),
                Option.PROFANITY_FILTER, List.of("true"),
                Option.DETECT_LANGUAGE, List.of("en", "de")));

        hear(options);

        assertThat(definition())
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"locales": ["en-US", "de-DE"],
                                 "profanityFilterMode": "Masked",
                                 "diarization": {"enabled": true, "maxSpeakers": 35},
                                 "phraseList": {"phrases": ["Caravox", "hub"]}}"""));
        VendorContract.of("azure/fast-transcription.openapi.yaml").assertValid("TranscriptionOptions", definition());
    }

    @Test
    void a_language_alone_gets_a_region() throws Exception {
        Heard heard = transcribe(request("de", Options.NONE), at(CLIP), forCaller());

        assertThat(definition().get("locales")).hasSize(1).first().hasToString("\"de-DE\"");
        assertThat(heard.language()).isEqualTo("de-DE");
    }

    @Test
    void a_language_is_found_out_where_that_is_wished() throws Exception {
        hear(wish(Option.DETECT_LANGUAGE, "true"));

        assertThat(definition().has("locales")).isFalse();
    }

    @Test
    void channels_are_told_apart_and_then_not_speakers() throws Exception {
        Options options = new Options(Map.of(Option.MULTICHANNEL, List.of("true"), Option.DIARIZE, List.of("true")));
        assertThat(transcriber().cannot(request(options))).containsExactly("diarize");

        transcribe(request(options), at(CALL), forCaller());

        assertThat(definition().get("channels")).isEqualTo(JSON.readTree("[0, 1]"));
        assertThat(definition().has("diarization")).isFalse();
    }

    @Test
    void more_than_two_channels_are_not_told_apart() {
        AudioInfo six = new AudioInfo("wav", "pcm_s16le", 8000, 6, Duration.ofSeconds(3), true);

        assertThat(transcriber()
                        .cannot(request(wish(Option.MULTICHANNEL, "true")).withAudio(six)))
                .containsExactly("multichannel");
    }

    @Test
    void what_is_too_long_or_too_large_is_refused_before_the_call() {
        AudioInfo hours = new AudioInfo("mp3", "mp3", 8000, 1, Duration.ofHours(2), false);
        AudioInfo large = new AudioInfo("wav", "pcm_s16le", 48_000, 2, Duration.ofMinutes(25), true);

        assertThat(transcriber().refuses(request(Options.NONE).withAudio(hours)))
                .hasValueSatisfying(why -> assertThat(why).contains("less than 2 hours", "120 minutes"));
        assertThat(transcriber().refuses(request(Options.NONE).withAudio(large)))
                .hasValueSatisfying(why -> assertThat(why).contains("up to 250 MB", "288 MB"));
    }

    @Test
    void milliseconds_become_seconds_and_speakers_are_numbered_from_zero() throws Exception {
        script(
                new Rule()
                        .body(
                                JSON.readTree(
                                        """
                                {"durationMilliseconds": 2500,
                                 "combinedPhrases": [{"text": "Hello. Hi."}],
                                 "phrases": [
                                   {"speaker": 2, "offsetMilliseconds": 40, "durationMilliseconds": 960, "text": "Hello.",
                                    "words": [{"text": "Hello.", "offsetMilliseconds": 40, "durationMilliseconds": 960}],
                                    "locale": "en-GB", "confidence": 0.9},
                                   {"speaker": 1, "offsetMilliseconds": 1200, "durationMilliseconds": 300, "text": "Hi.",
                                    "locale": "en-GB", "confidence": 0.8}]}""")));

        Heard heard = hear(wish(Option.DIARIZE, "true"));

        assertThat(heard.language()).isEqualTo("en-GB");
        assertThat(heard.duration()).isEqualTo(Duration.ofMillis(2500));
        assertThat(heard.utterances())
                .containsExactly(
                        new Utterance(0, 0.04, 1.0, "Hello.", 0, List.of(new Word("Hello.", 0.04, 1.0, null, null, 0))),
                        new Utterance(0, 1.2, 1.5, "Hi.", 1, List.of()));
    }
}
