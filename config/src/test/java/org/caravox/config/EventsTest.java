package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.caravox.deliveries.DeliverySettings;
import org.caravox.deliveries.Lanes;
import org.caravox.events.Events;
import org.caravox.requests.RequestIds;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events on a real PostgreSQL: who is told of them, and for how long they are kept. */
class EventsTest {

    private static final LocalDate DAY = LocalDate.parse("2026-01-31");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static EmbeddedPostgres postgres;
    private static Jdbi database;

    private final String tenant = "tenant-" + RequestIds.next();
    private final Events events = new Events(JSON, null);

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
        database.useHandle(handle -> handle.execute("insert into tenants values (?, 'whsec_', now())", tenant));
    }

    @Test
    void an_event_that_nobody_listens_to_is_not_written() {
        record(events, "lead.scored");

        assertThat(types("events")).isEmpty();
    }

    @Test
    void an_event_is_written_for_endpoints_and_delivered_to_those_that_want_it() {
        endpoint("'{lead.scored}'", "null");
        endpoint("'{usage.daily}'", "null");
        endpoint("'{}'", "'$.data.n == 2'");

        record(events, "lead.scored");

        assertThat(types("events")).containsExactly("lead.scored");
        assertThat(types("deliveries")).containsExactly("lead.scored");
    }

    @Test
    void a_filter_that_cannot_be_applied_lets_an_event_through_and_keeps_nobody_from_writing_it() {
        endpoint("'{}'", "'$.timestamp.datetime() > \"2020-01-01\".datetime()'");

        record(events, "lead.scored");

        assertThat(types("deliveries")).containsExactly("lead.scored");
    }

    @Test
    void with_a_stream_all_events_are_written_and_go_there() {
        record(new Events(JSON, "caravox.events"), "lead.scored");

        assertThat(types("events")).containsExactly("lead.scored");
        assertThat(types("outbox")).containsExactly("lead.scored");
    }

    @Test
    void each_day_a_tenant_is_told_once_what_it_used() {
        endpoint("'{}'", "null");
        use("2026-01-30T23:59:59Z", 1);
        use("2026-01-31T00:00:00Z", 10);
        use("2026-01-31T23:59:59Z", 20);
        use("2026-02-01T00:00:00Z", 100);

        for (int again = 0; again < 2; again++) {
            database.useTransaction(handle -> events.recordUsage(handle, DAY));
        }

        assertThat(texts("select data ->> 'characters' from events where tenant = :tenant"))
                .containsExactly("30");
        assertThat(texts("select data ->> 'day' from events where tenant = :tenant"))
                .containsExactly("2026-01-31");
    }

    @Test
    void old_deliveries_and_lanes_that_nothing_is_in_are_removed() {
        endpoint("'{}'", "null");
        record(events, "lead.scored");
        database.useHandle(handle -> handle.execute("insert into lanes (id) values (?)", tenant));
        Lanes lanes = new Lanes(database, JSON, settings(), (handle, jobs) -> Map.of(), events);

        lanes.clean(Instant.now());
        assertThat(types("deliveries")).hasSize(1);
        lanes.clean(Instant.now().plus(settings().keep()).plusSeconds(60));

        assertThat(types("deliveries")).isEmpty();
        assertThat(texts("select id from lanes where id = :tenant")).isEmpty();
    }

    private void record(Events to, String type) {
        database.useTransaction(handle -> to.record(handle, tenant, type, UUID.randomUUID(), Map.of("n", 1)));
    }

    private void endpoint(String types, @Nullable String filter) {
        database.useHandle(handle -> handle.execute(
                "insert into endpoints (id, tenant, kind, url, types, filter) values (gen_random_uuid(), ?, 'webhook',"
                        + " 'https://example.com', " + types + ", " + filter + ")",
                tenant));
    }

    private void use(String at, int characters) {
        database.useHandle(handle -> handle.execute(
                "insert into usage values (gen_random_uuid(), 'speech', ?, 'p', 'm', 0, 0, 0, ?, true, false, null, ?)",
                tenant,
                characters,
                Instant.parse(at)));
    }

    private List<String> types(String table) {
        return texts("select type from " + table + " where tenant = :tenant");
    }

    private List<String> texts(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql)
                .bind("tenant", tenant)
                .mapTo(String.class)
                .list());
    }

    private static DeliverySettings settings() {
        Duration some = Duration.ofSeconds(10);
        return new DeliverySettings(
                "node", List.of(), 0, some, some, 1, 1, Duration.ofDays(5), Duration.ofDays(30), true);
    }
}
