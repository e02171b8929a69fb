package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
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
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderGone;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.TranscriberContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a speech-to-text provider over the network does, with the hub's own HTTP client and a fake of its vendor. */
abstract class RemoteTranscriberContract extends TranscriberContract {

    static final ObjectMapper JSON = JsonMapper.builder().build();

    private static final Credential GOOD = new Credential("tests", "the-good-key-for-tests");
    private static final Credential REVOKED = new Credential("tests", "a-revoked-key-for-tests");

    private static FakeProviders fakes;
    private static ProviderClient http;

    private final String station;
    private Transcriber transcriber;

    RemoteTranscriberContract(String station) {
        this.station = station;
    }

    /** Makes the provider under test. */
    abstract Transcriber make(RemoteSettings settings, ProviderHttp client, Clock clock);

    /** Its settings, as the hub ships with them, but for the address. */
    abstract RemoteSettings settings(URI base);

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
        transcriber = make(settings(fakes.base(station)), http, Clock.systemUTC());
    }

    @Override
    protected Transcriber transcriber() {
        return transcriber;
    }

    @Override
    protected Credential credential() {
        return GOOD;
    }

    static RemoteSettings settings(
            String name, URI base, Models models, List<String> languages, Map<String, String> options) {
        return new RemoteSettings(name, base, models, languages, options);
    }

    /** What the vendor does from now on. */
    void script(Rule... rules) {
        fakes.script(station, rules);
    }

    /** The one request that arrived. */
    SeenRequest seen() {
        assertThat(fakes.requests(station)).hasSize(1);
        return fakes.requests(station).get(0);
    }

    /** A request's query: each parameter with its values, decoded. */
    static Map<String, List<String>> query(SeenRequest request) {
        return Arrays.stream(request.query().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.groupingBy(
                        pair -> pair[0],
                        Collectors.mapping(
                                pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8), Collectors.toList())));
    }

    /** The values of a form's fields of that name. */
    static List<String> fields(SeenRequest request, String name) {
        return request.parts().stream()
                .filter(part -> part.name().equals(name))
                .map(SeenRequest.SeenPart::text)
                .toList();
    }

    Heard hear(Options options) throws Exception {
        return transcribe(request(options), at(CLIP), forCaller());
    }

    private ProviderFailure failure() {
        return failure(GOOD, in(Duration.ofMinutes(1)));
    }

    /** What a chain makes of what comes out. */
    private ProviderFailure failure(Credential credential, Patience patience) {
        Attempt attempt = new Attempt(transcriber.models().usual(), credential, patience, true);
        Exception thrown = catchException(
                () -> transcriber.transcribe(request(Options.NONE), at(CLIP), Listening.forCaller(patience), attempt));
        assertThat(thrown).isNotNull();
        assertThat(thrown.getMessage()).doesNotContain(credential.secret());
        ProviderFailure failure = Chain.failure(transcriber.provider(), thrown, patience);
        assertThat(failure.provider()).isEqualTo(transcriber.provider());
        assertThat(failure.getCause()).as("a bug").isNull();
        return failure;
    }

    @Test
    void it_needs_a_credential() {
        assertThat(transcriber.needsCredential()).isTrue();
    }

    @Test
    void silence_is_a_transcript_without_words() throws Exception {
        script(new Rule().text(""));

        Heard heard = transcribe(CLIP, forCaller());

        assertThat(heard.utterances()).isEmpty();
        assertThat(heard.duration()).isPositive();
    }

    @Test
    void a_revoked_key_puts_the_credential_out_of_use() {
        ProviderFailure failure = failure(REVOKED, in(Duration.ofMinutes(1)));

        assertThat(failure).isInstanceOf(ProviderGone.class);
        assertThat(failure.why()).isEqualTo(Cause.CREDENTIAL);
    }

    @Test
    void a_quota_that_is_used_up_puts_the_credential_out_of_use() {
        script(new Rule().kind(Kind.QUOTA));

        ProviderFailure failure = failure();

        assertThat(failure).isInstanceOf(ProviderGone.class);
        assertThat(failure.why()).isEqualTo(Cause.QUOTA);
    }

    @Test
    void too_many_requests_says_when_to_come_back() {
        script(new Rule().kind(Kind.RATE_LIMIT));

        assertThat(failure())
                .isInstanceOfSatisfying(ProviderBusy.class, busy -> assertThat(busy.retryAfter())
                        .contains(Duration.ofSeconds(1)))
                .extracting(ProviderFailure::why)
                .isEqualTo(Cause.RATE_LIMITED);
    }

    @Test
    void too_many_requests_may_leave_open_when_to_come_back() {
        script(new Rule().kind(Kind.RATE_LIMIT_NO_RETRY_AFTER));

        assertThat(failure())
                .isInstanceOfSatisfying(ProviderBusy.class, busy -> assertThat(busy.retryAfter())
                        .isEmpty())
                .extracting(ProviderFailure::why)
                .isEqualTo(Cause.RATE_LIMITED);
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVER_ERROR", "OVERLOADED", "ERROR_IN_200"})
    void what_is_wrong_with_the_vendor_is_tried_elsewhere(Kind kind) {
        script(new Rule().kind(kind));

        ProviderFailure failure = failure();

        assertThat(failure).isInstanceOf(ProviderBusy.class);
        assertThat(failure.why()).isEqualTo(Cause.SERVER_ERROR);
    }

    @Test
    void what_is_wrong_with_the_request_is_no_fault_of_the_vendor() {
        script(new Rule().kind(Kind.BAD_REQUEST));

        assertThat(failure()).isInstanceOf(ProviderRejected.class);
    }

    @Test
    void what_is_no_json_is_garbage() {
        script(new Rule().kind(Kind.GARBAGE));

        assertThat(failure().why()).isEqualTo(Cause.GARBAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "\"\"",
                "{\"results\":{}}",
                "{\"results\":{\"channels\":[]},\"metadata\":{\"duration\":1}}",
                "{\"results\":{\"channels\":[{}]},\"metadata\":{\"duration\":1}}",
                "{\"results\":{\"channels\":[{\"alternatives\":[{\"transcript\":\"a\",\"words\":[{}]}]}]},"
                        + "\"metadata\":{\"duration\":1}}",
                "{\"results\":{\"channels\":[{\"alternatives\":[{\"transcript\":\"a\"}]}]}}",
                "{\"phrases\":[]}",
                "{\"phrases\":{},\"durationMilliseconds\":1}",
                "{\"phrases\":[{}],\"durationMilliseconds\":1}",
                "{\"phrases\":[],\"combinedPhrases\":[{\"text\":\"a\"}],\"durationMilliseconds\":1}",
                "{\"phrases\":[{\"text\":\"a\"}],\"durationMilliseconds\":1}",
                "{\"text\":null,\"duration\":1}",
                "{\"text\":\"a\",\"duration\":1,\"words\":[{}]}",
                "{\"text\":\"a\",\"duration\":1,\"segments\":[{}]}"
            })
    void an_answer_without_its_results_is_garbage(String body) throws Exception {
        script(new Rule().body(JSON.readTree(body)));

        assertThat(failure().why()).isEqualTo(Cause.GARBAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"beforeHeaders", "reset", "midStream", "afterBytes:1"})
    void what_breaks_off_is_tried_elsewhere(String where) {
        script(new Rule().cut(Cut.parse(where)));

        assertThat(failure().why()).isEqualTo(Cause.BROKEN_OFF);
    }

    @Test
    void it_does_not_wait_for_longer_than_it_may() {
        script(new Rule().hang());

        assertThat(failure(GOOD, in(Duration.ofMillis(300))).why()).isEqualTo(Cause.TIMEOUT);
        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void an_answer_that_drips_ends_at_the_deadline() {
        script(new Rule().drip(1, Duration.ofMillis(100)));

        assertThat(failure(GOOD, in(Duration.ofMillis(500))).why()).isEqualTo(Cause.TIMEOUT);
        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void when_the_caller_hangs_up_the_vendor_is_told_to_stop() {
        script(new Rule().hang());
        HangUp hangUp = new HangUp();
        Patience patience = new Patience(Deadline.in(Duration.ofMinutes(1), Clock.systemUTC()), hangUp);
        CompletableFuture<ProviderFailure> failed = CompletableFuture.supplyAsync(() -> failure(GOOD, patience));
        await().until(() -> fakes.counters(station).requests() == 1);

        hangUp.hangUp();

        assertThat(failed).succeedsWithin(Duration.ofSeconds(20));
        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void it_keeps_its_connection_for_the_next_call() throws Exception {
        transcribe(CLIP, forCaller());
        transcribe(CLIP, forCaller());

        assertThat(fakes.counters(station).requests()).isEqualTo(2);
        assertThat(fakes.counters(station).connections()).isEqualTo(1);
    }

    @Test
    void a_probe_shows_whether_the_credential_is_good() throws Exception {
        assertThat(probe(GOOD)).isEqualTo(200);
        assertThat(probe(REVOKED)).isEqualTo(401);
    }

    private int probe(Credential credential) throws IOException {
        ProviderCall probe = transcriber.probe(credential).orElseThrow();
        try (ProviderAnswer answer = http.send(probe, in(Duration.ofSeconds(20)))) {
            return answer.status();
        }
    }

    /** A wish for each option that is honoured. */
    Options everything() {
        return new Options(transcriber.honours().stream()
                .collect(Collectors.toMap(
                        option -> option,
                        option -> List.of(
                                switch (option) {
                                    case KEYTERM, KEYWORDS, PROMPT, SEARCH -> "Caravox & Söhne";
                                    case REPLACE -> "fox:cat";
                                    case TEMPERATURE -> "0.2";
                                    case UTT_SPLIT -> "1.5";
                                    default -> "true";
                                }))));
    }
}
