package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.caravox.fakes.Cut;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Kind;
import org.caravox.fakes.Rule;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a provider does, the caller gets an answer, from the next one or in good form; and it counts once. */
class BadWeatherTest {

    private static final String BACKUP = "backup";
    private static final String CHAT =
            "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello?\"}]}";
    private static final Duration SLOW = Duration.ofSeconds(15);
    private static final int MANY = 1_000;
    private static final int AT_A_TIME = 50;

    private static FakeProviders fakes;
    private static RunningHub hub;
    private static Caller caller;

    /** What the first provider does, and what the hub makes of it. */
    enum Weather {
        ANSWERS_500("server_error"),
        HANGS("timeout"),
        RESETS_THE_CONNECTION("broken_off"),
        CUTS_ITS_ANSWER("broken_off"),
        ANSWERS_GARBAGE("garbage"),
        ANSWERS_429("rate_limited"),
        SAYS_THAT_ITS_QUOTA_IS_EXHAUSTED("quota"),
        REVOKES_THE_KEY("credential");

        private final String told;

        Weather(String told) {
            this.told = told;
        }

        private Rule rule() {
            return switch (this) {
                case ANSWERS_500 -> new Rule().kind(Kind.SERVER_ERROR);
                case HANGS -> new Rule().hang();
                case RESETS_THE_CONNECTION -> new Rule().cut(Cut.reset());
                case CUTS_ITS_ANSWER -> new Rule().cut(Cut.midStream());
                case ANSWERS_GARBAGE -> new Rule().kind(Kind.GARBAGE);
                case ANSWERS_429 -> new Rule().kind(Kind.RATE_LIMIT);
                case SAYS_THAT_ITS_QUOTA_IS_EXHAUSTED -> new Rule().kind(Kind.QUOTA);
                case REVOKES_THE_KEY -> new Rule().kind(Kind.REVOKED);
            };
        }
    }

    @BeforeAll
    static void start() throws IOException {
        fakes = FakeProviders.start(0);
        hub = RunningHub.start(Files.createTempDirectory("caravox-tests-"), settings());
        caller = hub.demo();
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(SharedHub.quickSettings());
        settings.put("caravox.limits.requests-per-minute", "1000000");
        settings.put("caravox.limits.burst", "100000");
        settings.put("caravox.limits.concurrent", "1000");
        settings.put("caravox.probes.every", "1s");
        settings.put("caravox.breakers.open-for", "1s");
        settings.put("caravox.secrets.deepgram", "dg-secret");
        settings.put("caravox.secrets.openai", "oa-secret");
        provider(
                settings,
                "transcription",
                "deepgram",
                "deepgram",
                fakes.base("deepgram").toString(),
                "nova-3");
        provider(
                settings,
                "transcription",
                BACKUP,
                "deepgram",
                fakes.base("deepgram-2").toString(),
                "nova-3");
        provider(settings, "transcription", "nowhere", "deepgram", "http://speech.invalid", "nova-3");
        provider(
                settings,
                "transcription",
                "slow",
                "deepgram",
                fakes.base("deepgram-3").toString(),
                "nova-3");
        settings.put("caravox.transcription.providers.slow.timeout", SLOW.toSeconds() + "s");
        provider(settings, "dialogue", "openai", "openai", fakes.base("openai") + "/v1", "gpt-4o-mini");
        provider(settings, "dialogue", BACKUP, "openai", fakes.base("openai-2") + "/v1", "gpt-4o-mini");
        chain(settings, "transcription.chain", "deepgram", BACKUP);
        chain(settings, "dialogue.chain", "openai", BACKUP);
        chain(settings, "tenants.lost.transcription", "nowhere", BACKUP);
        chain(settings, "tenants.healthy.transcription", BACKUP);
        chain(settings, "tenants.slow.transcription", "slow");
        return settings;
    }

    private static void provider(
            Map<String, String> settings, String use, String name, String kind, String url, String model) {
        String at = "caravox." + use + ".providers." + name + ".";
        settings.put(at + "kind", kind);
        settings.put(at + "base-url", url);
        settings.put(at + "credential", kind);
        settings.put(at + "models[0]", model);
        settings.put(at + "timeout", "2s");
        settings.put(at + "concurrent", "64");
    }

    private static void chain(Map<String, String> settings, String chain, String... providers) {
        for (int i = 0; i < providers.length; i++) {
            settings.put("caravox." + chain + ".links[" + i + "].provider", providers[i]);
        }
    }

    @AfterAll
    static void stop() {
        hub.closeAndForget();
        fakes.close();
    }

    @BeforeEach
    void clear() {
        fakes.reset();
        for (String provider : List.of(
                "transcription/deepgram",
                "transcription/" + BACKUP,
                "transcription/nowhere",
                "dialogue/openai",
                "dialogue/" + BACKUP)) {
            closeBreaker(provider);
        }
    }

    private static void closeBreaker(String provider) {
        Caller admin = hub.admin();
        admin.send(admin.request("/providers/" + provider + "/breaker")
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString("{\"state\":\"closed\"}")))
                .expect(200);
    }

    private static HttpRequest.Builder recording(Caller from) {
        return from.uploading(Sample.VOICEMAIL.bytes(), Map.of("userId", "u", "mode", "sync"));
    }

    /** By Deepgram's door, which does not examine it first. */
    private static HttpRequest.Builder listen(Caller from) {
        return from.request("/v1/listen")
                .header("Content-Type", "audio/wav")
                .POST(BodyPublishers.ofByteArray(Sample.PHONE_CLIP.bytes()));
    }

    private static HttpRequest.Builder chat(Caller from) {
        return from.request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(CHAT));
    }

    private static String request(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer " + RunningHub.DEMO_KEY
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    static Stream<Arguments> weatherOfBoth() {
        return Stream.of(Weather.values())
                .flatMap(weather -> Stream.of(
                        Arguments.of(weather, "transcription", "deepgram"),
                        Arguments.of(weather, "dialogue", "openai")));
    }

    @ParameterizedTest(name = "{1}: the first provider {0}")
    @MethodSource("weatherOfBoth")
    void the_next_provider_answers_when_the_first(Weather weather, String use, String first) {
        fakes.script(first, weather.rule().path(use.equals("dialogue") ? "/chat" : "/listen"));
        long before = fakes.counters(first + "-2").answered();

        Answer answer = caller.send(use.equals("dialogue") ? chat(caller) : recording(caller))
                .expect(200);

        assertThat(answer.text()).contains(use.equals("dialogue") ? "You said" : "quick brown fox");
        await("the fake has counted what it answered")
                .untilAsserted(() ->
                        assertThat(fakes.counters(first + "-2").answered()).isGreaterThan(before));
        assertThat(standing(use, first).path("lastFailure").asText())
                .as(() -> hub.admin().get("/providers").text() + fakes.requests(first))
                .isEqualTo(weather.told);
    }

    private static JsonNode standing(String use, String provider) {
        for (JsonNode standing :
                hub.admin().get("/providers").expect(200).json().get("providers")) {
            if (standing.get("use").asText().equals(use)
                    && standing.get("provider").asText().equals(provider)) {
                return standing;
            }
        }
        throw new AssertionError("no provider " + provider);
    }

    @ParameterizedTest
    @EnumSource(
            value = Weather.class,
            names = {"SAYS_THAT_ITS_QUOTA_IS_EXHAUSTED", "REVOKES_THE_KEY", "ANSWERS_429"})
    void a_provider_that_says_so_is_left_alone_at_once(Weather weather) {
        fakes.script("openai", weather.rule().path("/chat"));

        caller.send(chat(caller)).expect(200);
        assertThat(standing("dialogue", "openai").path("state").asText()).isEqualTo("open");
        long asked = chats("openai");
        caller.send(chat(caller)).expect(200);

        assertThat(chats("openai")).isEqualTo(asked);
    }

    /** Calls that are no probes. */
    private static long chats(String station) {
        return fakes.requests(station).stream()
                .filter(request -> request.path().endsWith("/chat/completions"))
                .count();
    }

    @Test
    void a_host_that_is_not_known_is_passed_over() {
        Caller lost = hub.tenant("lost");

        assertThat(lost.send(recording(lost)).expect(200).member("provider")).isEqualTo(BACKUP);
        assertThat(standing("transcription", "nowhere").path("lastFailure").asText())
                .isEqualTo("connect");
    }

    @Test
    void when_all_are_down_the_caller_is_told_when_to_come_back_and_is_answered_when_one_is_back() {
        fakes.stop();
        try {
            Answer down = caller.send(chat(caller)).expect(503);
            assertThat(Integer.parseInt(down.header("Retry-After"))).isPositive();
            assertThat(down.header("x-should-retry")).isEqualTo("false");
            for (int i = 0; i < 5; i++) {
                caller.send(chat(caller)).expect(503);
            }
            assertThat(standing("dialogue", "openai").path("state").asText()).isEqualTo("open");
            assertThat(standing("dialogue", BACKUP).path("state").asText()).isEqualTo("open");
        } finally {
            fakes.restart();
        }
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> caller.send(chat(caller)).expect(200));
    }

    @Test
    void a_slow_provider_of_one_tenant_does_not_slow_anothers() {
        Caller slow = hub.tenant("slow");
        Caller healthy = hub.tenant("healthy");
        fakes.script("deepgram-3", new Rule().path("/listen").hang());
        healthy.send(recording(healthy)).expect(200);

        List<CompletableFuture<Answer>> waiting = IntStream.range(0, 100)
                .mapToObj(i -> slow.sendAsync(listen(slow)))
                .toList();
        await().atMost(SLOW).until(() -> fakes.counters("deepgram-3").open() >= 60);
        int answeredWhileTheyWait = 0;
        for (int i = 0; i < 10; i++) {
            healthy.send(recording(healthy)).expect(200);
            answeredWhileTheyWait += waiting.stream().anyMatch(one -> !one.isDone()) ? 1 : 0;
        }

        assertThat(answeredWhileTheyWait).isPositive();
        assertThat(waiting.stream().map(CompletableFuture::join))
                .allSatisfy(answer -> assertThat(answer.status()).isEqualTo(503));
    }

    @Test
    void when_the_caller_hangs_up_the_provider_is_told_to_stop() throws IOException {
        fakes.script("openai", new Rule().path("/chat").hang());
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(hub.url()).getPort())) {
            socket.getOutputStream().write(request(CHAT).getBytes(StandardCharsets.US_ASCII));
            await().until(() -> chats("openai") > 0);
        }

        await().atMost(1500, TimeUnit.MILLISECONDS).until(() -> fakes.requests("openai").stream()
                .anyMatch(request -> request.path().endsWith("/chat/completions") && request.disconnected()));
        assertThat(chats("openai-2"))
                .as("nobody else is asked for one who has gone")
                .isZero();
        assertThat(standing("dialogue", "openai").path("state").asText()).isEqualTo("closed");
    }

    @Test
    void of_a_thousand_requests_during_a_failover_each_is_answered_once_and_billed_once() {
        Caller tenant = hub.newTenant();
        fakes.script(
                "deepgram",
                new Rule().times(300),
                new Rule().times(200).cut(Cut.midStream()),
                new Rule().times(100).status(503),
                new Rule().times(50).cut(Cut.reset()));

        List<Answer> answers = new ArrayList<>();
        for (int sent = 0; sent < MANY; sent += AT_A_TIME) {
            List<CompletableFuture<Answer>> batch = IntStream.range(0, AT_A_TIME)
                    .mapToObj(i -> tenant.sendAsync(recording(tenant)))
                    .toList();
            batch.forEach(one -> answers.add(one.join()));
        }

        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(answer.status()).as(answer.text()).isEqualTo(200));
        Set<String> ids = new HashSet<>();
        answers.forEach(answer -> ids.add(answer.member("requestId")));
        assertThat(ids).hasSize(MANY);
        assertThat(answers.stream().map(answer -> answer.member("provider")).distinct())
                .containsExactlyInAnyOrder("deepgram", BACKUP);
        assertThat(stored(tenant)).isEqualTo(ids);
        JsonNode total = tenant.get("/usage").expect(200).json().get("total");
        assertThat(total.get("requests").asLong()).isEqualTo(MANY);
    }

    private static Set<String> stored(Caller tenant) {
        Set<String> stored = new HashSet<>();
        String cursor = "";
        do {
            JsonNode page =
                    tenant.get("/transcripts?limit=100" + cursor).expect(200).json();
            page.get("transcripts")
                    .forEach(transcript -> stored.add(transcript.get("id").asText()));
            cursor =
                    page.has("nextCursor") ? "&cursor=" + page.get("nextCursor").asText() : "";
        } while (!cursor.isEmpty());
        return stored;
    }
}
