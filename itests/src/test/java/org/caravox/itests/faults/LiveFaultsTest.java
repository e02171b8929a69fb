package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.caravox.fakes.Cut;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Rule;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.LiveCaller;
import org.caravox.itests.hub.RudeCaller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.services.Cable;
import org.caravox.live.CountedAudio;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What can go wrong with a live stream, at its client, its provider, the line between and the hub: its client is told,
 * what was said is stored, and nothing is left of it.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LiveFaultsTest {

    private static final String STREAM = "/stream?encoding=linear16&sample_rate=8000";
    private static final String LISTEN = "/v1/listen?encoding=linear16&sample_rate=8000&interim_results=true";
    private static final int STREAMS = 300;
    private static final int KNOCKS = 2_000;
    private static final int ABORTED = 1_000;
    private static final int AT_A_TIME = 16;
    private static final int FRAME_BYTES = 32 * 1024;
    private static final Duration SILENCE = Duration.ofSeconds(6);

    /** Instances of these are what a stream is made of. */
    private static final List<String> PARTS = List.of(
            "org.caravox.live.LiveSession",
            "org.caravox.live.AudioTrail",
            "org.caravox.live.deepgram.DeepgramLeg",
            "org.caravox.live.vosk.VoskLeg",
            "org.caravox.door.live.SocketLine",
            "org.caravox.door.live.AdoptedSocket",
            "org.caravox.outbound.SocketChannelHandler",
            "org.caravox.transcription.vosk.ChannelEar");

    private static final Pattern COUNTED = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+(\\S+).*");

    private static FakeProviders fakes;
    private static Cable cable;
    private static RunningHub hub;
    private static Caller caller;
    private static final Map<String, Caller> TENANTS = new ConcurrentHashMap<>();

    private static Caller tenant(String name) {
        return TENANTS.computeIfAbsent(name, hub::tenant);
    }

    @BeforeAll
    static void start() throws IOException {
        fakes = FakeProviders.start(0);
        cable = Cable.to(fakes.port());
        hub = RunningHub.start(Files.createTempDirectory("caravox-tests-"), settings());
        caller = tenant("usual");
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(SharedHub.quickSettings());
        settings.put("caravox.limits.requests-per-minute", "1000000");
        settings.put("caravox.limits.burst", "100000");
        settings.put("caravox.limits.concurrent", "10000");
        settings.put("caravox.breakers.window", "100000");
        settings.put("caravox.breakers.least-calls", "100000");
        settings.put("caravox.probes.every", "1h");
        settings.put("caravox.live.sessions", Integer.toString(STREAMS));
        settings.put("caravox.live.pace", "100000");
        settings.put("caravox.live.stall", "2s");
        settings.put("caravox.live.silence", SILENCE.toSeconds() + "s");
        settings.put("caravox.live.open-within", "40s");
        settings.put("caravox.live.end-within", "4s");
        settings.put("caravox.live.resume-within", "2s");
        settings.put("caravox.secrets.deepgram", "a-secret");
        provider(settings, "first", fakes.base("deepgram").toString());
        provider(settings, "second", fakes.base("deepgram-2").toString());
        provider(settings, "refuses", fakes.base("deepgram-3").toString());
        provider(settings, "far", "http://127.0.0.1:" + cable.port() + "/deepgram-4");
        provider(settings, "weak", fakes.base("deepgram-5").toString());
        provider(settings, "nowhere", "http://speech.invalid");
        chain(settings, "live.chain", "first", "second");
        chain(settings, "tenants.refused.live", "refuses", "second");
        chain(settings, "tenants.refused-by-all.live", "refuses");
        chain(settings, "tenants.far.live", "far", "second");
        chain(settings, "tenants.weak.live", "weak", "second");
        chain(settings, "tenants.lost.live", "nowhere", "second");
        chain(settings, "tenants.lost-for-good.live", "nowhere");
        chain(settings, "tenants.embedded.live", "vosk");
        return settings;
    }

    private static void provider(Map<String, String> settings, String name, String url) {
        String at = "caravox.live.providers." + name + ".";
        settings.put(at + "kind", "deepgram");
        settings.put(at + "base-url", url);
        settings.put(at + "credential", "deepgram");
        settings.put(at + "models[0]", "nova-3");
        settings.put(at + "timeout", name.equals("refuses") ? "2s" : "20s");
        settings.put(at + "concurrent", "10000");
    }

    private static void chain(Map<String, String> settings, String chain, String... providers) {
        for (int i = 0; i < providers.length; i++) {
            settings.put("caravox." + chain + ".links[" + i + "].provider", providers[i]);
        }
    }

    @AfterAll
    static void stop() {
        hub.closeAndForget();
        cable.close();
        fakes.close();
    }

    @BeforeEach
    void reset() {
        fakes.reset();
        for (String station : List.of("deepgram", "deepgram-2", "deepgram-3", "deepgram-4", "deepgram-5")) {
            fakes.script(station, new Rule().counted());
        }
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }

    private static void speak(LiveCaller live, int fromWord, int toWord) {
        List<byte[]> chunks = CountedAudio.chunks(toWord, 1);
        chunks.subList(3 * (fromWord - 1), chunks.size()).forEach(live::send);
    }

    private static List<String> finals(LiveCaller live) {
        return live.messages("transcript").stream()
                .filter(message -> message.get("isFinal").asBoolean())
                .flatMap(message -> Stream.of(message.get("transcript").asText().split(" ", -1)))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static void awaitHeard(LiveCaller live, double seconds) {
        soon().until(() -> live.messages("transcript").stream()
                .anyMatch(message -> message.get("start").asDouble()
                                + message.get("duration").asDouble()
                        >= seconds));
    }

    /** Another provider took over from one that the client waits for. */
    private static JsonNode changed(LiveCaller live) {
        soon().until(() -> {
            live.say("KeepAlive");
            return !live.messages("provider_changed").isEmpty();
        });
        return live.await("provider_changed");
    }

    private static String stored(Caller by, String session) {
        return by.get("/transcripts/" + session).expect(200).member("transcript");
    }

    private static String session(LiveCaller live) {
        return live.await("session").get("sessionId").asText();
    }

    private static void assertNothingIsLive() {
        soon().untilAsserted(() -> assertThat(
                        hub.admin().get("/streams").expect(200).json().get("streams"))
                .isEmpty());
    }

    private static double ended(String how) {
        return metric("live_ended_total", "how=\"" + how + "\"");
    }

    private static double metric(String name, String... labels) {
        return hub.nobody()
                .get("/metrics")
                .expect(200)
                .text()
                .lines()
                .filter(line -> line.startsWith(name) && Stream.of(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    // ---- providers
    // ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"'hang': true", "'kind': 'garbage'", "'close': 1011"})
    void another_provider_takes_over_from_one_that_fails_and_the_client_is_told(String fault) {
        fakes.script(
                "deepgram",
                "{'counted': true, 'after': '2000ms', ".replace('\'', '"') + fault.replace('\'', '"') + "}");
        try (LiveCaller live = LiveCaller.open(caller, STREAM)) {
            String session = session(live);
            speak(live, 1, 30);
            assertThat(changed(live).get("to").asText()).isEqualTo("second");
            live.say("CloseStream");
            live.await("end");

            assertThat(finals(live)).isEqualTo(CountedAudio.words(1, 30));
            assertThat(stored(caller, session)).isEqualTo(String.join(" ", CountedAudio.words(1, 30)));
        }
    }

    @Test
    void a_provider_that_does_not_come_to_its_end_is_replaced_for_the_last_words() {
        fakes.script(
                "deepgram", new Rule().counted().after(Duration.ofSeconds(1)).hang());
        try (LiveCaller live = LiveCaller.open(caller, STREAM)) {
            String session = session(live);
            speak(live, 1, 5);
            live.say("CloseStream");
            live.await("end");

            assertThat(stored(caller, session)).isEqualTo(String.join(" ", CountedAudio.words(1, 5)));
        }
    }

    @Test
    void what_was_settled_is_stored_though_nobody_comes_to_an_end() {
        Rule stuck = new Rule().counted().finals(Duration.ofMillis(500)).after(Duration.ofMillis(1200));
        fakes.script("deepgram", stuck.hang());
        fakes.script(
                "deepgram-2", new Rule().counted().after(Duration.ofMillis(1)).hang());
        try (LiveCaller live = LiveCaller.open(caller, STREAM)) {
            String session = session(live);
            speak(live, 1, 5);
            awaitHeard(live, 1);
            live.say("CloseStream");
            live.await("end");

            JsonNode stored = caller.get("/transcripts/" + session).expect(200).json();
            assertThat(stored.get("transcript").asText()).startsWith("word1 word2");
            assertThat(stored.get("warnings").toString()).contains("may not have been heard to their end");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"'status': 401", "'status': 429", "'hang': true", "'cut': 'reset'"})
    void a_handshake_that_a_provider_refuses_is_the_next_ones(String refusal) {
        closeBreaker("refuses");
        fakes.script("deepgram-3", ("{" + refusal + "}").replace('\'', '"'));
        Caller refused = tenant("refused");
        Caller byAll = tenant("refused-by-all");
        try (LiveCaller live = LiveCaller.open(refused, STREAM)) {
            assertThat(live.await("session").get("provider").asText()).isEqualTo("second");
        }
        closeBreaker("refuses");

        Answer own = LiveCaller.refusal(byAll, STREAM);
        assertThat(own.expect(503).member("error")).contains("no provider could answer, try again");
        assertThat(LiveCaller.refusal(byAll, LISTEN).status()).isEqualTo(503);
    }

    private static void closeBreaker(String provider) {
        Caller admin = hub.admin();
        admin.send(admin.request("/providers/live/" + provider + "/breaker")
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString("{\"state\":\"closed\"}")))
                .expect(200);
    }

    @Test
    void a_provider_whose_host_is_not_known_is_passed_over() {
        try (LiveCaller live = LiveCaller.open(tenant("lost"), STREAM)) {
            assertThat(live.await("session").get("provider").asText()).isEqualTo("second");
        }
        Answer nobody = LiveCaller.refusal(tenant("lost-for-good"), STREAM);
        assertThat(nobody.expect(503).member("error")).contains("try again");
    }

    @Test
    void a_line_to_a_provider_on_which_nothing_passes_any_more_is_given_up() {
        try (LiveCaller live = LiveCaller.open(tenant("far"), STREAM)) {
            speak(live, 1, 10);
            awaitHeard(live, 2);
            cable.freeze();
            speak(live, 11, 30);
            assertThat(changed(live).get("from").asText()).isEqualTo("far");
            live.say("CloseStream");
            live.await("end");

            assertThat(finals(live)).isEqualTo(CountedAudio.words(1, 30));
        } finally {
            cable.mend();
        }
    }

    @Test
    void audio_that_every_provider_rejects_is_told_as_the_clients_fault() {
        Rule rejects = new Rule().after(Duration.ofMillis(500)).close(1008);
        fakes.script("deepgram", rejects);
        fakes.script("deepgram-2", rejects);
        try (LiveCaller live = LiveCaller.open(caller, STREAM);
                LiveCaller listen = LiveCaller.open(caller, LISTEN)) {
            speak(live, 1, 5);
            speak(listen, 1, 5);

            assertThat(live.await("error").get("error").asText()).contains("is it encoded as the stream says?");
            assertThat(live.awaitClose()).isEqualTo(1007);
            assertThat(listen.awaitClose()).isEqualTo(1008);
        }
    }

    // ---- clients
    // ------------------------------------------------------------------------------------------------------

    @Test
    void a_client_that_does_not_read_is_closed_before_it_costs_memory() {
        fakes.script("deepgram", new Rule().finals(Duration.ofSeconds(15)));
        double before = ended("slow_reader");
        byte[] second = new byte[16_000];
        try (RudeCaller deaf = RudeCaller.open(caller, STREAM)) {
            long until = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            assertThatThrownBy(() -> {
                        while (System.nanoTime() < until) { // faster than the hub makes sure that nobody reads
                            deaf.send(RudeCaller.BINARY, second);
                        }
                    })
                    .as("the hub ends the connection")
                    .isInstanceOf(UncheckedIOException.class);
        }
        assertThat(ended("slow_reader")).isEqualTo(before + 1);
        assertNothingIsLive();
    }

    @Test
    void a_ping_is_answered() {
        try (RudeCaller rude = RudeCaller.open(caller, LISTEN)) {
            rude.send(RudeCaller.PING, "there?".getBytes(StandardCharsets.US_ASCII));

            assertThat(rude.read()).satisfies(pong -> {
                assertThat(pong.first()).isEqualTo(0x8A);
                assertThat(pong.text()).isEqualTo("there?");
            });
        }
    }

    @Test
    void what_is_no_websocket_is_told_by_its_code() {
        byte[] large = new byte[700 * 1024];
        assertThat(closed(rude -> rude.sendRaw(new byte[] {(byte) RudeCaller.TEXT, 2, '{', '}'})))
                .as("a frame without a mask")
                .isEqualTo(1002);
        assertThat(closed(rude -> rude.send(0x83, new byte[2])))
                .as("a frame of no known kind")
                .isEqualTo(1002);
        assertThat(closed(rude -> rude.send(RudeCaller.TEXT, new byte[] {(byte) 0xFF, (byte) 0xFE})))
                .as("text that is none")
                .isEqualTo(1007);
        assertThat(closed(rude -> {
                    rude.send(RudeCaller.BINARY_BEGINS, large);
                    rude.send(RudeCaller.GOES_ON, large);
                }))
                .as("a message in parts that is too large")
                .isEqualTo(1009);
        assertThat(closed(rude -> rude.send(RudeCaller.BINARY, new byte[10 * 1024 * 1024])))
                .as("a frame that is too large")
                .isEqualTo(1009);
        assertNothingIsLive();
    }

    private static int closed(Consumer<RudeCaller> fault) {
        try (RudeCaller rude = RudeCaller.open(caller, STREAM)) {
            fault.accept(rude);
            return rude.awaitClose();
        }
    }

    @Test
    void frames_without_content_and_samples_in_pieces_do_no_harm() {
        try (LiveCaller live = LiveCaller.open(caller, STREAM)) {
            for (byte[] chunk : CountedAudio.chunks(5, 1)) {
                live.send(new byte[0]);
                live.send(Arrays.copyOf(chunk, 333));
                live.send(Arrays.copyOfRange(chunk, 333, chunk.length));
            }
            live.sayText("");
            assertThat(live.await("error").get("code").asText()).isEqualTo("unknown_message");
            live.say("CloseStream");
            live.await("end");

            assertThat(finals(live)).isEqualTo(CountedAudio.words(1, 5));
        }
    }

    @Test
    void a_file_that_is_sent_as_samples_is_told_for_what_it_is() {
        byte[] mp3 = new byte[160_000];
        new java.util.Random(1).nextBytes(mp3);
        System.arraycopy("ID3\4".getBytes(StandardCharsets.ISO_8859_1), 0, mp3, 0, 4);
        try (LiveCaller live = LiveCaller.open(tenant("embedded"), "/stream?encoding=linear16&sample_rate=16000")) {
            live.send(mp3);

            assertThat(live.await("error").get("error").asText()).startsWith("the audio begins like an MP3 file, ");
            assertThat(live.awaitClose()).isEqualTo(1007);
        }
    }

    @Test
    void an_hour_of_silence_is_a_transcript_without_words() {
        try (LiveCaller live = LiveCaller.open(caller, STREAM + "&interim_results=false")) {
            String session = session(live);
            int frames = 3600 * 16_000 / FRAME_BYTES;
            for (int i = 0; i < frames; i++) {
                live.send(new byte[FRAME_BYTES]);
            }
            live.say("CloseStream");
            assertThat(live.await("end").get("duration").asDouble()).isGreaterThan(3590);
            assertThat(stored(caller, session)).isEmpty();
        }
    }

    @Test
    void a_nul_character_that_cannot_be_stored_is_refused() {
        for (String query : List.of(
                "&userId=a%00b", "&metadata=" + "%7B%22a%22%3A%22%5Cu0000%22%7D", "&language=en%00x", "&model=no%00")) {
            Answer refused = LiveCaller.refusal(caller, STREAM + query);
            assertThat(refused.status()).as(query + " " + refused.text()).isEqualTo(422);
        }
        assertThat(LiveCaller.refusal(caller, LISTEN + "&extra=a:b%00").status())
                .isEqualTo(400);
        assertThat(LiveCaller.refusal(caller, LISTEN + "&language=en%00").status())
                .isEqualTo(400);
    }

    @Test
    void a_session_that_cannot_be_resumed_says_why() {
        String session;
        try (LiveCaller live = LiveCaller.open(caller, STREAM)) {
            session = session(live);
            speak(live, 1, 5);
            awaitHeard(live, 1);
            live.cut();
        }
        try (LiveCaller back = LiveCaller.open(caller, "/stream?session=" + session + "&after=1000000")) {
            back.await("resumed");
            back.cut();
        }
        Answer strange = LiveCaller.refusal(tenant("embedded"), "/stream?session=" + session);
        Answer unknown = LiveCaller.refusal(caller, "/stream?session=0190a7f8-0000-7000-8000-000000000000");
        Answer malformed = LiveCaller.refusal(caller, "/stream?session=garbage");
        Answer negative = LiveCaller.refusal(caller, "/stream?session=" + session + "&after=-1");

        assertThat(strange.expect(404).text())
                .isEqualTo(unknown.expect(404)
                        .text()
                        .replace(unknown.member("requestId"), strange.member("requestId"))
                        .replace("0190a7f8-0000-7000-8000-000000000000", session));
        assertThat(malformed.status()).isBetween(400, 422);
        assertThat(negative.expect(422).member("error")).contains("after");
        soon().untilAsserted(() -> assertThat(LiveCaller.refusal(caller, "/stream?session=" + session)
                        .expect(404)
                        .member("error"))
                .contains("/transcripts/" + session));
        assertThat(stored(caller, session)).isEqualTo(String.join(" ", CountedAudio.words(1, 5)));
    }

    @Test
    void a_line_to_a_client_on_which_nothing_passes_any_more_is_closed() {
        try (Cable line = Cable.to(URI.create(hub.url()).getPort())) {
            Caller behind = new Caller("http://127.0.0.1:" + line.port(), caller.key());
            try (LiveCaller live = LiveCaller.open(behind, LISTEN)) {
                speak(live, 1, 5);
                soon().until(() -> !live.messages("Results").isEmpty());
                line.freeze();

                assertNothingIsLive();
                line.mend();
                assertThat(live.awaitClose()).isEqualTo(1011);
            }
        }
    }

    @Test
    void two_thousand_who_knock_at_once_are_let_in_up_to_the_limit() {
        assertNothingIsLive();
        List<RudeCaller> all = new ArrayList<>();
        long began = System.nanoTime();
        for (int i = 0; i < KNOCKS; i++) {
            all.add(RudeCaller.knock(caller, LISTEN));
        }
        List<String> answers = all.stream().map(RudeCaller::answer).toList();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        double live = metric("live_sessions");
        all.forEach(RudeCaller::reset);
        long turns = 1 + took.dividedBy(SILENCE); // whoever says nothing makes room for another
        List<String> refused = answers.stream()
                .filter(answer -> !answer.startsWith("HTTP/1.1 101"))
                .toList();

        assertThat((long) answers.size() - refused.size())
                .as("let in, within " + took)
                .isLessThanOrEqualTo(STREAMS * turns)
                .isGreaterThan(STREAMS / 2);
        assertThat(refused)
                .allSatisfy(answer ->
                        assertThat(answer).startsWith("HTTP/1.1 503").contains("Retry-After: ", "Connection: close"));
        assertThat(live).isLessThanOrEqualTo(STREAMS);
        assertNothingIsLive();
    }

    // ---- the hub
    // ------------------------------------------------------------------------------------------------------

    @Test
    void a_stream_that_ends_while_the_database_is_away_is_stored_once_it_is_back() throws IOException {
        Caller teller = tenant("teller");
        try (LiveCaller live = LiveCaller.open(teller, STREAM)) {
            String session = session(live);
            speak(live, 1, 5);
            awaitHeard(live, 1);
            ProcessHandle.of(Long.parseLong(Files.readAllLines(hub.data().resolve("database/postmaster.pid"))
                            .get(0)
                            .strip()))
                    .orElseThrow()
                    .destroyForcibly();
            live.say("CloseStream");
            soon().until(() ->
                    !live.messages("end").isEmpty() || !live.messages("error").isEmpty());

            soon().until(() -> hub.nobody().get("/health/readiness").status() == 200);
            soon().until(() -> teller.get("/transcripts/" + session).status() == 200);
            assertThat(stored(teller, session)).isEqualTo(String.join(" ", CountedAudio.words(1, 5)));
            assertThat(teller.get("/transcripts").expect(200).json().get("transcripts"))
                    .hasSize(1);
            assertThat(teller.get("/usage")
                            .expect(200)
                            .json()
                            .at("/total/requests")
                            .asInt())
                    .isEqualTo(1);
        }
    }

    @Test
    void nothing_is_left_of_a_thousand_streams_that_are_aborted() throws Exception {
        abort(0, 60);
        Standing before = standing();

        abort(60, ABORTED);
        Standing after = standing();

        assertThat(after.parts()).as("of streams, in memory").isEqualTo(before.parts());
        assertThat(after.files())
                .as("open files, of which there were " + before.files())
                .isLessThan(before.files() + 20);
        assertThat(after.heapBytes())
                .as("heap, of which there were " + before.heapBytes())
                .isLessThan(before.heapBytes() + 8 * 1024 * 1024);
        assertRecognizerIsFree();
    }

    private static void abort(int from, int until) {
        fakes.script(
                "deepgram-5", new Rule().counted().after(Duration.ofMillis(200)).cut(Cut.reset()));
        ExecutorService many = Executors.newFixedThreadPool(AT_A_TIME);
        try {
            List<CompletableFuture<Void>> all = IntStream.range(from, until)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> abort(i), many))
                    .toList();
            all.forEach(CompletableFuture::join);
        } finally {
            many.shutdownNow();
        }
    }

    private static void abort(int number) {
        IntConsumer[] ways = {
            i -> opened(caller, LISTEN).reset(), // in mid-stream
            i -> opened(caller, LISTEN).close(),
            i -> RudeCaller.knock(caller, LISTEN).reset(), // in the handshake
            i -> opened(tenant("weak"), LISTEN).reset(), // while its provider fails
            i -> opened(caller, STREAM).reset(), // and does not come back
            i -> opened(tenant("embedded"), STREAM).close(),
        };
        ways[number % ways.length].accept(number);
    }

    /** A stream that has begun; the recognizer has fewer places than come, and sends some away. */
    private static RudeCaller opened(Caller by, String path) {
        RudeCaller open = RudeCaller.knock(by, path);
        if (open.answer().startsWith("HTTP/1.1 101")) {
            open.send(RudeCaller.BINARY, new byte[8_000]);
        }
        return open;
    }

    private record Standing(long files, long heapBytes, Map<String, Long> parts) {}

    /** What there is of streams once all are over. */
    private static Standing standing() throws IOException, InterruptedException {
        assertNothingIsLive();
        soon().untilAsserted(() -> assertThat(metric("live_sessions")).isZero());
        soon().untilAsserted(
                        () -> assertThat(metric("deepgram_active_connections")).isZero());
        soon().untilAsserted(() -> assertThat(fakes.counters("deepgram").open()
                        + fakes.counters("deepgram-2").open()
                        + fakes.counters("deepgram-5").open())
                .isZero());
        soon().pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(Histogram.taken().parts()).isEmpty());
        Histogram histogram = Histogram.taken();
        try (Stream<Path> files = Files.list(Path.of("/proc/" + hub.pid() + "/fd"))) {
            return new Standing(files.count(), histogram.bytes(), histogram.parts());
        }
    }

    /** What is in the hub's heap after a collection. */
    private record Histogram(Map<String, Long> parts, long bytes) {

        static Histogram taken() throws IOException, InterruptedException {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(hub.pid()),
                            "GC.class_histogram")
                    .start();
            List<String> lines = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            Map<String, Long> parts = new LinkedHashMap<>();
            for (String line : lines) {
                Matcher counted = COUNTED.matcher(line);
                if (counted.matches() && PARTS.contains(counted.group(2))) {
                    parts.put(counted.group(2), Long.parseLong(counted.group(1)));
                }
            }
            String total = lines.get(lines.size() - 1).strip();
            return new Histogram(parts, Long.parseLong(total.split("\\s+", -1)[2]));
        }
    }

    /** All places of the recognizer can be taken, and are as many as the hub says. */
    private static void assertRecognizerIsFree() {
        int places = 5 * Runtime.getRuntime().availableProcessors();
        List<RudeCaller> taken = new ArrayList<>();
        try {
            for (int i = 0; i < places; i++) {
                taken.add(RudeCaller.open(tenant("embedded"), STREAM));
            }
            assertThat(LiveCaller.refusal(tenant("embedded"), STREAM).status()).isEqualTo(503);
        } finally {
            taken.forEach(RudeCaller::close);
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void a_hub_that_stops_tells_its_clients_to_connect_again_and_stores_what_they_said() {
        List<LiveCaller> live = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            LiveCaller one = LiveCaller.open(caller, i % 2 == 0 ? STREAM : LISTEN);
            speak(one, 1, 5);
            live.add(one);
        }
        live.forEach(one -> soon().until(() -> !one.messages("transcript").isEmpty()
                || !one.messages("Results").isEmpty()));

        hub.terminate();

        assertThat(live).allSatisfy(one -> assertThat(one.awaitClose()).isEqualTo(1012));
        hub.awaitEnd();
        assertThat(hub.log()
                        .lines()
                        .filter(line -> line.contains("live.stored")
                                && line.contains("door=deepgram")
                                && line.contains("why=HUB_STOPS")))
                .as("those that cannot be resumed elsewhere")
                .hasSize(10);
    }
}
