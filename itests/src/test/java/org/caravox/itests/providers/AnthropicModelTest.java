package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.LanguageModel;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;
import org.caravox.dialogue.anthropic.AnthropicModel;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicModelTest extends RemoteModelContract {

    private static final String START =
            "{'type':'message_start','message':{'usage':{'input_tokens':5,'cache_read_input_tokens':3,'output_tokens':1}}}";
    private static final String STOP = "{'type':'message_stop'}";

    AnthropicModelTest() {
        super("anthropic");
    }

    @Override
    LanguageModel make(RemoteSettings settings, ProviderHttp client, Clock clock) {
        return new AnthropicModel(settings, client, JSON, clock);
    }

    /** Events named after their types, in JSON with single quotes. */
    private static String events(String... events) {
        return Stream.of(events)
                .map(event -> "event: " + event.replaceAll("^\\{'type':'(\\w+)'.*", "$1") + "\ndata: "
                        + event.replace('\'', '"') + "\n\n")
                .collect(Collectors.joining());
    }

    private static String delta(String delta) {
        return "{'type':'content_block_delta','index':0,'delta':" + delta + "}";
    }

    private static String ending(String reason, int output) {
        return "{'type':'message_delta','delta':{'stop_reason':'" + reason + "'},'usage':{'output_tokens':" + output
                + "}}";
    }

    @Test
    void the_system_prompt_is_on_top_and_the_version_is_pinned() throws Exception {
        model().reply(
                        request("{'messages':[{'role':'system','content':'Be brief.'},"
                                + "{'role':'user','content':'hi'}]}"),
                        attempt());

        assertThat(last().path()).isEqualTo("/v1/messages");
        assertThat(last().header("anthropic-version")).isEqualTo("2023-06-01");
        assertThat(sent())
                .isEqualTo(JSON.readTree("{\"model\":\"large\",\"max_tokens\":4096,\"system\":\"Be brief.\","
                        + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}]}]}"));
    }

    @Test
    void from_october_2026_on_no_sampling_is_sent_and_that_is_told() throws Exception {
        LanguageModel newer = with(Map.of("version", "2026-10-21", "max-tokens", "77"));
        ChatRequest asked =
                request("{'messages':[{'role':'user','content':'hi'}],'temperature':0.5,'top_p':0.9,'top_k':5}");

        newer.reply(asked, attempt());

        assertThat(last().header("anthropic-version")).isEqualTo("2026-10-21");
        assertThat(sent().has("temperature") || sent().has("top_p") || sent().has("top_k"))
                .isFalse();
        assertThat(sent().path("max_tokens").asInt()).isEqualTo(77);
        assertThat(newer.cannot(asked)).isEqualTo(Set.of("temperature", "top_p", "top_k"));
        assertThat(model().cannot(asked)).isEmpty();
        model().reply(asked, attempt());
        assertThat(sent().path("temperature").asDouble()).isEqualTo(0.5);
    }

    @Test
    void options_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> with(Map.of("version", "latest")))
                .hasMessage("provider anthropic: option version must be a date like 2023-06-01, was latest");
        assertThatThrownBy(() -> with(Map.of("max-tokens", "0")))
                .hasMessage("provider anthropic: option max-tokens must be from 1 to 9999999, was 0");
    }

    @ParameterizedTest
    @CsvSource({
        "end_turn, stop",
        "stop_sequence, stop",
        "max_tokens, length",
        "tool_use, tool_calls",
        "refusal, content_filter",
        "pause_turn, stop"
    })
    void what_ended_the_message_is_told_in_openais_words(String reason, String told) throws Exception {
        script(answering(("{'type':'message','content':[{'type':'thinking','thinking':'hm'},{'type':'text',"
                        + "'text':'Hi'},{'type':'text','text':' you'}],'stop_reason':'" + reason
                        + "','usage':{'input_tokens':1,'cache_creation_input_tokens':2,'output_tokens':3}}")
                .replace('\'', '"')));

        Reply reply = model().reply(asking("hi"), attempt());

        assertThat(reply.choices().get(0).path("finish_reason").asText()).isEqualTo(told);
        assertThat(reply.choices().get(0).path("message").path("content").asText())
                .isEqualTo("Hi you");
        assertThat(reply.tokens()).isEqualTo(new Tokens(3, 3));
    }

    @Test
    void calls_of_tools_come_whole() throws Exception {
        script(answering(("{'type':'message','content':[{'type':'tool_use','id':'t1','name':'book',"
                        + "'input':{'seats':2}}],'stop_reason':'tool_use','usage':{'input_tokens':1,'output_tokens':3}}")
                .replace('\'', '"')));

        JsonNode message =
                model().reply(asking("hi"), attempt()).choices().get(0).path("message");

        assertThat(message.toString())
                .isEqualTo(
                        "{\"role\":\"assistant\",\"content\":null,\"refusal\":null,\"tool_calls\":[{\"id\":\"t1\","
                                + "\"type\":\"function\",\"function\":{\"name\":\"book\",\"arguments\":\"{\\\"seats\\\":2}\"}}]}");
    }

    @Test
    void calls_of_tools_come_piece_by_piece() throws Exception {
        script(streaming(events(
                START,
                "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':''}}",
                "{'type':'ping'}",
                delta("{'type':'text_delta','text':'One moment.'}"),
                "{'type':'content_block_stop','index':0}",
                "{'type':'content_block_start','index':1,'content_block':{'type':'tool_use','id':'t1','name':'book','input':{}}}",
                delta("{'type':'input_json_delta','partial_json':''}"),
                delta("{'type':'input_json_delta','partial_json':'[1,'}"),
                delta("{'type':'input_json_delta','partial_json':'2]'}"),
                "{'type':'content_block_stop','index':1}",
                "{'type':'content_block_start','index':2,'content_block':{'type':'tool_use','id':'t2','name':'now','input':{}}}",
                "{'type':'content_block_stop','index':2}",
                ending("tool_use", 9),
                STOP)));

        try (ReplyStream stream = model().stream(asking("hi"), attempt())) {
            List<JsonNode> pieces = pieces(stream);
            List<String> calls = pieces.stream()
                    .map(piece -> piece.path("delta").path("tool_calls").path(0))
                    .filter(call -> !call.isMissingNode())
                    .map(JsonNode::toString)
                    .toList();

            assertThat(said(pieces)).isEqualTo("One moment.");
            assertThat(calls)
                    .containsExactly(
                            "{\"index\":0,\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":\"book\",\"arguments\":\"\"}}",
                            "{\"index\":0,\"function\":{\"arguments\":\"[1,\"}}",
                            "{\"index\":0,\"function\":{\"arguments\":\"2]\"}}",
                            "{\"index\":1,\"id\":\"t2\",\"type\":\"function\",\"function\":{\"name\":\"now\",\"arguments\":\"\"}}",
                            "{\"index\":1,\"function\":{\"arguments\":\"{}\"}}");
            assertThat(pieces.get(pieces.size() - 1).path("finish_reason").asText())
                    .isEqualTo("tool_calls");
            assertThat(stream.tokens()).isEqualTo(new Tokens(8, 9));
        }
    }

    @Test
    void a_stream_that_ends_without_its_last_event_broke_off() {
        script(streaming(events(START, delta("{'type':'text_delta','text':'Hi'}"), ending("end_turn", 1))));

        assertThat(failureOfStream().why()).isEqualTo(Cause.BROKEN_OFF);
    }

    @Test
    void events_of_kinds_to_come_are_passed_over() throws Exception {
        script(streaming(events(
                START,
                "{'type':'content_block_start','index':0,'content_block':{'type':'oracle'}}",
                delta("{'type':'signature_delta','signature':'x'}"),
                "{'type':'weather'}",
                delta("{'type':'text_delta','text':'Hi'}"),
                ending("end_turn", 1),
                STOP)));

        assertThat(said(streamed(asking("hi")))).isEqualTo("Hi");
    }

    @ParameterizedTest
    @CsvSource({
        "overloaded_error, SERVER_ERROR",
        "api_error, SERVER_ERROR",
        "rate_limit_error, RATE_LIMITED",
        "authentication_error, CREDENTIAL",
        "billing_error, QUOTA",
        "invalid_request_error, REJECTED"
    })
    void an_error_in_the_stream_is_classified_by_its_type(String type, Cause why) {
        script(streaming(events(
                START,
                delta("{'type':'text_delta','text':'Hi'}"),
                "{'type':'error','error':{'type':'" + type + "','message':'m'}}")));

        assertThat(failureOfStream().why()).isEqualTo(why);
    }

    @Test
    void arguments_that_are_no_object_may_be_taken_by_somebody_else() throws Exception {
        ChatRequest asked = request("{'messages':[{'role':'user','content':'hi'},{'role':'assistant','tool_calls':"
                + "[{'id':'c','type':'function','function':{'name':'f','arguments':'{broken'}}]}]}");

        assertThat(failure(() -> model().reply(asked, attempt()))).isInstanceOf(ProviderRejected.class);
    }
}
