package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.StreamSupport;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Rule;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.LiveCaller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.caravox.live.CountedAudio;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A hub stops while streams are live on it, and another one goes on with them. */
class LiveHandoverTest {

    private static final int STREAMS = 24;
    private static final int WORDS = 40;
    private static final Duration RESUME_WITHIN = Duration.ofSeconds(10);
    private static final String AUDIO = "/stream?encoding=linear16&sample_rate=8000";
    private static final int RESTART = 1012;

    private final byte[] audio = audio();
    private final FakeProviders fakes = FakeProviders.start(0);
    private EmbeddedPostgres postgres;

    @BeforeEach
    void start() throws IOException {
        postgres = EmbeddedPostgres.builder()
                .setLocaleConfig("locale", "C")
                .setPgBinaryResolver((system, hardware) ->
                        binaries(system + "-" + hardware)) // found twice: the hub's jar names them too
                .start();
        fakes.script("deepgram", new Rule().counted());
    }

    private static InputStream binaries(String machine) {
        return LiveHandoverTest.class.getResourceAsStream("/postgres-" + machine.toLowerCase(Locale.ROOT) + ".txz");
    }

    @AfterEach
    void stop() throws IOException {
        fakes.close();
        postgres.close();
    }

    private static byte[] audio() {
        List<byte[]> chunks = CountedAudio.chunks(WORDS, 1);
        byte[] all = new byte[chunks.stream().mapToInt(chunk -> chunk.length).sum()];
        int at = 0;
        for (byte[] chunk : chunks) {
            System.arraycopy(chunk, 0, all, at, chunk.length);
            at += chunk.length;
        }
        return all;
    }

    private RunningHub hub() {
        Map<String, String> settings = new LinkedHashMap<>(SharedHub.quickSettings());
        settings.put("spring.datasource.url", postgres.getJdbcUrl("postgres", "postgres"));
        settings.put("caravox.live.resume-within", RESUME_WITHIN.toSeconds() + "s");
        settings.put("caravox.secrets.deepgram", "fake");
        settings.put("caravox.live.chain.links[0].provider", "deepgram");
        settings.put(
                "caravox.live.providers.deepgram.base-url",
                fakes.base("deepgram").toString());
        try {
            return RunningHub.start(Files.createTempDirectory("caravox-handover-"), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int number(String sql) {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private void speak(LiveCaller live, int from, int until) {
        for (int at = from; at < until; at += 3200) {
            live.send(Arrays.copyOfRange(audio, at, Math.min(until, at + 3200)));
        }
    }

    private static List<String> words(LiveCaller live) {
        return live.messages("transcript").stream()
                .filter(message -> message.get("isFinal").asBoolean())
                .flatMap(message -> StreamSupport.stream(message.get("words").spliterator(), false))
                .map(word -> word.get("word").asText())
                .toList();
    }

    private static long lastSeq(LiveCaller live) {
        return live.messages("transcript").stream()
                .mapToLong(message -> message.get("seq").asLong())
                .max()
                .orElse(0);
    }

    @Test
    void streams_of_a_hub_that_stops_go_on_at_another_and_lose_and_double_no_word() {
        ExecutorService starters = Executors.newFixedThreadPool(2);
        CompletableFuture<RunningHub> second = CompletableFuture.supplyAsync(this::hub, starters);
        RunningHub first = hub();
        Caller there = first.newTenant();
        List<LiveCaller> before = new ArrayList<>();
        for (int i = 0; i <= STREAMS; i++) {
            before.add(LiveCaller.open(there, AUDIO + "&userId=user-" + i));
        }
        before.forEach(live -> speak(live, 0, audio.length * 5 / 8));
        before.forEach(live -> live.await("transcript"));
        RunningHub other = second.join();
        starters.shutdown();
        Caller here = new Caller(other.url(), there.key());

        first.terminate();
        before.forEach(live -> assertThat(live.awaitClose()).isEqualTo(RESTART));
        assertThat(before.get(0).await("error").get("error").asText()).contains("resume the session within 10 s");
        String forgotten = session(before.get(STREAMS));

        List<LiveCaller> after = before.subList(0, STREAMS).stream()
                .map(gone -> LiveCaller.open(here, "/stream?session=" + session(gone) + "&after=" + lastSeq(gone)))
                .toList();
        for (LiveCaller back : after) {
            speak(back, back.await("resumed").get("received").asInt(), audio.length);
            back.say("CloseStream");
        }
        for (int i = 0; i < STREAMS; i++) {
            assertNothingIsLostOrDoubled(here, before.get(i), after.get(i));
        }

        first.closeAndForget();
        Answer strange = LiveCaller.refusal(other.newTenant(), "/stream?session=" + forgotten);
        assertThat(strange.status()).isEqualTo(404);
        await("what nobody resumed is stored")
                .atMost(Duration.ofSeconds(40))
                .until(() -> here.get("/transcripts/" + forgotten).status() == 200);
        assertThat(here.get("/transcripts/" + forgotten)
                        .json()
                        .get("transcript")
                        .asText())
                .startsWith("word1 word2");
        assertThat(number("select count(*) from live_handovers")).isZero();
        assertThat(number("select count(*) from transcripts")).isEqualTo(STREAMS + 1);
        assertThat(number("select count(*) from usage where use = 'live'")).isEqualTo(STREAMS + 1);
        other.closeAndForget();
    }

    private static String session(LiveCaller live) {
        return live.await("session").get("sessionId").asText();
    }

    private static void assertNothingIsLostOrDoubled(Caller here, LiveCaller before, LiveCaller after) {
        String session = session(before);
        assertThat(after.await("end").get("transcriptId").asText()).isEqualTo(session);
        List<String> words = new ArrayList<>(words(before));
        words.addAll(words(after));
        assertThat(words).isEqualTo(CountedAudio.words(1, WORDS));
        JsonNode stored = here.get("/transcripts/" + session).expect(200).json();
        assertThat(stored.get("transcript").asText()).isEqualTo(String.join(" ", words));
        assertThat(stored.get("duration").asDouble()).isEqualTo(WORDS * CountedAudio.WORD_SECONDS);
    }
}
