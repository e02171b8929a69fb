package org.caravox.itests.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Kind;
import org.caravox.fakes.Rule;
import org.caravox.fakes.SeenRequest;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The npm package {@code openai} works with the hub as it is: nothing but its base URL and key are set. */
class OpenAiNodeTest {

    private static final String VERSION = "7.55.0";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final FakeProviders FAKES = FakedHub.FAKES;

    private static NodeSdk openai;
    private static Caller caller;

    @BeforeAll
    static void install() {
        openai = NodeSdk.install("openai", VERSION);
        caller = FakedHub.hub().tenant("openai-node");
    }

    @AfterEach
    void as_usual() {
        FAKES.reset();
    }

    private static ObjectNode arguments() {
        return JSON.createObjectNode()
                .put("baseURL", caller.url() + "/v1")
                .put("apiKey", caller.key())
                .put("file", Sample.PHONE_CLIP.file().toString());
    }

    private static JsonNode call(String wanted, String params) {
        return call(wanted, params, arguments());
    }

    private static JsonNode call(String wanted, String params, ObjectNode arguments) {
        try {
            return openai.run("openai.mjs", arguments.put("wanted", wanted).set("params", JSON.readTree(params)));
        } catch (IOException e) {
            throw new AssertionError(params, e);
        }
    }

    private static String chat(String model) {
        return "{'model':'%s','messages':[{'role':'user','content':'hello'}]}"
                .formatted(model)
                .replace('\'', '"');
    }

    private static long posts(String station) {
        return FAKES.requests(station).stream()
                .map(SeenRequest::method)
                .filter("POST"::equals)
                .count();
    }

    @Test
    void transcribes_to_text_in_json() {
        FAKES.script("openai", new Rule().text("call me back please"));

        JsonNode answer = call("transcribe", "{\"model\":\"whisper-1\"}");

        assertThat(answer.path("text").asText()).isEqualTo("call me back please");
    }

    @ParameterizedTest
    @CsvSource({"text,call me back please", "srt,00:00:00", "vtt,WEBVTT"})
    void transcribes_to_plain_text(String format, String part) {
        FAKES.script("openai", new Rule().text("call me back please"));

        JsonNode answer = call("transcribe", "{\"model\":\"whisper-1\",\"response_format\":\"" + format + "\"}");

        assertThat(answer.isTextual()).as(answer.toString()).isTrue();
        assertThat(answer.textValue()).contains(part);
    }

    @Test
    void transcribes_with_times() {
        FAKES.script("openai", new Rule().text("call me back please"));

        JsonNode answer = call(
                "transcribe",
                "{\"model\":\"whisper-1\",\"response_format\":\"verbose_json\",\"timestamp_granularities\":[\"word\",\"segment\"]}");

        assertThat(answer.path("language").asText()).as(answer.toString()).isEqualTo("english");
        assertThat(answer.path("words")).hasSize(4);
        assertThat(answer.path("segments")).isNotEmpty();
    }

    @Test
    void transcribes_in_events() {
        FAKES.script("openai", new Rule().text("call me back please"));

        JsonNode events = call("transcribeStream", "{\"model\":\"my-words\"}");

        assertThat(events.findValuesAsText("type"))
                .as(events.toString())
                .startsWith("transcript.text.delta")
                .endsWith("transcript.text.done");
        assertThat(events.get(events.size() - 1).path("text").asText()).isEqualTo("call me back please");
    }

    @Test
    void speakers_that_nobody_tells_apart_are_not_made_up() {
        FAKES.script("deepgram", new Rule().status(500));

        JsonNode answer = call("transcribe", "{\"model\":\"whisper-1\",\"response_format\":\"diarized_json\"}");

        assertThat(answer.at("/error/name").asText()).as(answer.toString()).isEqualTo("BadRequestError");
        assertThat(answer.at("/error/param").asText()).isEqualTo("response_format");
    }

    @ParameterizedTest
    @CsvSource({"mp3,audio/mpeg,", "wav,audio/wav,RIFF", "pcm,audio/pcm,"})
    void speaks(String format, String type, String start) {
        JsonNode answer = call(
                "speak",
                "{\"model\":\"tts-1\",\"voice\":\"alloy\",\"input\":\"good morning\",\"response_format\":\"" + format
                        + "\"}");

        assertThat(answer.path("type").asText()).as(answer.toString()).isEqualTo(type);
        assertThat(answer.path("bytes").asInt()).isGreaterThan(100);
        assertThat(answer.path("start").asText()).startsWith(start == null ? "" : start);
    }

    @Test
    void speaks_in_events() {
        JsonNode events = call(
                "speakStream",
                "{\"model\":\"tts-1\",\"voice\":{\"id\":\"alloy\"},\"input\":\"hi\",\"response_format\":\"pcm\"}");

        assertThat(events.get(0).asText()).contains("speech.audio.delta");
        assertThat(events.get(events.size() - 2).asText()).contains("speech.audio.done");
    }

    @Test
    void too_long_a_text_is_not_spoken() {
        JsonNode answer =
                call("speak", "{\"model\":\"tts-1\",\"voice\":\"alloy\",\"input\":\"" + "a".repeat(4097) + "\"}");

        assertThat(answer.at("/error/status").asInt()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.at("/error/param").asText()).isEqualTo("input");
    }

    @Test
    void converses() {
        FAKES.script("openai", new Rule().text("Good morning."));

        JsonNode answer = call("chat", chat("gpt-4o-mini"));

        assertThat(answer.path("id").asText()).startsWith("chatcmpl-");
        assertThat(answer.at("/choices/0/message/content").asText())
                .as(answer.toString())
                .isEqualTo("Good morning.");
        assertThat(answer.at("/usage/total_tokens").asInt()).isPositive();
    }

    @Test
    void converses_piece_by_piece() {
        FAKES.script("openai", new Rule().text("Good morning."));

        JsonNode chunks = call(
                "chatStream", chat("gpt-4o-mini").replaceFirst("}$", ",\"stream_options\":{\"include_usage\":true}}"));

        assertThat(chunks.get(0).at("/choices/0/delta/role").asText())
                .as(chunks.toString())
                .isEqualTo("assistant");
        StringBuilder said = new StringBuilder();
        chunks.forEach(chunk -> said.append(chunk.at("/choices/0/delta/content").asText("")));
        assertThat(said).hasToString("Good morning.");
        assertThat(chunks.get(chunks.size() - 2).at("/choices/0/finish_reason").asText())
                .isEqualTo("stop");
        assertThat(chunks.get(chunks.size() - 1).at("/usage/total_tokens").asInt())
                .isPositive();
    }

    @Test
    void tools_reach_the_model() {
        call(
                "chat",
                chat("gpt-4o-mini")
                        .replaceFirst(
                                "}$",
                                ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"book\",\"parameters\":{}}}]}"));

        JsonNode sent = FAKES.requests("openai").stream()
                .filter(request -> request.method().equals("POST"))
                .findFirst()
                .orElseThrow()
                .body();
        assertThat(sent.at("/tools/0/function/name").asText()).isEqualTo("book");
    }

    @Test
    void a_stream_that_breaks_is_told_after_what_was_said() {
        FAKES.script("openai", new Rule().text("one two three four").kind(Kind.ERROR_IN_200));

        JsonNode answer = call("chatBroken", chat("gpt-4o-mini"));

        assertThat(answer.path("seen")).as(answer.toString()).isNotEmpty();
        assertThat(answer.path("failure").asText()).isNotEmpty();
    }

    @Test
    void a_provider_that_fails_is_followed_by_another() {
        FAKES.script("openai", new Rule().status(500));
        FAKES.script("openai-2", new Rule().text("from the second"));

        JsonNode answer = call("chat", chat("gpt-4o-mini"));

        assertThat(answer.at("/choices/0/message/content").asText())
                .as(answer.toString())
                .isEqualTo("from the second");
    }

    @Test
    void a_client_does_not_try_again_what_the_hub_has_tried_with_everybody() {
        FAKES.script("openai", new Rule().status(500));
        FAKES.script("openai-2", new Rule().status(500));

        JsonNode answer = call("chat", chat("gpt-4o-mini"));

        assertThat(answer.at("/error/name").asText()).as(answer.toString()).isEqualTo("InternalServerError");
        assertThat(answer.at("/error/status").asInt()).isEqualTo(503);
        assertThat(answer.at("/error/shouldRetry").asText()).isEqualTo("false");
        assertThat(answer.at("/error/requestID").asText()).isNotEmpty();
        assertThat(answer.at("/error/retryAfter").asInt()).isPositive();
        assertThat(posts("openai") + posts("openai-2")).isEqualTo(2);
    }

    @Test
    void a_key_that_is_not_known_is_an_authentication_error() {
        JsonNode answer = call("models", "{}", arguments().put("apiKey", "nobody"));

        assertThat(answer.at("/error/name").asText()).as(answer.toString()).isEqualTo("AuthenticationError");
        assertThat(answer.at("/error/code").asText()).isEqualTo("invalid_api_key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat", "chatStream"})
    void a_model_that_nobody_has_is_not_found(String wanted) {
        JsonNode answer = call(wanted, chat("no-such-model"));

        assertThat(answer.at("/error/name").asText()).as(answer.toString()).isEqualTo("NotFoundError");
        assertThat(answer.at("/error/code").asText()).isEqualTo("model_not_found");
        assertThat(answer.at("/error/param").asText()).isEqualTo("model");
    }

    @Test
    void a_conversation_without_messages_is_a_bad_request() {
        JsonNode answer = call("chat", "{\"model\":\"gpt-4o-mini\",\"messages\":[]}");

        assertThat(answer.at("/error/name").asText()).as(answer.toString()).isEqualTo("BadRequestError");
        assertThat(answer.at("/error/param").asText()).isEqualTo("messages");
    }

    @Test
    void a_tenant_over_its_limit_gets_a_rate_limit_error() {
        Caller single = FakedHub.hub().tenant("single");
        ObjectNode arguments = arguments()
                .put("apiKey", single.key())
                .set("client", JSON.createObjectNode().put("maxRetries", 0));

        single.get("/v1/models").expect(200);
        JsonNode answer = call("models", "{}", arguments);

        assertThat(answer.at("/error/name").asText()).as(answer.toString()).isEqualTo("RateLimitError");
        assertThat(answer.at("/error/code").asText()).isEqualTo("rate_limit_exceeded");
        assertThat(answer.at("/error/retryAfter").asInt()).isPositive();
    }

    @Test
    void models_are_listed() {
        JsonNode models = call("models", "{}");
        JsonNode one = call("model", "{}", arguments().put("model", "my-words"));

        assertThat(models.findValuesAsText("id")).contains("gpt-4o-mini", "whisper-1", "my-words", "tts-1", "nova-3");
        assertThat(one.path("owned_by").asText()).isEqualTo("openai");
    }
}
