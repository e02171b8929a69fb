package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.LanguageModel;
import org.caravox.dialogue.LanguageModelContract;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;
import org.caravox.fakes.Cut;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Kind;
import org.caravox.fakes.Rule;
import org.caravox.fakes.SeenRequest;
import org.caravox.outbound.ProviderClient;
import org.caravox.outbound.Trust;
import org.caravox.providers.Attempt;
import org.caravox.providers.Chain;
import org.caravox.providers.Credential;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderAnswer;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderGone;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a language model over the network does, with the hub's own HTTP client and a fake of its vendor. */
abstract class RemoteModelContract extends LanguageModelContract {

    private static final Credential GOOD = new Credential("tests", "the-good-key-for-tests");
    private static final Credential REVOKED = new Credential("tests", "a-revoked-key-for-tests");
    private static final String LONG = "word ".repeat(2_000).strip();

    private static FakeProviders fakes;
    private static ProviderClient http;

    private final String station;
    private LanguageModel model;

    RemoteModelContract(String station) {
        this.station = station;
    }

    /** Makes the provider under test. */
    abstract LanguageModel make(RemoteSettings settings, ProviderHttp client, Clock clock);

    @BeforeAll
    static void start() {
        fakes = FakeProviders.start(0);
        http = new ProviderClient(Trust.usual(), Duration.ofSeconds(5));
    }

    @AfterAll
    static void stop() throws IOException {
        http.close();
        fakes.close();
    }

    @BeforeEach
    void forget() {
        fakes.reset();
        fakes.keys(station, GOOD.secret());
        model = with(Map.of());
    }

    /** The provider with options. */
    LanguageModel with(Map<String, String> options) {
        URI base = URI.create(fakes.base(station) + "/v1");
        RemoteSettings settings = new RemoteSettings(station, base, Models.of("large", "*"), List.of("*"), options);
        return make(settings, http, Clock.systemUTC());
    }

    @Override
    protected LanguageModel model() {
        return model;
    }

    @Override
    protected Credential credential() {
        return GOOD;
    }

    /** What the vendor does from now on. */
    void script(Rule... rules) {
        fakes.script(station, rules);
    }

    /** Server-sent events, word for word. */
    static Rule streaming(String events) {
        return new Rule().body(TextNode.valueOf(events)).header("Content-Type", "text/event-stream");
    }

    static Rule answering(String json) throws IOException {
        return new Rule().body(JSON.readTree(json));
    }

    /** The body of the last request that arrived. */
    JsonNode sent() {
        return last().body();
    }

    SeenRequest last() {
        List<SeenRequest> seen = fakes.requests(station);
        return seen.get(seen.size() - 1);
    }

    List<JsonNode> streamed(ChatRequest request) throws Exception {
        try (ReplyStream stream = model.stream(request, attempt())) {
            return pieces(stream);
        }
    }

    ProviderFailure failureOfReply() {
        return failure(() -> model.reply(asking("hello"), attempt()));
    }

    ProviderFailure failureOfStream() {
        return failure(() -> streamed(asking("hello")));
    }

    /** What a chain makes of what comes out. */
    ProviderFailure failure(ThrowingCallable work) {
        return failure(work, in(Duration.ofMinutes(1)));
    }

    ProviderFailure failure(ThrowingCallable work, Patience patience) {
        Exception thrown = catchException(work);
        assertThat(thrown).isNotNull();
        ProviderFailure failure = Chain.failure(model.provider(), thrown, patience);
        assertThat(failure.provider()).isEqualTo(model.provider());
        assertThat(failure.getCause()).as("a bug").isNull();
        assertThat(failure.getMessage()).doesNotContain(GOOD.secret()).doesNotContain(REVOKED.secret());
        return failure;
    }

    @Test
    void it_needs_a_credential_and_shows_it() throws Exception {
        assertThat(model.needsCredential()).isTrue();

        Attempt revoked = new Attempt("large", REVOKED, in(Duration.ofMinutes(1)), true);

        ProviderFailure failure = failure(() -> model.reply(asking("hello"), revoked));
        assertThat(failure).isInstanceOf(ProviderGone.class);
        assertThat(failure.why()).isEqualTo(Cause.CREDENTIAL);
    }

    @Test
    void it_asks_the_model_of_the_attempt() throws Exception {
        Attempt small = new Attempt("small", GOOD, in(Duration.ofMinutes(1)), true);

        Reply reply = model.reply(asking("hello"), small);

        assertThat(sent().path("model").asText()).isEqualTo("small");
        assertThat(reply.model()).isEqualTo("small");
    }

    @Test
    void the_vendors_own_count_of_tokens_is_taken() throws Exception {
        script(new Rule().text("one two three"));

        Reply reply = model.reply(asking("four words are here"), attempt());
        assertThat(reply.tokens()).isEqualTo(new Tokens(4, 3));
        assertThat(reply.counted()).isTrue();

        try (ReplyStream stream = model.stream(asking("four words are here"), attempt())) {
            pieces(stream);
            assertThat(stream.tokens()).isEqualTo(new Tokens(4, 3));
            assertThat(stream.counted()).isTrue();
        }
    }

    @Test
    void a_limit_of_tokens_cuts_the_message() throws Exception {
        script(new Rule().text("one two three"));
        String limited = "{'messages':[{'role':'user','content':'hi'}],'max_completion_tokens':2}";

        JsonNode choice = model.reply(request(limited), attempt()).choices().get(0);
        List<JsonNode> pieces = streamed(request(limited));

        assertThat(choice.path("message").path("content").asText()).isEqualTo("one two");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
        assertThat(pieces.get(pieces.size() - 1).path("finish_reason").asText()).isEqualTo("length");
    }

    @Test
    void a_quota_that_is_used_up_puts_the_credential_out_of_use() {
        script(new Rule().kind(Kind.QUOTA));

        assertThat(List.of(failureOfReply(), failureOfStream())).allSatisfy(failure -> {
            assertThat(failure).isInstanceOf(ProviderGone.class);
            assertThat(failure.why()).isEqualTo(Cause.QUOTA);
        });
    }

    @Test
    void too_many_requests_says_when_to_come_back_or_leaves_it_open() {
        script(new Rule().times(1).kind(Kind.RATE_LIMIT), new Rule().kind(Kind.RATE_LIMIT_NO_RETRY_AFTER));

        ProviderFailure told = failureOfStream();
        ProviderFailure untold = failureOfReply();

        assertThat(told.why()).isEqualTo(Cause.RATE_LIMITED);
        assertThat(untold.why()).isEqualTo(Cause.RATE_LIMITED);
        assertThat(((ProviderBusy) told).retryAfter()).contains(Duration.ofSeconds(1));
        assertThat(((ProviderBusy) untold).retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVER_ERROR", "OVERLOADED", "ERROR_IN_200"})
    void what_is_wrong_with_the_vendor_is_tried_elsewhere(Kind kind) {
        script(new Rule().kind(kind));

        assertThat(List.of(failureOfReply(), failureOfStream())).allSatisfy(failure -> {
            assertThat(failure).isInstanceOf(ProviderBusy.class);
            assertThat(failure.why()).isEqualTo(Cause.SERVER_ERROR);
        });
    }

    @Test
    void what_is_wrong_with_the_request_is_no_fault_of_the_vendor() {
        script(new Rule().kind(Kind.BAD_REQUEST));

        assertThat(failureOfReply()).isInstanceOf(ProviderRejected.class);
        assertThat(failureOfStream()).isInstanceOf(ProviderRejected.class);
    }

    @Test
    void what_is_no_json_is_garbage() {
        script(new Rule().kind(Kind.GARBAGE));

        assertThat(failureOfReply().why()).isEqualTo(Cause.GARBAGE);
        assertThat(failureOfStream().why()).isEqualTo(Cause.GARBAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "{\"choices\":[]}",
                "{\"choices\":[{}]}",
                "{\"choices\":[7]}",
                "{\"content\":{}}",
                "{\"type\":\"message\",\"content\":[]}"
            })
    void an_answer_without_a_message_is_garbage(String body) throws Exception {
        script(answering(body));

        assertThat(failureOfReply().why()).isEqualTo(Cause.GARBAGE);
        assertThat(failureOfStream().why()).isEqualTo(Cause.GARBAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: <html>\n\n", "data: 7\n\n", "data: []\n\n"})
    void an_event_that_is_no_piece_of_a_message_is_garbage(String events) {
        script(streaming(events));

        assertThat(failureOfStream().why()).isEqualTo(Cause.GARBAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"beforeHeaders", "reset", "midStream", "afterBytes:1"})
    void what_breaks_off_is_tried_elsewhere(String where) {
        script(new Rule().text(LONG).cut(Cut.parse(where)));

        assertThat(failureOfReply().why()).isEqualTo(Cause.BROKEN_OFF);
        assertThat(failureOfStream().why()).isEqualTo(Cause.BROKEN_OFF);
    }

    @Test
    void a_stream_that_is_cut_in_the_middle_has_given_its_first_pieces_and_an_estimate() throws Exception {
        script(new Rule().text(LONG).cut(Cut.midStream()));

        try (ReplyStream stream = model.stream(asking("hello"), attempt())) {
            assertThat(stream.next()).isPresent();
            assertThat(stream.next()).isPresent();
            assertThat(failure(() -> pieces(stream)).why()).isEqualTo(Cause.BROKEN_OFF);
            assertThat(stream.tokens().output()).isGreaterThan(100);
            assertThat(stream.counted()).isFalse();
        }
    }

    @Test
    void an_error_in_the_middle_of_a_stream_comes_after_its_first_pieces() throws Exception {
        script(new Rule().text(LONG).kind(Kind.ERROR_IN_200));

        try (ReplyStream stream = model.stream(asking("hello"), attempt())) {
            assertThat(failure(() -> pieces(stream)).why()).isEqualTo(Cause.SERVER_ERROR);
        }
    }

    @Test
    void it_does_not_wait_for_longer_than_it_may() {
        script(new Rule().hang());
        Patience short_ = in(Duration.ofMillis(300));

        ProviderFailure failure = failure(() -> model.stream(asking("hello"), attempt(short_)), short_);

        assertThat(failure.why()).isEqualTo(Cause.TIMEOUT);
        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void a_stream_that_says_nothing_is_not_opened() {
        script(new Rule().text(LONG).cut(Cut.afterBytes(8)).hang());
        Patience short_ = in(Duration.ofMillis(500));

        ProviderFailure failure = failure(() -> model.stream(asking("hello"), attempt(short_)), short_);

        assertThat(failure.why()).isEqualTo(Cause.TIMEOUT);
        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void a_stream_that_stops_talking_ends_at_the_deadline() throws Exception {
        script(new Rule().text(LONG).cut(Cut.midStream()).hang());
        Patience patience = in(Duration.ofSeconds(2));

        try (ReplyStream stream = model.stream(asking("hello"), attempt(patience))) {
            assertThat(failure(() -> pieces(stream), patience).why()).isEqualTo(Cause.TIMEOUT);
        }
        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void when_the_caller_hangs_up_while_waiting_the_vendor_is_told_to_stop() {
        script(new Rule().hang());
        HangUp hangUp = new HangUp();
        Patience patience = new Patience(in(Duration.ofMinutes(1)).deadline(), hangUp);
        CompletableFuture<ProviderFailure> failed = CompletableFuture.supplyAsync(
                () -> failure(() -> model.stream(asking("hello"), attempt(patience)), patience));
        await().until(() -> fakes.counters(station).requests() == 1);

        hangUp.hangUp();

        assertThat(failed).succeedsWithin(Duration.ofSeconds(20));
        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void when_the_caller_hangs_up_in_the_middle_the_vendor_is_told_to_stop() throws Exception {
        script(new Rule().text(LONG).cut(Cut.midStream()).hang());
        HangUp hangUp = new HangUp();
        Patience patience = new Patience(in(Duration.ofMinutes(1)).deadline(), hangUp);

        try (ReplyStream stream = model.stream(asking("hello"), attempt(patience))) {
            hangUp.hangUp();
            assertThat(catchException(() -> pieces(stream))).isInstanceOf(IOException.class);
        }
        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void closing_a_stream_before_its_end_tells_the_vendor_to_stop() throws Exception {
        script(new Rule().text(LONG).cut(Cut.midStream()).hang());

        model.stream(asking("hello"), attempt()).close();

        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void it_keeps_its_connection_for_the_next_call() throws Exception {
        model.reply(asking("hello"), attempt());
        streamed(asking("hello"));
        streamed(asking("hello"));
        model.reply(asking("hello"), attempt());

        assertThat(fakes.counters(station).requests()).isEqualTo(4);
        assertThat(fakes.counters(station).connections()).isEqualTo(1);
    }

    @Test
    void a_probe_shows_whether_the_credential_is_good() throws Exception {
        assertThat(probe(GOOD)).isEqualTo(200);
        assertThat(probe(REVOKED)).isEqualTo(401);
    }

    private int probe(Credential credential) throws IOException {
        try (ProviderAnswer answer = http.send(model.probe(credential).orElseThrow(), in(Duration.ofMinutes(1)))) {
            return answer.status();
        }
    }
}
