package org.caravox.calls;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.caravox.events.Events;
import org.caravox.requests.RequestIds;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records of calls whose hub was lost, on a real PostgreSQL. */
class CallLogTest {

    private static final ObjectMapper JSON =
            JsonMapper.builder().addModule(new JavaTimeModule()).build();

    private static EmbeddedPostgres postgres;
    private static Jdbi database;

    private final String tenant = "tenant-" + RequestIds.next();
    private final UUID call = RequestIds.next();
    private final CallLog lost = log("hub-1");
    private final CallLog other = log("hub-2");

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
        lost.began(new CallRequest(
                call,
                tenant,
                "+1555",
                true,
                "carrier",
                "+1555",
                null,
                "1000",
                "answer-with-agent",
                "shop",
                call.toString(),
                "203.0.113.1:5060",
                "udp",
                false,
                Map.of(),
                null,
                Instant.now()));
    }

    private static CallLog log(String node) {
        return new CallLog(database, new Events(JSON, "events"), JSON, node, Clock.systemUTC());
    }

    @Test
    void the_call_of_a_hub_that_was_lost_is_ended_once_by_another() {
        lost.alive(Set.of(call));
        silentFor(89);
        assertThat(other.endLost()).isZero();
        silentFor(91);

        assertThat(other.endLost()).isOne();
        assertThat(other.endLost()).isZero();

        CallLog.Row row = other.get(tenant, call);
        assertThat(row.status()).isEqualTo("ended");
        assertThat(row.cause()).isEqualTo("hub_lost");
        assertThat(row.endedBy()).isEqualTo("hub");
        assertThat(events()).containsExactly("call.started", "call.ended");
    }

    @Test
    void a_hub_that_says_its_calls_go_on_keeps_them() {
        silentFor(91);
        lost.alive(Set.of(call));

        assertThat(other.endLost()).isZero();
        assertThat(other.get(tenant, call).status()).isEqualTo("ringing");
    }

    private void silentFor(int seconds) {
        database.useHandle(handle -> handle.execute(
                "update calls set alive_at = now() - ? * interval '1 second' where id = ?", seconds, call));
    }

    private List<String> events() {
        return database.withHandle(
                handle -> handle.createQuery("select type from outbox where tenant = ? order by event")
                        .bind(0, tenant)
                        .mapTo(String.class)
                        .list());
    }
}
