package org.caravox.dialogue.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Set;
import java.util.UUID;
import org.caravox.dialogue.ChatRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesRequestTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final MessagesRequest translation = new MessagesRequest("anthropic", JSON, 4096, true);

    @Test
    void turns_of_the_same_role_become_one_and_the_system_speaks_on_top() throws IOException {
        JsonNode body = translated("{'messages':[{'role':'system','content':'A'},{'role':'user','content':'1'},"
                + "{'role':'user','content':[{'type':'text','text':'2'}]},{'role':'assistant','content':'3'},"
                + "{'role':'developer','content':'B'},{'role':'assistant','content':'4'},{'role':'user','content':' '},"
                + "{'role':'user','content':'5'}]}");

        assertThat(body.path("system").asText()).isEqualTo("A\n\nB");
        assertThat(body.path("messages"))
                .isEqualTo(json("[{'role':'user','content':[{'type':'text','text':'1'},{'type':'text','text':'2'}]},"
                        + "{'role':'assistant','content':[{'type':'text','text':'3'},{'type':'text','text':'4'}]},"
                        + "{'role':'user','content':[{'type':'text','text':'5'}]}]"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {"\"[{'role':'system','content':'A'}]\"", "\"[{'role':'assistant','content':'Hello'}]\""})
    void a_conversation_that_the_user_did_not_begin_gets_a_first_message(String messages) throws IOException {
        JsonNode first =
                translated("{'messages':" + messages + "}").path("messages").path(0);

        assertThat(first.path("role").asText()).isEqualTo("user");
        assertThat(first.path("content").path(0).path("text").asText()).isNotBlank();
    }

    @Test
    void pictures_are_sent_as_data_or_by_address() throws IOException {
        JsonNode body = translated("{'messages':[{'role':'user','content':["
                + "{'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA'}},"
                + "{'type':'image_url','image_url':{'url':'https://example.org/a.jpg'}}]}]}");

        assertThat(body.path("messages").path(0).path("content"))
                .isEqualTo(json("[{'type':'image','source':{'type':'base64','media_type':'image/png','data':'AAAA'}},"
                        + "{'type':'image','source':{'type':'url','url':'https://example.org/a.jpg'}}]"));
    }

    @Test
    void tools_their_calls_and_their_results_are_translated() throws IOException {
        JsonNode body = translated("{'messages':[{'role':'user','content':'hi'},{'role':'assistant','content':null,"
                + "'tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':'{\\'x\\':1}'}},"
                + "{'id':'b','type':'function','function':{'name':'g','arguments':''}}]},"
                + "{'role':'tool','tool_call_id':'a','content':'one'},{'role':'tool','tool_call_id':'b','content':'two'}],"
                + "'tools':[{'type':'function','function':{'name':'f','description':'d','strict':true,"
                + "'parameters':{'type':'object','properties':{}}}},{'type':'function','function':{'name':'g'}}]}");

        assertThat(body.path("messages").path(1).path("content"))
                .isEqualTo(json("[{'type':'tool_use','id':'a','name':'f','input':{'x':1}},"
                        + "{'type':'tool_use','id':'b','name':'g','input':{}}]"));
        assertThat(body.path("messages").path(2).path("content"))
                .isEqualTo(json("[{'type':'tool_result','tool_use_id':'a','content':'one'},"
                        + "{'type':'tool_result','tool_use_id':'b','content':'two'}]"));
        assertThat(body.path("tools"))
                .isEqualTo(json("[{'name':'f','description':'d','strict':true,'input_schema':{'type':'object',"
                        + "'properties':{}}},{'name':'g','input_schema':{'type':'object'}}]"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "'tool_choice':'auto' | {'type':'auto'}",
                "'tool_choice':'none','parallel_tool_calls':false | {'type':'none'}",
                "'tool_choice':'required' | {'type':'any'}",
                "'tool_choice':{'type':'function','function':{'name':'f'}} | {'type':'tool','name':'f'}",
                "'parallel_tool_calls':false | {'type':'auto','disable_parallel_tool_use':true}"
            })
    void which_tool_is_to_be_called_is_translated(String asked, String choice) throws IOException {
        JsonNode body = translated("{'messages':[{'role':'user','content':'hi'}],"
                + "'tools':[{'type':'function','function':{'name':'f'}}]," + asked + "}");

        assertThat(body.path("tool_choice")).isEqualTo(json(choice));
    }

    @Test
    void limits_and_stop_sequences_are_translated() throws IOException {
        JsonNode one = translated("{'messages':[],'stop':'END','max_tokens':5,'user':'u','temperature':1.5}");
        JsonNode many = translated("{'messages':[],'stop':['a',' ','b'],'max_tokens':5,'max_completion_tokens':7}");

        assertThat(one.path("stop_sequences")).isEqualTo(json("['END']"));
        assertThat(one.path("max_tokens").asInt()).isEqualTo(5);
        assertThat(one.path("metadata")).isEqualTo(json("{'user_id':'u'}"));
        assertThat(one.path("temperature").asDouble()).isEqualTo(1);
        assertThat(many.path("stop_sequences")).isEqualTo(json("['a','b']"));
        assertThat(many.path("max_tokens").asInt()).isEqualTo(7);
    }

    @Test
    void what_is_not_carried_out_is_told() throws IOException {
        assertThat(translation.cannot(request("{'messages':[],'n':2,'logprobs':true,'seed':0,'presence_penalty':0.5,"
                        + "'frequency_penalty':1,'response_format':{'type':'json_object'},'temperature':1.5,"
                        + "'stop':[' '],'tools':[{'type':'custom'}],'tool_choice':{'type':'allowed_tools'},"
                        + "'modalities':['text','audio'],'service_tier':'flex'}")))
                .isEqualTo(Set.of(
                        "n",
                        "logprobs",
                        "seed",
                        "presence_penalty",
                        "frequency_penalty",
                        "response_format",
                        "temperature",
                        "stop",
                        "tools",
                        "tool_choice",
                        "modalities",
                        "service_tier"));
    }

    @Test
    void what_asks_for_nothing_out_of_the_ordinary_is_not_told() throws IOException {
        assertThat(translation.cannot(request("{'messages':[],'n':1,'logprobs':false,'presence_penalty':0,"
                        + "'frequency_penalty':0.0,'response_format':{'type':'text'},'logit_bias':{},'seed':null,"
                        + "'modalities':['text'],'service_tier':'auto','store':false,'metadata':{'a':'b'},"
                        + "'stop':'x','max_tokens':1,'temperature':1,'stream':true,'stream_options':{}}")))
                .isEmpty();
    }

    @Test
    void content_that_is_not_understood_is_refused_with_its_place() throws IOException {
        assertThat(translation.refuses(request("{'messages':[{'role':'user','content':'hi'},"
                        + "{'role':'user','content':[{'type':'input_audio','input_audio':{}}]}]}")))
                .contains("messages[1]: content of type input_audio is not understood by anthropic:"
                        + " use text and image_url");
        assertThat(translation.refuses(request("{'messages':[{'role':'function','content':'hi'}]}")))
                .contains("messages[0]: role function is not understood by anthropic: use tool");
    }

    private JsonNode translated(String request) throws IOException {
        return translation.body(request(request), "claude");
    }

    private static ChatRequest request(String json) throws IOException {
        return new ChatRequest(new UUID(0, 1), "acme", null, (ObjectNode) json(json));
    }

    /** JSON with single quotes; {@code \'} is a quote within a text. */
    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text.replace("\\'", "\u0000").replace("'", "\"").replace("\u0000", "\\\""));
    }
}
