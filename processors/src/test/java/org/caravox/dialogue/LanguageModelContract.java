package org.caravox.dialogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.caravox.providers.Attempt;
import org.caravox.providers.Credential;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.junit.jupiter.api.Test;

/** What every language model does, whoever it is. */
public abstract class LanguageModelContract {

    protected static final ObjectMapper JSON = new ObjectMapper();

    /** The provider under test; the same in each test. */
    protected abstract LanguageModel model();

    /** What it is shown. */
    protected Credential credential() {
        return Credential.NONE;
    }

    @Test
    void it_has_a_name_and_a_default_model_that_it_takes() {
        assertThat(model().provider()).matches("[a-z0-9-]+");
        assertThat(model().models().takes(model().models().usual())).isTrue();
        assertThat(model().refuses(asking("hello"))).isEmpty();
        assertThat(model().cannot(asking("hello"))).isEmpty();
    }

    @Test
    void it_answers_with_a_message_and_tells_what_it_cost() throws Exception {
        Reply reply = model().reply(asking("hello there"), attempt());

        assertThat(reply.provider()).isEqualTo(model().provider());
        assertThat(reply.model()).isEqualTo(model().models().usual());
        assertThat(reply.choices()).hasSize(1);
        JsonNode choice = reply.choices().get(0);
        assertThat(choice.path("index").asInt(-1)).isZero();
        assertThat(choice.path("message").path("role").asText()).isEqualTo("assistant");
        assertThat(choice.path("message").path("content").asText()).isNotBlank();
        assertThat(choice.path("message").path("refusal").isNull()).isTrue();
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(choice.path("logprobs").isNull()).isTrue();
        assertThat(reply.tokens().input()).isPositive();
        assertThat(reply.tokens().output()).isPositive();
    }

    @Test
    void its_pieces_make_the_same_message() throws Exception {
        String whole = model().reply(asking("hello there"), attempt())
                .choices()
                .path(0)
                .path("message")
                .path("content")
                .asText();

        try (ReplyStream stream = model().stream(asking("hello there"), attempt())) {
            List<JsonNode> pieces = pieces(stream);

            assertThat(stream.provider()).isEqualTo(model().provider());
            assertThat(stream.model()).isEqualTo(model().models().usual());
            assertThat(pieces.size()).isGreaterThan(3);
            assertThat(pieces.get(0).path("delta").path("role").asText()).isEqualTo("assistant");
            assertThat(said(pieces)).isEqualTo(whole);
            assertThat(pieces.stream()
                            .map(piece -> piece.path("finish_reason"))
                            .filter(reason -> !reason.isNull())
                            .map(JsonNode::asText))
                    .containsExactly("stop");
            assertThat(stream.tokens().input()).isPositive();
            assertThat(stream.tokens().output()).isPositive();
            assertThat(stream.next()).isEmpty();
        }
    }

    @Test
    void a_stream_may_be_closed_at_any_time_and_twice() throws Exception {
        ReplyStream stream = model().stream(asking("hello there"), attempt());
        assertThat(stream.next()).isPresent();

        stream.close();
        stream.close();

        assertThat(model().reply(asking("hello there"), attempt()).choices()).hasSize(1);
    }

    @Test
    void the_request_is_left_as_it_was() throws Exception {
        ChatRequest request = asking("hello there");
        JsonNode before = request.body().deepCopy();

        model().reply(request, attempt());
        model().stream(request, attempt()).close();

        assertThat(request.body()).isEqualTo(before);
    }

    @Test
    void a_caller_who_has_hung_up_gets_no_answer() {
        HangUp gone = new HangUp();
        gone.hangUp();
        Patience patience = new Patience(in(Duration.ofSeconds(20)).deadline(), gone);

        assertThatThrownBy(() -> model().stream(asking("hello there"), attempt(patience)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void after_the_deadline_there_is_no_answer() {
        assertThatThrownBy(() -> model().reply(asking("hello there"), attempt(in(Duration.ZERO))))
                .isInstanceOf(IOException.class);
    }

    protected final Attempt attempt() {
        return attempt(in(Duration.ofSeconds(30)));
    }

    protected final Attempt attempt(Patience patience) {
        return new Attempt(model().models().usual(), credential(), patience, true);
    }

    protected static Patience in(Duration time) {
        return Patience.of(time, Clock.systemUTC());
    }

    /** A request of tenant acme whose last message is the user's. */
    protected static ChatRequest asking(String text) {
        ObjectNode body = JSON.createObjectNode();
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        return asking("acme", body);
    }

    protected static ChatRequest asking(String tenant, ObjectNode body) {
        return new ChatRequest(new UUID(0, 1), tenant, null, body);
    }

    /** A request of tenant acme, in JSON that may have single quotes. */
    protected static ChatRequest request(String json) throws IOException {
        return asking("acme", (ObjectNode) JSON.readTree(json.replace('\'', '"')));
    }

    /** The choices of all pieces. */
    protected static List<JsonNode> pieces(ReplyStream stream) throws IOException {
        List<JsonNode> pieces = new ArrayList<>();
        for (Optional<ArrayNode> piece = stream.next(); piece.isPresent(); piece = stream.next()) {
            piece.get().forEach(pieces::add);
        }
        return pieces;
    }

    protected static String said(List<JsonNode> pieces) {
        StringBuilder said = new StringBuilder();
        pieces.forEach(piece -> said.append(piece.path("delta").path("content").asText("")));
        return said.toString();
    }
}
