package org.caravox.itests.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.caravox.itests.audio.BundledFfmpeg;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.WordErrorRate;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.caravox.itests.sources.WebhookInbox;
import org.caravox.itests.sources.WebhookInbox.Posted;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deepgram's own SDKs, unchanged, with a hub whose embedded recognizer does the work. */
class DeepgramSdkTest {

    private final Caller caller = SharedHub.hub().newTenant();

    private JsonNode call(String version, String call, Map<String, ?> more) {
        Map<String, Object> task = new HashMap<>(more);
        task.putIfAbsent("url", caller.url());
        task.putIfAbsent("key", caller.key());
        task.put("call", call);
        return NodeSdk.install("@deepgram/sdk", version).run("deepgram.mjs", task);
    }

    private static void assertHeard(JsonNode answer) {
        JsonNode best = answer.at("/result/results/channels/0/alternatives/0");
        assertThat(WordErrorRate.of(
                        Sample.PHONE_CLIP.text(), best.path("transcript").asText()))
                .as(answer.toString())
                .isLessThan(0.3);
        assertThat(best.get("words")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.13.0", "4.11.3", "5.13.0"})
    void a_recording_is_transcribed_from_a_file_a_stream_and_an_address(String version) throws IOException {
        String file = Sample.PHONE_CLIP.file().toString();
        try (SourceServer sources = new SourceServer()) {
            String audio = sources.serve("clip.wav", Sample.PHONE_CLIP.bytes());

            assertHeard(call(version, "buffer", Map.of("file", file)));
            assertHeard(call(version, "stream", Map.of("file", file)));
            assertHeard(call(version, "url", Map.of("audio", audio)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.13.0", "4.11.3", "5.13.0"})
    void options_are_honoured_or_reported(String version) {
        JsonNode result = call(
                        version,
                        "buffer",
                        Map.of(
                                "file",
                                Sample.BOOKING_CALL.file().toString(),
                                "options",
                                Map.of(
                                        "multichannel",
                                        true,
                                        "utterances",
                                        true,
                                        "diarize",
                                        true,
                                        "smart_format",
                                        false,
                                        "tag",
                                        List.of("one", "two"))))
                .get("result");

        assertThat(result.at("/results/channels")).as(result.toString()).hasSize(2);
        assertThat(result.at("/results/utterances")).isNotEmpty();
        assertThat(result.at("/metadata/channels").asInt()).isEqualTo(2);
        assertThat(result.at("/metadata/tags").toString()).isEqualTo("[\"one\",\"two\"]");
        assertThat(result.at("/metadata/warnings").findValuesAsText("message"))
                .containsExactly("option diarize is not honoured by vosk");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.13.0", "4.11.3", "5.13.0"})
    void a_wrong_key_and_wrong_requests_are_errors_of_the_sdk(String version) {
        String file = Sample.VOICEMAIL.file().toString();

        JsonNode wrongKey = call(version, "stream", Map.of("file", file, "key", "wrong"));
        JsonNode unknown = call(version, "buffer", Map.of("file", file, "options", Map.of("model", "no-such-model")));
        JsonNode forbidden = call(version, "url", Map.of("audio", "http://10.0.0.1/a.wav"));

        assertThat(wrongKey.at("/error/status").asInt()).as(wrongKey.toString()).isEqualTo(401);
        assertThat(wrongKey.toString()).contains("INVALID_AUTH");
        assertThat(unknown.at("/error/status").asInt()).as(unknown.toString()).isEqualTo(400);
        assertThat(unknown.toString()).contains("Bad Request").contains("no-such-model");
        assertThat(forbidden.at("/error/status").asInt())
                .as(forbidden.toString())
                .isEqualTo(400);
        assertThat(forbidden.toString()).contains("url must be a public address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.13.0", "4.11.3", "5.13.0"})
    void a_callback_gets_the_transcript_when_it_is_ready(String version) throws IOException {
        try (SourceServer sources = new SourceServer()) {
            WebhookInbox inbox = sources.inbox("callback").answerNextWith(500);
            String audio = sources.serve("clip.wav", Sample.PHONE_CLIP.bytes());

            JsonNode accepted = call(
                            version,
                            "callback",
                            Map.of("audio", audio, "callback", inbox.url(), "options", Map.of("tag", "later")))
                    .get("result");
            List<Posted> posted = await().atMost(Duration.ofMinutes(1)).until(inbox::posted, all -> all.size() == 2);

            JsonNode body = new ObjectMapper().readTree(posted.get(1).body());
            assertThat(accepted.path("request_id").asText()).isNotEmpty();
            assertThat(body.at("/metadata/request_id")).isEqualTo(accepted.get("request_id"));
            assertThat(body.at("/metadata/tags/0").asText()).isEqualTo("later");
            assertThat(body.at("/results/channels/0/alternatives/0/words")).isNotEmpty();
            assertThat(posted.get(1).headers()).containsKey("dg-token");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.13.0", "4.11.3", "5.13.0"})
    void another_model_answers_for_one_that_this_hub_has_no_key_for(String version) {
        JsonNode answer = call(
                version,
                "buffer",
                Map.of("file", Sample.PHONE_CLIP.file().toString(), "options", Map.of("model", "nova-3")));

        assertHeard(answer);
        assertThat(answer.at("/result/metadata/warnings").toString()).contains("nova-3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.13.0", "4.11.3", "5.13.0"})
    void a_text_is_spoken(String version) {
        JsonNode spoken = call(
                        version,
                        "speak",
                        Map.of(
                                "text",
                                "Hello. The weather will be sunny for the rest of the week.",
                                "options",
                                Map.of("model", "aura-2-thalia-en", "encoding", "linear16", "container", "wav")))
                .get("result");

        assertThat(spoken.path("head").asText()).as(spoken.toString()).isEqualTo("RIFF");
        assertThat(spoken.path("bytes").asInt()).isGreaterThan(24_000 * 2);
        assertThat(spoken.path("pieces").asInt()).isGreaterThan(1);
        assertThat(spoken.at("/headers/content-type").asText()).isEqualTo("audio/wav");
        assertThat(spoken.at("/headers/dg-request-id").asText()).isNotEmpty();
        assertThat(spoken.at("/headers/dg-model-name").asText()).isNotEmpty();
        assertThat(spoken.at("/headers/x-caravox-warnings").asText()).contains("aura-2-thalia-en");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.13.0", "4.11.3", "5.13.0"})
    void a_live_stream_is_heard_and_every_message_is_as_the_contract_says(String version) {
        JsonNode messages = call(
                        version,
                        "live",
                        Map.of(
                                "url",
                                version.startsWith("5")
                                        ? caller.url()
                                        : caller.url().replaceFirst("http", "ws"),
                                "file",
                                Sample.PHONE_CLIP.file().toString(),
                                "options",
                                Map.of(
                                        "model",
                                        "nova-3",
                                        "encoding",
                                        "mulaw",
                                        "sample_rate",
                                        "8000",
                                        "interim_results",
                                        "true",
                                        "vad_events",
                                        "true")))
                .at("/result/messages");

        assertHeardLive(messages);
        assertThat(messages.get(messages.size() - 1).path("type").asText()).isEqualTo("Metadata");
        DeepgramContract.assumePresent();
        messages.forEach(message -> DeepgramContract.assertValidLive(
                "ListenV1_ListenV1" + message.path("type").asText(), message));
    }

    /** As the examples of the SDKs send a microphone: in a container without any encoding, or packet by packet. */
    @ParameterizedTest
    @CsvSource({"3.13.0, ogg", "4.11.3, webm", "5.13.0, ''"})
    void opus_is_heard_live(String version, String container) throws IOException {
        boolean packets = container.isEmpty();
        Path opus = Files.createTempFile("caravox-live", ".opus");
        Files.write(opus, BundledFfmpeg.encode(Sample.PHONE_CLIP.file(), "libopus", packets ? "ogg" : container));
        try {
            assertHeardLive(call(
                            version,
                            "live",
                            Map.of(
                                    "url",
                                    version.startsWith("5")
                                            ? caller.url()
                                            : caller.url().replaceFirst("http", "ws"),
                                    "file",
                                    opus.toString(),
                                    "skip",
                                    0,
                                    "packets",
                                    packets,
                                    "options",
                                    packets
                                            ? Map.of("model", "nova-3", "encoding", "opus", "sample_rate", "48000")
                                            : Map.of("model", "nova-3")))
                    .at("/result/messages"));
        } finally {
            Files.delete(opus);
        }
    }

    private static void assertHeardLive(JsonNode messages) {
        assertThat(messages).as(messages.toString()).isNotEmpty();
        String said = StreamSupport.stream(messages.spliterator(), false)
                .filter(message -> message.path("is_final").asBoolean())
                .map(message -> message.at("/channel/alternatives/0/transcript").asText())
                .filter(text -> !text.isBlank())
                .collect(Collectors.joining(" "));
        assertThat(WordErrorRate.of(Sample.PHONE_CLIP.text(), said))
                .as(messages.toString())
                .isLessThan(0.4);
    }
}
