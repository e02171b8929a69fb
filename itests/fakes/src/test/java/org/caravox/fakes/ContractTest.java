package org.caravox.fakes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.caravox.fakes.Caller.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the fakes answer is what the vendors' own documents describe. */
class ContractTest {

    private static final FakeProviders FAKES = FakeProviders.start(0);
    private final Caller caller = new Caller(FAKES);

    @BeforeEach
    void reset() {
        FAKES.reset();
    }

    @AfterAll
    static void close() {
        FAKES.close();
    }

    @Test
    void what_is_not_as_described_is_found() {
        Contract contract = Contract.of("deepgram/openapi.trimmed.yaml");

        assertThatThrownBy(() -> contract.assertValid("ListenV1Response", Caller.read("{\"metadata\":{}}")))
                .isInstanceOf(AssertionError.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model=nova-3",
                "smart_format=true&paragraphs=true&diarize=true",
                "utterances=true&diarize=true",
                "multichannel=true&utterances=true&detect_language=true&tag=a&tag=b",
                "punctuate=true"
            })
    void deepgrams_transcripts_are_as_described(String query) {
        Answer answer = caller.postAudio("deepgram", "/v1/listen?" + query, new byte[100]);

        assertThat(answer.status()).isEqualTo(200);
        Contract.of("deepgram/openapi.trimmed.yaml").assertValid("ListenV1Response", answer.json());
    }

    @Test
    void deepgrams_acceptance_of_a_callback_is_as_described() {
        Answer answer = caller.postAudio("deepgram", "/v1/listen?callback=http://127.0.0.1:1/", new byte[100]);

        Contract.of("deepgram/openapi.trimmed.yaml").assertValid("ListenV1AcceptedResponse", answer.json());
    }

    @Test
    void deepgrams_lists_are_as_described() {
        Contract contract = Contract.of("deepgram/openapi.trimmed.yaml");

        contract.assertValid(
                "/paths/~1v1~1projects/get/responses/200/content/application~1json/schema",
                caller.get("deepgram", "/v1/projects").json());
        contract.assertValid(
                "/paths/~1v1~1models/get/responses/200/content/application~1json/schema",
                caller.get("deepgram", "/v1/models").json());
    }

    /** The document's {@code oneOf} takes both shapes for the other, so that each is held against its own schema. */
    @Test
    void deepgrams_errors_are_as_described() {
        Contract contract = Contract.of("deepgram/openapi.trimmed.yaml");

        contract.assertValid(
                "ErrorResponseLegacyError",
                caller.postAudio("deepgram", "/v1/listen", new byte[0]).json());
        contract.assertValid(
                "ErrorResponseModernError",
                caller.postJson("deepgram", "/v1/listen", "not JSON").json());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"locales\":[\"en-US\"]}",
                "{\"locales\":[\"en-US\"],\"diarization\":{\"enabled\":true,\"maxSpeakers\":2}}",
                "{\"channels\":[0,1]}"
            })
    void azures_fast_transcripts_are_as_described(String definition) {
        Answer answer = caller.postForm(
                "azure",
                "/speechtotext/transcriptions:transcribe?api-version=2025-10-15",
                "audio",
                new byte[100],
                "definition=" + definition);

        assertThat(answer.status()).isEqualTo(200);
        Contract.of("azure/fast-transcription.openapi.yaml").assertValid("TranscriptionResult", answer.json());
    }

    @Test
    void azures_errors_are_as_described() {
        Answer answer = caller.postForm(
                "azure", "/speechtotext/transcriptions:transcribe", "audio", new byte[100], "definition={}");

        assertThat(answer.status()).isEqualTo(400);
        Contract.of("azure/fast-transcription.openapi.yaml").assertValid("ErrorResponse", answer.json());
    }

    @Test
    void openais_transcripts_are_as_described() {
        Contract contract = Contract.of("openai/openapi.trimmed.yaml");

        contract.assertValid("CreateTranscriptionResponseJson", transcribed("response_format=json"));
        contract.assertValid("CreateTranscriptionResponseDiarizedJson", transcribed("response_format=diarized_json"));
        contract.assertValid(
                "CreateTranscriptionResponseVerboseJson",
                transcribed("response_format=verbose_json", "timestamp_granularities[]=word"));
        contract.assertValid("CreateTranscriptionResponseVerboseJson", transcribed("response_format=verbose_json"));
    }

    private JsonNode transcribed(String... fields) {
        String[] all = new String[fields.length + 1];
        all[0] = "model=whisper-1";
        System.arraycopy(fields, 0, all, 1, fields.length);
        return caller.postForm("openai", "/v1/audio/transcriptions", "file", new byte[100], all)
                .json();
    }

    @Test
    void openais_streamed_transcripts_are_as_described() {
        Contract contract = Contract.of("openai/openapi.trimmed.yaml");

        List<JsonNode> events = caller.postForm(
                        "openai",
                        "/v1/audio/transcriptions",
                        "file",
                        new byte[100],
                        "model=gpt-4o-transcribe",
                        "stream=true")
                .eventsAsJson();

        assertThat(events).hasSize(10);
        events.subList(0, 9).forEach(event -> contract.assertValid("TranscriptTextDeltaEvent", event));
        contract.assertValid("TranscriptTextDoneEvent", events.get(9));
    }

    @Test
    void openais_completions_are_as_described() {
        Contract contract = Contract.of("openai/openapi.trimmed.yaml");
        String body = "{'model':'m','messages':[{'role':'user','content':'hello'}]";

        contract.assertValid(
                "CreateChatCompletionResponse",
                caller.postJson("openai", "/v1/chat/completions", body + "}").json());
        Answer streamed = caller.postJson("openai", "/v1/chat/completions", body + ",'stream':true}");
        streamed.eventsAsJson().forEach(chunk -> contract.assertValid("CreateChatCompletionStreamResponse", chunk));
        Answer counted = caller.postJson(
                "openai", "/v1/chat/completions", body + ",'stream':true,'stream_options':{'include_usage':true}}");
        counted.eventsAsJson().forEach(chunk -> contract.assertValid("CreateChatCompletionStreamResponse", chunk));
        contract.assertValid(
                "CompletionUsage",
                counted.eventsAsJson().get(counted.eventsAsJson().size() - 1).get("usage"));
    }

    @Test
    void openais_models_and_errors_are_as_described() {
        Contract contract = Contract.of("openai/openapi.trimmed.yaml");

        contract.assertValid(
                "ListModelsResponse", caller.get("openai", "/v1/models").json());
        contract.assertValid(
                "ErrorResponse",
                caller.postJson("openai", "/v1/chat/completions", "{}").json());
    }

    @Test
    void anthropics_messages_and_models_are_as_described() {
        Contract contract = Contract.of("anthropic/openapi.trimmed.yaml");

        contract.assertValid("Message", caller.ask("anthropic").json());
        contract.assertValid(
                "ListResponse_ModelInfo_", caller.get("anthropic", "/v1/models").json());
    }

    @Test
    void anthropics_streams_begin_with_a_message_as_described() {
        Answer answer = caller.postJson(
                "anthropic",
                "/v1/messages",
                "{'model':'m','max_tokens':9,'stream':true,'messages':[{'role':'user','content':'hi'}]}");

        Contract.of("anthropic/openapi.trimmed.yaml")
                .assertValid("Message", answer.eventsAsJson().get(0).get("message"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RATE_LIMIT", "QUOTA", "REVOKED", "BAD_REQUEST", "SERVER_ERROR", "OVERLOADED"})
    void errors_of_every_kind_are_as_described(Kind kind) {
        FAKES.script("anthropic", new Rule().kind(kind));
        FAKES.script("openai", new Rule().kind(kind));
        FAKES.script("azure", new Rule().kind(kind));

        Contract.of("anthropic/openapi.trimmed.yaml")
                .assertValid("ErrorResponse", caller.ask("anthropic").json());
        Contract.of("openai/openapi.trimmed.yaml")
                .assertValid("ErrorResponse", caller.ask("openai").json());
        Contract.of("azure/fast-transcription.openapi.yaml")
                .assertValid("ErrorResponse", caller.ask("azure").json());
    }

    @Test
    void voices_are_listed_as_described() {
        Contract.of("cartesia/openapi.trimmed.yaml")
                .assertValid(
                        "GetVoicesResponse", caller.get("cartesia", "/voices").json());
        Contract.of("elevenlabs/openapi.trimmed.json")
                .assertValid(
                        "GetVoicesResponseModel",
                        caller.get("elevenlabs", "/v1/voices").json());
    }

    @Test
    void elevenlabs_validation_errors_are_as_described() {
        Answer answer = caller.postJson("elevenlabs", "/v1/text-to-speech/voice", "{}");

        assertThat(answer.status()).isEqualTo(422);
        Contract.of("elevenlabs/openapi.trimmed.json").assertValid("HTTPValidationError", answer.json());
    }
}
