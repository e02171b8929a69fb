package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.LanguageModel;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;
import org.caravox.dialogue.openai.OpenAiModel;
import org.caravox.fakes.Rule;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiModelTest extends RemoteModelContract {

    private static final String HEL = "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n";
    private static final String LO =
            "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\n\n";

    OpenAiModelTest() {
        super("openai");
    }

    @Override
    LanguageModel make(RemoteSettings settings, ProviderHttp client, Clock clock) {
        return new OpenAiModel(settings, client, JSON, clock);
    }

    @Test
    void what_the_caller_wrote_is_passed_on_but_for_the_model_and_the_flags_of_streaming() throws Exception {
        ChatRequest asked = request("{'model':'alias','messages':[{'role':'system','content':'Be brief.'},"
                + "{'role':'user','content':[{'type':'text','text':'hi'}]}],'temperature':0.2,'x_own':{'a':[1]},"
                + "'tools':[{'type':'function','function':{'name':'f'}}],'stream':true,"
                + "'stream_options':{'include_usage':false,'include_obfuscation':false}}");

        streamed(asked);
        JsonNode streamed = sent();
        model().reply(asked, attempt());
        JsonNode plain = sent();

        assertThat(last().path()).isEqualTo("/v1/chat/completions");
        assertThat(plain)
                .isEqualTo(JSON.readTree("{'model':'large','messages':[{'role':'system','content':'Be brief.'},"
                        .concat("{'role':'user','content':[{'type':'text','text':'hi'}]}],'temperature':0.2,")
                        .concat("'x_own':{'a':[1]},'tools':[{'type':'function','function':{'name':'f'}}]}")
                        .replace('\'', '"')));
        assertThat(streamed.path("stream").asBoolean()).isTrue();
        assertThat(streamed.path("stream_options").toString())
                .isEqualTo("{\"include_usage\":true,\"include_obfuscation\":false}");
        assertThat(streamed.path("x_own")).isEqualTo(plain.path("x_own"));
    }

    @Test
    void what_imitators_leave_out_is_filled_in_and_tokens_are_estimated() throws Exception {
        script(answering("{\"choices\":[{\"message\":{\"content\":\"Hello you\"}}]}"));

        Reply reply = model().reply(asking("12345678"), attempt());

        assertThat(reply.choices().get(0).toString())
                .isEqualTo("{\"message\":{\"content\":\"Hello you\",\"role\":\"assistant\",\"refusal\":null},"
                        + "\"index\":0,\"finish_reason\":\"stop\",\"logprobs\":null}");
        assertThat(reply.tokens()).isEqualTo(new Tokens(2, 3));
        assertThat(reply.counted()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: [DONE]\n\n", "data: [DONE]\n", "data: [DONE]", "data:[DONE]\n\n", "", ": bye\n\n"})
    void a_finished_stream_may_end_in_many_ways(String end) throws Exception {
        script(streaming(": hello\n\n" + HEL + ": still there\n\n" + LO + end));

        try (ReplyStream stream = model().stream(asking("12345678"), attempt())) {
            List<JsonNode> pieces = pieces(stream);

            assertThat(said(pieces)).isEqualTo("Hello");
            assertThat(pieces.get(0).path("index").asInt(-1)).isZero();
            assertThat(pieces.get(0).get("finish_reason").isNull()).isTrue();
            assertThat(stream.tokens()).isEqualTo(new Tokens(2, 2));
            assertThat(stream.counted()).isFalse();
        }
    }

    @Test
    void other_line_ends_and_a_byte_order_mark_are_understood() throws Exception {
        script(streaming("\uFEFF" + (HEL + LO + "data: [DONE]\n\n").replace("\n", "\r\n")));

        assertThat(said(streamed(asking("hi")))).isEqualTo("Hello");
    }

    @Test
    void a_stream_that_ends_unfinished_broke_off() {
        script(streaming(HEL));

        assertThat(failureOfStream().why()).isEqualTo(Cause.BROKEN_OFF);
    }

    @Test
    void a_stream_without_any_piece_is_garbage() {
        script(streaming("data: [DONE]\n\n"));

        assertThat(failureOfStream().why()).isEqualTo(Cause.GARBAGE);
    }

    @Test
    void usage_in_every_piece_counts_with_its_last_word() throws Exception {
        script(streaming(HEL.replace("]}", "],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}")
                + LO.replace("]}", "],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}") + "data: [DONE]\n\n"));

        try (ReplyStream stream = model().stream(asking("hi"), attempt())) {
            pieces(stream);
            assertThat(stream.tokens()).isEqualTo(new Tokens(5, 2));
        }
    }

    @Test
    void who_answers_whole_when_asked_to_stream_is_understood() throws Exception {
        script(answering("{\"choices\":[{\"message\":{\"content\":\"Hello\"}}],"
                + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}"));

        assertThat(said(streamed(asking("hi")))).isEqualTo("Hello");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"code\":\"insufficient_quota\",\"message\":\"m\"}', QUOTA",
        "'{\"type\":\"rate_limit_error\",\"code\":null}', RATE_LIMITED",
        "'{\"code\":\"invalid_api_key\"}', CREDENTIAL",
        "'{\"code\":\"context_length_exceeded\",\"type\":\"invalid_request_error\"}', REJECTED",
        "'{\"code\":400,\"type\":\"BadRequestError\"}', REJECTED",
        "'{\"code\":503}', SERVER_ERROR",
        "'\"overloaded\"', SERVER_ERROR"
    })
    void an_error_in_the_stream_is_classified_by_its_code(String error, Cause why) {
        script(streaming(HEL + "data: {\"error\":" + error + "}\n\n"));

        assertThat(failureOfStream().why()).isEqualTo(why);
    }

    @Test
    void calls_of_tools_come_through_whole_and_piece_by_piece() throws Exception {
        String call = "{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"book\",\"arguments\":\"{}\"}}";
        script(
                new Rule()
                        .times(1)
                        .body(JSON.readTree("{\"choices\":[{\"message\":{\"tool_calls\":[" + call + "]}}]}")),
                streaming("data: {\"choices\":[{\"delta\":{\"tool_calls\":[" + call + "]}}]}\n\n"
                        + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n"));

        JsonNode choice = model().reply(asking("hi"), attempt()).choices().get(0);
        List<JsonNode> pieces = streamed(asking("hi"));

        assertThat(choice.path("message").path("tool_calls").path(0)).isEqualTo(JSON.readTree(call));
        assertThat(choice.path("message").get("content").isNull()).isTrue();
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(pieces.get(0).path("delta").path("tool_calls").path(0)).isEqualTo(JSON.readTree(call));
        assertThat(pieces.get(1).path("finish_reason").asText()).isEqualTo("tool_calls");
    }

    @Test
    void what_a_server_is_said_not_to_honour_is_told_and_not_sent() throws Exception {
        LanguageModel limited = with(Map.of("cannot", "logprobs, seed", "key", "none"));
        ChatRequest asked = request("{'messages':[{'role':'user','content':'hi'}],'seed':1,'logprobs':false,'n':2}");

        assertThat(limited.needsCredential()).isFalse();
        assertThat(limited.cannot(asked)).isEqualTo(Set.of("seed"));
        limited.reply(asked, attempt());
        assertThat(sent().has("seed")).isFalse();
        assertThat(sent().path("n").asInt()).isEqualTo(2);
        assertThat(model().cannot(asked)).isEmpty();
    }
}
