package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.caravox.audit.Act;
import org.caravox.audit.AuditLog;
import org.caravox.jobs.DeadLetter;
import org.caravox.jobs.DeadLetter.Kind;
import org.caravox.jobs.DeadLetterFilter;
import org.caravox.jobs.DeadLetters;
import org.caravox.jobs.Fault;
import org.caravox.jobs.JobSettings;
import org.caravox.jobs.MessageReplay;
import org.caravox.jobs.RefusedMessage;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead letters on a real PostgreSQL: messages that could not become jobs, and jobs by the ten thousand. */
class DeadLettersTest {

    private static EmbeddedPostgres postgres;
    private static Jdbi database;

    private static final Duration KEPT = Duration.ofDays(400);

    private final Intake intake = new Intake();
    private DeadLetters letters;
    private AuditLog audit;
    private final String tenant = "tenant-" + RequestIds.next();

    /** Takes in messages, unless it is told why not. */
    private static final class Intake implements MessageReplay {
        private final List<RefusedMessage> taken = new ArrayList<>();
        private @Nullable Refusal refusal;

        @Override
        public Optional<Refusal> replay(Handle handle, RefusedMessage message) {
            if (refusal == null) {
                taken.add(message);
            }
            return Optional.ofNullable(refusal);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().setLocaleConfig("locale", "C").start();
        Flyway.configure().dataSource(postgres.getPostgresDatabase()).load().migrate();
        database = Jdbi.create(postgres.getPostgresDatabase());
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void begin() {
        letters = new DeadLetters(database, intake);
        audit = new AuditLog(database, new ObjectMapper(), "here", null, KEPT);
        database.useHandle(handle -> {
            handle.execute("delete from refused_messages");
            handle.execute("delete from jobs");
            handle.execute("insert into tenants (id, webhook_secret, created_at) values (?, '', now())", tenant);
        });
    }

    private static UUID message(@Nullable String tenant, String reason) {
        UUID id = RequestIds.next();
        database.useHandle(handle -> handle.execute(
                "insert into refused_messages (id, tenant, source, origin, message_id, reason, headers, body, at)"
                        + " values (?, ?, 'kafka', 'calls.in', 'm-1', ?, cast('{\"a\":\"b\"}' as jsonb), ?, now())",
                id,
                tenant,
                reason,
                "{".getBytes(StandardCharsets.UTF_8)));
        return id;
    }

    private void failedJobs(int count) {
        database.useHandle(handle -> handle.execute(
                """
                insert into jobs (id, tenant, user_id, status, priority, request, attempts, error, fault, created_at,
                                  due_at, ended_at, dispatched_at, webhook_url, webhook_status)
                select gen_random_uuid(), ?, 'mary', 'failed', 5, '{}', 3, 'no provider could answer', 'hub', now(), now(),
                       now(), now(), 'https://example.com', 'delivered'
                from generate_series(1, ?)""",
                tenant,
                count));
    }

    private List<DeadLetter> listed(@Nullable String of) {
        return letters.list(DeadLetterFilter.all(of), of == null, null, 100);
    }

    @Test
    void a_message_is_listed_for_its_tenant_and_one_of_nobody_known_for_operators_only() {
        UUID theirs = message(tenant, "audioUrl is missing");
        UUID nobodys = message(null, "no tenant is named");

        DeadLetter letter = listed(tenant).get(0);

        assertThat(listed(tenant)).extracting(DeadLetter::id).containsExactly(theirs);
        assertThat(listed(null)).extracting(DeadLetter::id).containsExactly(nobodys, theirs);
        assertThat(letter.kind()).isEqualTo(Kind.MESSAGE);
        assertThat(letter.fault()).isEqualTo("caller");
        assertThat(letter.origin()).isEqualTo("calls.in");
        assertThat(letter.firstError().error()).isEqualTo("audioUrl is missing");
        assertThat(letters.count(Fault.CALLER)).isEqualTo(2);
        assertThat(letters.count(Fault.HUB)).isZero();
    }

    @Test
    void a_message_that_is_replayed_is_taken_in_as_it_came() {
        UUID id = message(tenant, "audioUrl is missing");

        DeadLetter.Name replayed = letters.replay(tenant, id);

        assertThat(replayed).isEqualTo(new DeadLetter.Name(id, Kind.MESSAGE));
        assertThat(intake.taken).singleElement().satisfies(message -> {
            assertThat(message.tenant()).isEqualTo(tenant);
            assertThat(message.messageId()).isEqualTo("m-1");
            assertThat(message.headers()).isEqualTo("{\"a\": \"b\"}");
            assertThat(message.body()).asString(StandardCharsets.UTF_8).isEqualTo("{");
        });
        assertThat(listed(null)).isEmpty();
    }

    @Test
    void a_message_that_is_refused_once_more_stays_with_the_new_reason() {
        UUID id = message(tenant, "audioUrl is missing");
        intake.refusal = Refusal.invalid("userId is missing");

        assertThatThrownBy(() -> letters.replay(tenant, id)).isSameAs(intake.refusal);
        DeadLetters.Replayed many = letters.replay(DeadLetterFilter.all(tenant));

        assertThat(many).isEqualTo(new DeadLetters.Replayed(0, 1, false));
        assertThat(listed(tenant)).extracting(DeadLetter::reason).containsExactly("userId is missing");
    }

    @Test
    void a_change_that_is_refused_leaves_no_act_and_a_message_its_new_reason() {
        UUID id = message(tenant, "audioUrl is missing");
        intake.refusal = Refusal.invalid("userId is missing");

        assertThatThrownBy(() -> audit.together(() -> letters.replay(tenant, id), done -> act(id)))
                .isSameAs(intake.refusal);

        assertThat(acts()).isEmpty();
        assertThat(listed(tenant)).extracting(DeadLetter::reason).containsExactly("userId is missing");
    }

    @Test
    void a_change_whose_act_cannot_be_written_is_not_made() {
        UUID id = message(tenant, "audioUrl is missing");

        assertThatThrownBy(() -> audit.together(() -> letters.discard(tenant, id), done -> {
                    throw new IllegalStateException("no act");
                }))
                .hasMessage("no act");

        assertThat(listed(tenant)).hasSize(1);
    }

    @Test
    void an_act_is_kept_as_long_as_the_setting_says() {
        UUID id = message(tenant, "audioUrl is missing");
        audit.together(() -> letters.discard(tenant, id), done -> act(id));

        audit.clean(Instant.now());
        assertThat(acts()).extracting(AuditLog.Entry::subject).containsExactly(id.toString());
        audit.clean(Instant.now().plus(KEPT).plusSeconds(1));

        assertThat(acts()).isEmpty();
    }

    private Optional<Act> act(UUID subject) {
        return Optional.of(new Act(tenant, "key", false, "dead-letter.discarded", subject.toString(), Map.of()));
    }

    private List<AuditLog.Entry> acts() {
        return audit.list(new AuditLog.Search(tenant, null, null, null, null, null, 10), true);
    }

    @Test
    void a_hub_that_takes_in_no_messages_says_so_and_keeps_them() {
        UUID id = message(tenant, "audioUrl is missing");
        DeadLetters without = new DeadLetters(database, MessageReplay.NONE);

        assertThatThrownBy(() -> without.replay(tenant, id))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Refusal.Reason.CONFLICT))
                .hasMessageContaining("cannot be replayed");
        assertThat(listed(tenant)).extracting(DeadLetter::reason).containsExactly("audioUrl is missing");
    }

    @Test
    void a_message_of_another_tenant_or_of_nobody_known_can_be_neither_replayed_nor_discarded() {
        UUID nobodys = message(null, "no tenant is named");

        assertThatThrownBy(() -> letters.replay(tenant, nobodys)).hasMessageContaining("not found");
        assertThatThrownBy(() -> letters.discard(tenant, nobodys)).hasMessageContaining("not found");
        assertThat(letters.replay(DeadLetterFilter.all(tenant)).replayed()).isZero();
        assertThat(letters.discard(DeadLetterFilter.all(tenant)).discarded()).isZero();
        assertThat(letters.discard(null, nobodys).kind()).isEqualTo(Kind.MESSAGE);
        assertThat(listed(null)).isEmpty();
    }

    @Test
    void messages_that_are_older_than_ended_jobs_are_kept_are_removed() {
        message(tenant, "audioUrl is missing");
        Duration month = Duration.ofDays(30);
        JobSettings settings = new JobSettings("node", month, 1, month, month, 0, month, month);

        letters.clean(settings, Instant.now().plusSeconds(29L * 24 * 3600));
        assertThat(listed(tenant)).hasSize(1);
        letters.clean(settings, Instant.now().plusSeconds(31L * 24 * 3600));
        assertThat(listed(tenant)).isEmpty();
    }

    @Test
    void jobs_are_replayed_by_the_ten_thousand_and_are_to_be_dispatched_anew() {
        failedJobs(10_500);
        DeadLetterFilter hubs = new DeadLetterFilter(tenant, null, Fault.HUB, null, "mary", null, null, "PROVIDER");

        assertThat(letters.count(Fault.HUB)).isEqualTo(10_500);
        assertThat(letters.replay(hubs)).isEqualTo(new DeadLetters.Replayed(10_000, 0, true));
        assertThat(letters.replay(hubs)).isEqualTo(new DeadLetters.Replayed(500, 0, false));

        assertThat(listed(null)).isEmpty();
        assertThat(jobs("status = 'queued' and attempts = 0 and dispatched_at is null and ended_at is null"
                        + " and webhook_status = 'waiting' and error is null and fault is null"))
                .isEqualTo(10_500);
    }

    @Test
    void jobs_that_are_discarded_are_kept() {
        failedJobs(3);

        assertThat(letters.discard(DeadLetterFilter.all(tenant))).isEqualTo(new DeadLetters.Discarded(3, false));

        assertThat(listed(tenant)).isEmpty();
        assertThat(letters.count(Fault.HUB)).isZero();
        assertThat(letters.replay(DeadLetterFilter.all(tenant)).replayed()).isZero();
        assertThat(jobs("status = 'failed' and discarded_at is not null")).isEqualTo(3);
    }

    @Test
    void jobs_of_before_faults_were_told_apart_are_the_hubs() {
        failedJobs(1);
        database.useHandle(handle -> handle.execute("update jobs set fault = null, error = null"));

        DeadLetter letter = listed(tenant).get(0);

        assertThat(letter.fault()).isEqualTo("hub");
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.lastError().error()).isEqualTo(letter.reason());
    }

    private static long jobs(String where) {
        return database.withHandle(handle -> handle.createQuery("select count(*) from jobs where " + where)
                .mapTo(Long.class)
                .one());
    }
}
