package org.caravox.itests.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Kind;
import org.caravox.fakes.Rule;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.Form;
import org.caravox.itests.hub.RunningHub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the hub answers is as OpenAI's own contract says. */
class OpenAiContractTest {

    private static final FakeProviders FAKES = FakedHub.FAKES;
    private static final String MESSAGES = ",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

    private static OpenAiContract contract;
    private static Caller caller;

    @BeforeAll
    static void read() throws IOException {
        contract = OpenAiContract.read();
        caller = FakedHub.hub().tenant("openai-contract");
    }

    @AfterEach
    void as_usual() {
        FAKES.reset();
    }

    private static Answer transcribe(String format) {
        FAKES.script("openai", new Rule().text("call me back please"));
        FAKES.script("deepgram", new Rule().text("call me back please"));
        Form form = new Form()
                .file(Sample.PHONE_CLIP.bytes())
                .field("model", "whisper-1")
                .field("response_format", format);
        return caller.send(form.of(caller, "/v1/audio/transcriptions"));
    }

    private static Answer chat(String more) {
        return caller.postJson("/v1/chat/completions", "{\"model\":\"gpt-4o-mini\"" + MESSAGES + more + "}");
    }

    private static List<JsonNode> events(Answer answer) {
        return answer.text()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> parsed(line.substring("data: ".length())))
                .toList();
    }

    private static JsonNode parsed(String json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    @Test
    void transcripts_are_as_it_says() {
        contract.assertValid(
                "CreateTranscriptionResponseJson",
                transcribe("json").expect(200).json());
        contract.assertValid(
                "CreateTranscriptionResponseVerboseJson",
                transcribe("verbose_json").expect(200).json());
    }

    @Test
    void figures_out_of_bounds_are_refused() {
        refused(chat(",\"n\":129"), "n must be a whole number, 1 to 128");
        refused(chat(",\"n\":9223372036854775807"), "n must be a whole number, 1 to 128");
        refused(chat(",\"max_tokens\":99999999999999999999"), "max_tokens must be a whole number, 1 to 10000000");
        refused(chat(",\"max_completion_tokens\":2.5"), "max_completion_tokens must be a whole number");
    }

    private static void refused(Answer answer, String why) {
        JsonNode body = answer.expect(400).json();
        contract.assertValid("ErrorResponse", body);
        assertThat(body.at("/error/message").asText()).contains(why);
    }

    @Test
    void a_body_whose_tree_would_be_too_large_is_refused() {
        String objects = "{},".repeat(1_000_000);

        Answer answer = chat(",\"metadata\":[" + objects + "{}]").expect(413);

        contract.assertValid("ErrorResponse", answer.json());
        assertThat(answer.text()).contains("the JSON is too large to be read: it may have 500000 names");
    }

    @Test
    void speakers_that_nobody_tells_apart_are_refused_before_anybody_is_asked() throws IOException {
        Map<String, String> settings = FakedHub.settings();
        settings.keySet().removeIf(name -> name.startsWith("caravox.transcription.chain.links[1]"));
        try (RunningHub hub = RunningHub.start(Files.createTempDirectory("caravox-sdk-"), settings)) {
            Caller own = hub.tenant("speakers");
            Form form = new Form()
                    .file(Sample.PHONE_CLIP.bytes())
                    .field("model", "whisper-1")
                    .field("response_format", "diarized_json");

            refused(own.send(form.of(own, "/v1/audio/transcriptions")), "diarized_json needs a provider");

            assertThat(FAKES.requests("openai"))
                    .noneMatch(request -> request.method().equals("POST"));
        }
    }

    @Test
    void messages_are_as_it_says() {
        contract.assertValid(
                "CreateChatCompletionResponse", chat("").expect(200).json());
    }

    @Test
    void pieces_of_messages_are_as_it_says() {
        Answer answer = chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}")
                .expect(200);

        assertThat(events(answer))
                .hasSizeGreaterThan(3)
                .allSatisfy(event -> contract.assertValid("CreateChatCompletionStreamResponse", event));
        assertThat(answer.text()).endsWith("data: [DONE]\n\n");
        assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
    }

    @Test
    void a_stream_that_breaks_ends_without_its_mark() {
        FAKES.script("openai", new Rule().kind(Kind.ERROR_IN_200));

        Answer answer = chat(",\"stream\":true").expect(200);

        List<JsonNode> events = events(answer);
        contract.assertValid("ErrorResponse", events.get(events.size() - 1));
        assertThat(answer.text()).doesNotContain("[DONE]");
    }

    @Test
    void failures_are_as_it_says() {
        contract.assertValid("ErrorResponse", chat(",\"n\":0").expect(400).json());
        contract.assertValid(
                "ErrorResponse", chat(",\"stream\":\"yes\"").expect(400).json());
        contract.assertValid(
                "ErrorResponse",
                caller.postJson("/v1/chat/completions", "{").expect(400).json());
        contract.assertValid(
                "ErrorResponse",
                FakedHub.hub().nobody().get("/v1/models").expect(401).json());
        contract.assertValid(
                "ErrorResponse",
                FakedHub.hub().admin().get("/v1/models").expect(403).json());
        contract.assertValid(
                "ErrorResponse", caller.get("/v1/models/no-such").expect(404).json());
        contract.assertValid(
                "ErrorResponse",
                caller.get("/v1/models/meta-llama/no-such").expect(404).json());
    }

    @Test
    void models_are_as_it_says() {
        contract.assertValid(
                "ListModelsResponse", caller.get("/v1/models").expect(200).json());
        contract.assertValid(
                "Model", caller.get("/v1/models/whisper-1").expect(200).json());
        JsonNode model =
                caller.get("/v1/models/meta-llama/Llama-3.3").expect(200).json();
        assertThat(model.path("id").asText()).isEqualTo("meta-llama/Llama-3.3");
    }

    @Test
    void what_was_asked_for_and_not_done_is_told() {
        FAKES.script("openai", new Rule().text("call me back please"));
        Answer answer = caller.send(new Form()
                .file(Sample.PHONE_CLIP.bytes())
                .field("model", "nova-3")
                .field("prompt", "a call")
                .of(caller, "/v1/audio/transcriptions"));

        assertThat(answer.expect(200).json().path("warnings")).isNotEmpty();
        assertThat(answer.header("x-caravox-warnings")).startsWith("[\"");
    }
}
