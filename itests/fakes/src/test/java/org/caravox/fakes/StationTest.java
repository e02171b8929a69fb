package org.caravox.fakes;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.caravox.fakes.Caller.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stations check, and how they are steered and watched. */
class StationTest {

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
    @ValueSource(strings = {"deepgram", "azure", "openai", "anthropic", "cartesia", "elevenlabs"})
    void any_key_is_good_until_some_are_named(String vendor) {
        assertThat(caller.ask(vendor).status()).isEqualTo(200);

        FAKES.keys(vendor, "another-key");
        assertThat(caller.ask(vendor).status()).isEqualTo(401);

        FAKES.keys(vendor, "another-key", Caller.KEY);
        assertThat(caller.ask(vendor).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/v1/listen", "/tts/bytes", "/v1/text-to-speech/v", "/v1/messages"})
    void paths_without_a_station_belong_to_the_vendor_who_has_them_and_need_a_key(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + FAKES.port() + path))
                .header("anthropic-version", "2023-06-01")
                .header("Cartesia-Version", "2026-08-14")
                .POST(BodyPublishers.ofString("{}"));

        assertThat(caller.send(request).status()).isEqualTo(401);
    }

    @Test
    void stations_of_one_vendor_have_scripts_of_their_own() {
        FAKES.script("openai", new Rule().status(500));

        assertThat(caller.ask("openai").status()).isEqualTo(500);
        assertThat(caller.send(caller.usual("openai", "openai-2")).status()).isEqualTo(200);
        assertThatThrownBy(() -> FAKES.base("acme"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("acme");
    }

    @Test
    void requests_are_remembered_without_their_secrets() {
        caller.postJson("openai", "/v1/chat/completions?token=a-secret", "{'model':'m'}");
        caller.postForm("openai", "/v1/audio/transcriptions", "file", new byte[70_000], "model=whisper-1");

        SeenRequest first = FAKES.requests("openai").get(0);
        assertThat(first.header("Authorization")).isEqualTo("Bearer ****1234");
        assertThat(first.query()).isEqualTo("token=****");
        assertThat(first.body()).isEqualTo(Caller.read("{\"model\":\"m\"}"));
        SeenRequest second = FAKES.requests("openai").get(1);
        assertThat(second.parts())
                .containsExactlyInAnyOrder(
                        new SeenRequest.SeenPart("file", "a.wav", 70_000, ""),
                        new SeenRequest.SeenPart("model", "", 9, "whisper-1"));
        await().atMost(5, SECONDS)
                .untilAsserted(
                        () -> assertThat(FAKES.counters("openai").answered()).isEqualTo(2));
    }

    @Test
    void scripts_and_requests_go_over_http_too() {
        assertThat(control("PUT", "/openai/script", "{\"times\": 1, \"status\": 503}")
                        .status())
                .isEqualTo(204);
        assertThat(caller.ask("openai").status()).isEqualTo(503);
        assertThat(control("PUT", "/openai/keys", "[\"k\"]").status()).isEqualTo(204);
        assertThat(caller.ask("openai").status()).isEqualTo(401);

        Answer seen = control("GET", "/openai/requests?last=1", "");
        assertThat(seen.json().at("/counters/requests").asInt()).isEqualTo(2);
        assertThat(seen.json().path("requests")).hasSize(1);
        assertThat(seen.json().at("/requests/0/status").asInt()).isEqualTo(401);

        assertThat(control("POST", "/reset", "").status()).isEqualTo(204);
        assertThat(FAKES.counters("openai").requests()).isZero();
        assertThat(caller.ask("openai").status()).isEqualTo(200);
    }

    @Test
    void a_script_that_is_shown_can_be_cleared() {
        control("PUT", "/openai/script", "[{\"times\": 3, \"latency\": \"10ms\"}, {\"cut\": \"midStream\"}]");

        Answer shown = control("GET", "/openai/script", "");
        assertThat(shown.json().at("/0/left").asInt()).isEqualTo(3);
        assertThat(shown.json().at("/1/rule/cut").asText()).isEqualTo("midStream");

        control("DELETE", "/openai/script", "");
        assertThat(control("GET", "/openai/script", "").json()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"latency\": \"soon\"}",
                "{\"kind\": \"unknown\"}",
                "{\"cut\": \"here\"}",
                "{\"colour\": 1}",
                "{\"drip\": {\"bytes\": 0, \"every\": \"1ms\"}}",
                "{\"times\":"
            })
    void a_script_that_makes_no_sense_is_refused(String script) {
        Answer answer = control("PUT", "/openai/script", script);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("error").asText()).isNotEmpty();
    }

    @Test
    void control_of_nothing_that_exists_is_refused() {
        assertThat(control("PUT", "/acme/script", "[]").status()).isEqualTo(404);
        assertThat(control("PATCH", "/openai/script", "[]").status()).isEqualTo(405);
    }

    private Answer control(String method, String path, String body) {
        URI uri = URI.create("http://127.0.0.1:" + FAKES.port() + "/_fakes" + path);
        return caller.send(HttpRequest.newBuilder(uri).method(method, BodyPublishers.ofString(body)));
    }

    @Test
    void deepgrams_result_is_sent_to_the_callback() throws IOException, InterruptedException {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        HttpServer inbox = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        inbox.createContext("/", exchange -> {
            got.add(exchange.getRequestMethod() + " "
                    + exchange.getRequestHeaders().getFirst("dg-token") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
        });
        inbox.start();
        try {
            String url = "http://127.0.0.1:" + inbox.getAddress().getPort() + "/done";
            String id = caller.postJson(
                            "deepgram",
                            "/v1/listen?callback_method=put&callback=" + url,
                            "{'url':'http://127.0.0.1:1/a.wav'}")
                    .json()
                    .path("request_id")
                    .asText();

            assertThat(got.poll(10, SECONDS)).startsWith("PUT fake-key-id ").contains(id, "the quick brown fox");
        } finally {
            inbox.stop(0);
        }
    }

    @Test
    void channels_have_texts_of_their_own() {
        FAKES.script("deepgram", new Rule().text("hello there|good morning"));

        Answer apart = caller.postAudio("deepgram", "/v1/listen?multichannel=true", stereo());
        assertThat(apart.json()
                        .at("/results/channels/0/alternatives/0/transcript")
                        .asText())
                .isEqualTo("hello there");
        assertThat(apart.json()
                        .at("/results/channels/1/alternatives/0/transcript")
                        .asText())
                .isEqualTo("good morning");
        assertThat(apart.json().at("/metadata/duration").asDouble()).isEqualTo(1.0);
        Answer mixed = caller.postAudio("deepgram", "/v1/listen", stereo());
        assertThat(mixed.json()
                        .at("/results/channels/0/alternatives/0/transcript")
                        .asText())
                .isEqualTo("hello there good morning");
    }

    /** A second of silence at 8 kHz on two channels. */
    private static byte[] stereo() {
        java.nio.ByteBuffer wav = java.nio.ByteBuffer.allocate(44 + 32_000).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 32_000);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        wav.putShort((short) 1).putShort((short) 2).putInt(8000).putInt(32_000);
        wav.putShort((short) 4).putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(32_000);
        return wav.array();
    }

    @Test
    void anthropic_needs_a_version_and_in_the_newest_takes_no_sampling() {
        String body = "{'model':'m','max_tokens':9,'temperature':0.5,'messages':[{'role':'user','content':'hi'}]}";

        assertThat(caller.postJson("anthropic", "/v1/messages", body).status()).isEqualTo(200);
        Answer newest = caller.send(caller.to("anthropic", "/v1/messages")
                .setHeader("anthropic-version", "2026-10-21")
                .POST(BodyPublishers.ofString(body.replace('\'', '"'))));
        assertThat(newest.status()).isEqualTo(400);
        assertThat(newest.text()).contains("temperature");
        HttpRequest.Builder without = HttpRequest.newBuilder(URI.create(FAKES.base("anthropic") + "/v1/messages"))
                .header("x-api-key", Caller.KEY)
                .POST(BodyPublishers.ofString(body.replace('\'', '"')));
        assertThat(caller.send(without).text()).contains("anthropic-version");
    }

    @Test
    void anthropics_events_have_names_and_their_order() {
        Answer answer = caller.postJson(
                "anthropic",
                "/v1/messages",
                "{'model':'m','max_tokens':2,'stream':true,'messages':[{'role':'user','content':'hi'}]}");

        assertThat(answer.text().lines().filter(line -> line.startsWith("event: ")))
                .containsExactly(
                        "event: message_start",
                        "event: content_block_start",
                        "event: ping",
                        "event: content_block_delta",
                        "event: content_block_delta",
                        "event: content_block_stop",
                        "event: message_delta",
                        "event: message_stop");
        assertThat(answer.text()).contains("\"stop_reason\":\"max_tokens\"");
    }

    @Test
    void cartesias_errors_are_plain_text_in_older_versions() {
        FAKES.script("cartesia", new Rule().kind(Kind.RATE_LIMIT));

        Answer answer = caller.send(caller.usual("cartesia", "cartesia").setHeader("Cartesia-Version", "2025-04-16"));

        assertThat(answer.text()).startsWith("Too many concurrent requests: ");
    }

    @Test
    void azures_short_audio_needs_a_language_and_tells_its_failures_in_200() {
        String path = "/speech/recognition/conversation/cognitiveservices/v1";

        assertThat(caller.postAudio("azure", path, new byte[9]).status()).isEqualTo(400);
        Answer silent = caller.postAudio("azure", path + "?language=en-US", new byte[0]);
        assertThat(silent.status()).isEqualTo(200);
        assertThat(silent.json().path("RecognitionStatus").asText()).isEqualTo("InitialSilenceTimeout");
        Answer heard = caller.postAudio("azure", path + "?language=en-US", new byte[9]);
        assertThat(heard.json().path("DisplayText").asText()).startsWith("The quick brown fox");
        assertThat(heard.json().path("Duration").asLong()).isEqualTo(26_500_000);
    }

    @Test
    void openais_subtitles_are_text() {
        Answer srt = caller.postForm(
                "openai", "/v1/audio/transcriptions", "file", new byte[9], "model=whisper-1", "response_format=srt");

        assertThat(srt.header("Content-Type")).startsWith("text/plain");
        assertThat(srt.text()).startsWith("1\n00:00:00,000 --> 00:00:02,650\nthe quick");
    }
}
