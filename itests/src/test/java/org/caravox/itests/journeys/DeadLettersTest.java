package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Kind;
import org.caravox.fakes.Rule;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.Project;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs that were given up: whose fault it was, and what their owner and the operator do about them. */
class DeadLettersTest {

    private static final String KEY = "an-openai-key-for-tests";

    @AutoClose
    private static FakeProviders fakes;

    @AutoClose
    private static SourceServer sources;

    private static RunningHub hub;

    private final Caller caller = hub.newTenant();
    private final String tenant = tenantOf(caller);

    @BeforeAll
    static void start() throws IOException {
        fakes = FakeProviders.start(0);
        sources = new SourceServer();
        Map<String, String> settings = SharedHub.quickSettings();
        settings.put("caravox.audio.max-duration", "60s");
        settings.put("caravox.secrets.openai", KEY);
        settings.put("caravox.transcription.providers.openai.kind", "openai");
        settings.put("caravox.transcription.providers.openai.credential", "openai");
        settings.put("caravox.transcription.providers.openai.models[0]", "whisper-1");
        settings.put("caravox.transcription.providers.openai.base-url", fakes.base("openai") + "/v1");
        settings.put("caravox.transcription.providers.openai.timeout", "2s");
        settings.put("caravox.transcription.chain.links[0].provider", "openai");
        settings.put("caravox.transcription.chain.links[1].provider", "vosk");
        hub = RunningHub.start(Files.createTempDirectory("caravox-dead-"), settings);
    }

    @AfterAll
    static void stop() {
        if (hub != null) {
            hub.closeAndForget();
        }
    }

    @BeforeEach
    void wellAgain() {
        fakes.reset();
        fakes.keys("openai", KEY);
        Caller admin = hub.admin();
        admin.send(admin.request("/providers/transcription/openai/breaker")
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString("{\"state\":\"closed\"}")))
                .expect(200);
    }

    private static String tenantOf(Caller caller) {
        return caller.get("/keys").expect(200).json().at("/keys/0/tenant").asText();
    }

    @Test
    void a_job_that_is_replayed_once_its_address_is_mended_keeps_its_id_and_its_history() {
        String job = byUrl(sources.url() + "/recordings/mended.wav", "mary");
        caller.awaitEnd(job);

        JsonNode letter = only(caller, "");
        sources.serve("mended.wav", Sample.PHONE_CLIP.bytes());
        Answer replayed = caller.post("/dead-letters/" + job + "/replay").expect(202);
        Answer ended = caller.awaitEnd(job);

        assertThat(letter.path("id").asText()).isEqualTo(job);
        assertThat(letter.path("kind").asText()).isEqualTo("job");
        assertThat(letter.path("fault").asText()).isEqualTo("caller");
        assertThat(letter.path("reason").asText()).isEqualTo("audioUrl answered with HTTP status 404");
        assertThat(letter.path("attempts").asInt()).isEqualTo(1);
        assertThat(letter.at("/firstError/error")).isEqualTo(letter.get("reason"));
        assertThat(replayed.member("id")).isEqualTo(job);
        assertThat(ended.member("status")).isEqualTo("completed");
        assertThat(ended.json().path("attempts").asInt()).isEqualTo(1);
        assertThat(ended.json().at("/failures/0/error")).isEqualTo(letter.get("reason"));
        assertThat(ended.json().path("failures")).hasSize(1);
        assertThat(ended.json().at("/failures/0").has("node")).isFalse();
        assertThat(letters(caller, "")).isEmpty();
        caller.get("/transcripts/" + job).expect(200);
    }

    @Test
    void attempts_and_errors_are_those_of_all_replays() {
        String job = byUrl(sources.url() + "/status/503", "mary");
        caller.awaitEnd(job);
        caller.post("/dead-letters/" + job + "/replay").expect(202);
        caller.awaitJob(
                job,
                state -> state.member("status").equals("failed")
                        && state.json().path("failures").size() == 6);

        JsonNode letter = only(caller, "");

        assertThat(letter.path("attempts").asInt()).isEqualTo(6);
        assertThat(letter.at("/firstError/attempt").asInt()).isEqualTo(1);
        assertThat(letter.at("/lastError/attempt").asInt()).isEqualTo(3);
        assertThat(letter.at("/firstError/at").asText())
                .isLessThan(letter.at("/lastError/at").asText());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            textBlock =
                    """
                    /recordings/none.wav       , caller     , HTTP status 404
                    /status/403                , caller     , HTTP status 403
                    /status/500                , caller     , HTTP status 500
                    /hang                      , caller     , did not answer in time
                    /drip                      , caller     , in time|its time was up
                    /break-off                 , caller     , could not be read
                    /circle                    , caller     , redirects in circles
                    http://nobody.invalid/a.wav, caller     , is not known
                    http://127.0.0.1:1/a.wav   , caller     , could not be read
                    /recordings/text.wav       , caller     , not a recording
                    /recordings/long.wav       , caller     , at most 60 s""")
    void what_is_wrong_with_the_callers_recording_is_the_callers_fault(String where, String fault, String said) {
        sources.serve(
                "text.wav", "This is no recording, but it has some length to it.".getBytes(StandardCharsets.UTF_8));
        sources.serve("long.wav", Wav.silence(61, 8000));

        String job = byUrl(where.startsWith("/") ? sources.url() + where : where, "mary");
        caller.awaitEnd(job);

        JsonNode letter = only(caller, "");
        assertThat(letter.path("reason").asText()).containsPattern(said);
        assertThat(letter.path("fault").asText()).as(letter.toString()).isEqualTo(fault);
        assertThat(caller.get("/jobs/" + job).member("fault")).isEqualTo(fault);
    }

    @Test
    void what_is_wrong_with_a_provider_is_the_hubs_fault() {
        Map<String, Rule> troubles = new LinkedHashMap<>();
        troubles.put("server_error", new Rule().status(500));
        troubles.put("rate_limited", new Rule().kind(Kind.RATE_LIMIT_NO_RETRY_AFTER));
        troubles.put("timeout", new Rule().hang());
        troubles.put("garbage", new Rule().kind(Kind.GARBAGE));
        troubles.forEach((why, rule) -> {
            wellAgain();
            fakes.script("openai", rule);
            String job = caller.submit(Sample.PHONE_CLIP.bytes(), Map.of("userId", why, "provider", "openai"));
            caller.awaitEnd(job);

            JsonNode letter = only(caller, "?userId=" + why);
            assertThat(letter.path("fault").asText()).as(why).isEqualTo("hub");
            assertThat(letter.path("attempts").asInt()).as(why).isEqualTo(3);
        });
        assertThat(letters(caller, "?fault=hub")).hasSize(4);
        assertThat(letters(caller, "?fault=caller")).isEmpty();
        assertThat(hub.nobody().get("/metrics").text()).contains("jobs_dead{fault=\"hub\"}");

        wellAgain();
        Answer replayed = caller.postJson("/dead-letters/replay", Map.of("fault", "hub"));

        assertThat(replayed.expect(202).json().path("replayed").asInt()).isEqualTo(4);
        caller.get("/jobs?limit=10")
                .json()
                .get("jobs")
                .findValuesAsText("jobId")
                .forEach(
                        job -> assertThat(caller.awaitEnd(job).member("status")).isEqualTo("completed"));
    }

    @Test
    void what_all_providers_say_no_to_is_the_callers_fault() {
        fakes.script("openai", new Rule().kind(Kind.BAD_REQUEST));
        caller.awaitEnd(caller.submit(Sample.PHONE_CLIP.bytes(), Map.of("provider", "openai")));

        JsonNode letter = only(caller, "");

        assertThat(letter.path("fault").asText()).isEqualTo("caller");
        assertThat(letter.path("reason").asText()).startsWith("no provider takes this request: openai");
        assertThat(letter.path("attempts").asInt()).isEqualTo(1);
    }

    @Test
    void they_are_listed_by_filter_and_page() {
        List<String> jobs = Stream.of("ann", "bob", "ann")
                .map(user -> byUrl(sources.url() + "/recordings/none.wav", user))
                .toList();
        jobs.forEach(caller::awaitEnd);

        Answer first = caller.get("/dead-letters?limit=2");
        Answer second = caller.get("/dead-letters?limit=2&cursor=" + first.member("nextCursor"));

        assertThat(ids(first)).containsExactly(jobs.get(2), jobs.get(1));
        assertThat(ids(second)).containsExactly(jobs.get(0));
        assertThat(second.json().has("nextCursor")).isFalse();
        assertThat(letters(caller, "?userId=ann")).hasSize(2);
        assertThat(letters(caller, "?q=STATUS%20404")).hasSize(3);
        assertThat(letters(caller, "?q=status%20500")).isEmpty();
        assertThat(letters(caller, "?kind=message")).isEmpty();
        assertThat(letters(caller, "?kind=job&fault=caller")).hasSize(3);
        assertThat(letters(caller, "?from=2000-01-01&to=2100-01-01")).hasSize(3);
        assertThat(letters(caller, "?to=2000-01-01")).isEmpty();
        assertThat(letters(caller, "?batch=" + jobs.get(0))).isEmpty();
    }

    @Test
    void one_that_is_discarded_is_off_the_list_and_its_job_can_still_be_looked_at() {
        String one = byUrl(sources.url() + "/recordings/none.wav", "ann");
        String other = byUrl(sources.url() + "/recordings/none.wav", "bob");
        Stream.of(one, other).forEach(caller::awaitEnd);

        caller.delete("/dead-letters/" + one).expect(200);

        assertThat(ids(caller.get("/dead-letters"))).containsExactly(other);
        Answer job = caller.get("/jobs/" + one).expect(200);
        assertThat(job.member("status")).isEqualTo("failed");
        assertThat(job.json().path("failures")).hasSize(1);
        assertThat(caller.delete("/dead-letters/" + one).expect(409).member("error"))
                .contains("discarded");
        assertThat(caller.post("/dead-letters/" + one + "/replay").expect(409).member("error"))
                .contains("discarded");

        assertThat(caller.postJson("/dead-letters/discard", Map.of("userId", "bob"))
                        .expect(200)
                        .json()
                        .path("discarded")
                        .asInt())
                .isEqualTo(1);
        assertThat(letters(caller, "")).isEmpty();
    }

    @Test
    void a_job_that_did_not_fail_is_no_dead_letter() {
        String job = caller.submit(Sample.PHONE_CLIP.bytes(), Map.of());
        caller.awaitEnd(job);

        assertThat(caller.post("/dead-letters/" + job + "/replay").expect(409).member("error"))
                .isEqualTo("job " + job + " is no dead letter: it is completed");
        caller.delete("/dead-letters/" + job).expect(409);
    }

    @Test
    void tenants_are_apart_and_the_operator_sees_all() {
        String job = byUrl(sources.url() + "/recordings/none.wav", "ann");
        caller.awaitEnd(job);
        Caller stranger = hub.newTenant();

        assertThat(letters(stranger, "")).isEmpty();
        stranger.get("/dead-letters?tenant=" + tenant).expect(404);
        stranger.delete("/dead-letters/" + job).expect(404);
        stranger.post("/dead-letters/" + job + "/replay").expect(404);
        assertThat(stranger.postJson("/dead-letters/replay", Map.of("all", true))
                        .expect(202)
                        .json()
                        .path("replayed")
                        .asInt())
                .isZero();
        assertThat(stranger.postJson("/dead-letters/discard", Map.of("all", true, "tenant", tenant))
                        .expect(404)
                        .member("error"))
                .isEqualTo("tenant " + tenant + " not found");

        JsonNode letter = only(hub.admin(), "?tenant=" + tenant);
        assertThat(letter.path("tenant").asText()).isEqualTo(tenant);
        assertThat(letter.at("/lastError/node").asText()).isNotEmpty();
        assertThat(only(caller, "").has("tenant")).isFalse();
        assertThat(ids(hub.admin().get("/dead-letters?limit=100"))).contains(job);
        hub.admin().delete("/dead-letters/" + job).expect(200);
        assertThat(letters(caller, "")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {}                              | say which dead letters are meant
                    {"all":false}                   | say which dead letters are meant
                    {"all":true,"fault":"hub"}      | all goes with no other filter than tenant
                    {"all":"yes"}                   | all must be true or false
                    {"fault":"nobody"}              | fault "nobody" is not known: use caller, hub
                    {"kind":"letter"}               | kind "letter" is not known: use job, message
                    {"batch":"mine"}                | batch must be an id like
                    {"from":"yesterday"}            | from must be a time like
                    {"from":"2026-02-01","to":"2026-01-01"} | from must be before to
                    {"reason":"404"}                | unknown field "reason"
                    {"q":""}                        | q is empty""")
    void a_filter_that_cannot_be_meant_so_is_refused_and_changes_nothing(String filter, String said) {
        String job = byUrl(sources.url() + "/recordings/none.wav", "ann");
        caller.awaitEnd(job);

        for (String path : List.of("/dead-letters/replay", "/dead-letters/discard")) {
            assertThat(caller.postJson(path, filter).expect(422).member("error"))
                    .contains(said);
        }

        assertThat(ids(caller.get("/dead-letters"))).containsExactly(job);
    }

    @Test
    void the_command_lists_replays_and_discards() throws Exception {
        String one = byUrl(sources.url() + "/recordings/command.wav", "ann");
        String other = byUrl(sources.url() + "/recordings/none.wav", "bob");
        Stream.of(one, other).forEach(caller::awaitEnd);

        assertThat(command("list", "--tenant", tenant, "--fault", "caller"))
                .contains(one, other, "HTTP status 404", "caller");
        sources.serve("command.wav", Sample.PHONE_CLIP.bytes());
        assertThat(command("replay", "--tenant", tenant, "--user", "ann")).contains("replayed 1");
        assertThat(caller.awaitEnd(one).member("status")).isEqualTo("completed");
        assertThat(command("discard", other)).contains("discarded 1");
        assertThat(letters(caller, "")).isEmpty();
        assertThat(command("replay")).contains("say which dead letters are meant");
    }

    private static String command(String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Stream.concat(Stream.of(Project.root().resolve("hub").toString(), "dead-letters"), Stream.of(arguments))
                        .toList());
        RunningHub.forSeconds(builder.environment());
        builder.environment().put("CARAVOX_URL", hub.url());
        builder.environment().put("CARAVOX_ADMIN_KEY", RunningHub.ADMIN_KEY);
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    private String byUrl(String url, String user) {
        return caller.postJson(
                        "/transcribe", Map.of("audioUrl", url, "userId", user, "mode", "async", "provider", "vosk"))
                .expect(202)
                .member("jobId");
    }

    private static JsonNode only(Caller of, String query) {
        List<JsonNode> found = letters(of, query);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static List<JsonNode> letters(Caller of, String query) {
        JsonNode letters = of.get("/dead-letters" + query).expect(200).json().get("deadLetters");
        return java.util.stream.StreamSupport.stream(letters.spliterator(), false)
                .toList();
    }

    private static List<String> ids(Answer answer) {
        return answer.expect(200).json().get("deadLetters").findValuesAsText("id");
    }
}
