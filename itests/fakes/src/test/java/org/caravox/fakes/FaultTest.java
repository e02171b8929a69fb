package org.caravox.fakes;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.caravox.fakes.Caller.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stations fail as their scripts say. */
class FaultTest {

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

    @ParameterizedTest
    @CsvSource({
        "deepgram,   rate-limit,   429, TOO_MANY_REQUESTS",
        "deepgram,   quota,        402, ASR_PAYMENT_REQUIRED",
        "deepgram,   revoked,      401, INVALID_AUTH",
        "deepgram,   bad-request,  400, corrupt",
        "deepgram,   server-error, 500, INTERNAL",
        "deepgram,   error-in-200, 200, err_code",
        "azure,      rate-limit,   429, rate limit",
        "azure,      quota,        403, Out of call volume quota",
        "azure,      revoked,      401, Access denied",
        "azure,      server-error, 500, InternalServerError",
        "azure,      error-in-200, 200, RecognitionStatus\":\"Error",
        "openai,     rate-limit,   429, rate_limit_exceeded",
        "openai,     quota,        429, insufficient_quota",
        "openai,     revoked,      401, invalid_api_key",
        "openai,     overloaded,   503, server_is_overloaded",
        "openai,     server-error, 500, server_error",
        "openai,     error-in-200, 200, server_error",
        "anthropic,  rate-limit,   429, rate_limit_error",
        "anthropic,  quota,        400, usage limits",
        "anthropic,  revoked,      401, authentication_error",
        "anthropic,  overloaded,   529, overloaded_error",
        "anthropic,  server-error, 500, api_error",
        "anthropic,  error-in-200, 200, overloaded_error",
        "cartesia,   rate-limit,   429, concurrency_limited",
        "cartesia,   quota,        402, quota_exceeded",
        "cartesia,   revoked,      401, unauthorized",
        "cartesia,   server-error, 500, internal_server_error",
        "elevenlabs, rate-limit,   429, too_many_concurrent_requests",
        "elevenlabs, quota,        401, quota_exceeded",
        "elevenlabs, revoked,      401, invalid_api_key",
        "elevenlabs, overloaded,   429, system_busy",
        "elevenlabs, server-error, 500, internal_server_error",
    })
    void every_vendor_fails_in_its_own_words(String vendor, String kind, int status, String words) {
        FAKES.script(vendor, "{\"kind\": \"" + kind + "\"}");

        Answer answer = caller.ask(vendor);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).contains(words);
        assertThat(answer.header("Retry-After")).isEqualTo(kind.equals("rate-limit") ? "1" : "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"deepgram", "azure", "openai", "anthropic", "cartesia", "elevenlabs"})
    void garbage_says_that_it_is_json_and_is_not(String vendor) {
        FAKES.script(vendor, new Rule().kind(Kind.GARBAGE));

        Answer answer = caller.ask(vendor);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThatThrownBy(answer::json).isInstanceOf(java.io.UncheckedIOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deepgram", "azure", "openai", "anthropic", "cartesia", "elevenlabs"})
    void a_rate_limit_may_keep_its_end_to_itself(String vendor) {
        FAKES.script(vendor, new Rule().kind(Kind.RATE_LIMIT_NO_RETRY_AFTER));

        Answer answer = caller.ask(vendor);

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).isEmpty();
    }

    @Test
    void a_rules_headers_take_the_place_of_the_vendors() {
        FAKES.script("openai", new Rule().kind(Kind.RATE_LIMIT).header("retry-after", "7"));

        Answer answer = caller.ask("openai");

        assertThat(answer.response().headers().allValues("Retry-After")).containsExactly("7");
    }

    @Test
    void rules_are_used_up_in_their_order_and_then_all_is_well() {
        FAKES.script("deepgram", "[{\"times\": 2, \"status\": 500}, {\"times\": 1, \"status\": 429}]");

        assertThat(java.util.stream.IntStream.range(0, 5)
                        .map(i -> caller.ask("deepgram").status()))
                .containsExactly(500, 500, 429, 200, 200);
    }

    @Test
    void a_rule_may_be_for_one_key_or_one_path_alone() {
        FAKES.script(
                "openai",
                new Rule().key("another-key").status(500),
                new Rule().path("/models").status(503));

        assertThat(caller.ask("openai").status()).isEqualTo(200);
        assertThat(caller.get("openai", "/v1/models").status()).isEqualTo(503);
        assertThat(caller.send(caller.usual("openai", "openai").setHeader("Authorization", "Bearer another-key"))
                        .status())
                .isEqualTo(500);
    }

    @Test
    void a_body_and_a_text_can_be_given() {
        FAKES.script(
                "openai",
                new Rule().times(1).body(JsonNodeFactory.instance.objectNode().put("a", 1)),
                new Rule().text("Fine, thanks"));

        assertThat(caller.ask("openai").text()).isEqualTo("{\"a\":1}");
        assertThat(caller.ask("openai").json().at("/choices/0/message/content").asText())
                .isEqualTo("Fine, thanks");
    }

    @Test
    void latency_is_waited_for() {
        FAKES.script("openai", "{\"latency\": \"150ms\", \"jitter\": \"20ms\"}");
        long start = System.nanoTime();

        assertThat(caller.ask("openai").status()).isEqualTo(200);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(150));
    }

    @Test
    void a_caller_who_leaves_while_the_station_hangs_is_seen_to_leave() {
        FAKES.script("openai", new Rule().hang());

        assertThatThrownBy(() -> caller.attempt(caller.usual("openai", "openai").timeout(Duration.ofMillis(200))))
                .isInstanceOf(java.net.http.HttpTimeoutException.class);

        await().atMost(10, SECONDS)
                .untilAsserted(() -> assertThat(FAKES.requests("openai").get(0).disconnected())
                        .isTrue());
        assertThat(FAKES.counters("openai").disconnected()).isOne();
        assertThat(FAKES.counters("openai").answered()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"beforeHeaders", "reset", "midStream", "afterBytes:10"})
    void a_cut_answer_fails_and_is_not_the_callers_doing(String cut) {
        FAKES.script("elevenlabs", "{\"cut\": \"" + cut + "\"}");

        assertThatThrownBy(() -> caller.attempt(caller.usual("elevenlabs", "elevenlabs")))
                .isInstanceOf(IOException.class);

        assertThat(FAKES.counters("elevenlabs").disconnected()).isZero();
        assertThat(FAKES.counters("elevenlabs").answered()).isZero();
    }

    @Test
    void a_cut_lets_just_so_many_bytes_through() throws IOException {
        FAKES.script("openai", "{\"cut\": \"afterBytes:10\"}");

        String answer = raw("GET /openai/v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer k\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\n{\"object\":");
    }

    @Test
    void a_reset_is_a_reset() {
        FAKES.script("openai", new Rule().cut(Cut.reset()));

        assertThatThrownBy(() -> raw("GET /openai/v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer k\r\n\r\n"))
                .isInstanceOf(SocketException.class);
    }

    /** What the server sends until it closes. */
    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), FAKES.port());
                InputStream in = new BufferedInputStream(socket.getInputStream())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void a_body_drips() {
        FAKES.script("openai", new Rule().drip(100, Duration.ofMillis(20)));
        long start = System.nanoTime();

        Answer answer = caller.ask("openai");

        assertThat(answer.json().path("choices")).isNotEmpty();
        long pauses = (answer.bytes().length - 1L) / 100;
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(19 * pauses));
    }

    @ParameterizedTest
    @CsvSource({"openai, /v1/chat/completions", "anthropic, /v1/messages"})
    void a_stream_may_end_in_an_error(String vendor, String path) {
        FAKES.script(vendor, new Rule().kind(Kind.ERROR_IN_200));

        Answer answer = caller.postJson(
                vendor, path, "{'model':'m','max_tokens':9,'stream':true,'messages':[{'role':'user','content':'hi'}]}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.events()).hasSizeGreaterThan(2).doesNotContain("[DONE]");
        assertThat(answer.events().get(answer.events().size() - 1)).contains("\"error\":{");
    }

    @Test
    void providers_go_down_and_come_back_on_the_same_port() throws IOException {
        try (FakeProviders fakes = FakeProviders.start(0)) {
            Caller other = new Caller(fakes);
            fakes.script("openai", new Rule().text("still here"));
            assertThat(other.ask("openai").status()).isEqualTo(200);

            fakes.stop();
            assertThatThrownBy(() -> other.attempt(other.usual("openai", "openai")))
                    .isInstanceOf(IOException.class);
            fakes.restart();

            assertThat(other.attempt(other.usual("openai", "openai")).text()).contains("still here");
        }
    }
}
