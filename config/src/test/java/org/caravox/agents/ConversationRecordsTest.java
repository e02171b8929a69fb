package org.caravox.agents;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.caravox.agents.ConversationTurn.Who;
import org.caravox.requests.RequestIds;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept of conversations, on a real PostgreSQL. */
class ConversationRecordsTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final TurnLatency LATENCY = new TurnLatency(
            Duration.ofMillis(150),
            Duration.ofMillis(400),
            Duration.ofMillis(800),
            Duration.ofMillis(950),
            Duration.ofMillis(970));

    private static EmbeddedPostgres postgres;
    private static Jdbi database;

    private final String tenant = "tenant-" + RequestIds.next();
    private final UUID call = RequestIds.next();
    private final ConversationRecords records = records();

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

    private static ConversationRecords records() {
        return new ConversationRecords(database, Clock.fixed(NOON.plusSeconds(600), ZoneOffset.UTC));
    }

    @BeforeEach
    void begin() {
        database.useHandle(handle -> handle.execute("insert into tenants values (?, 'whsec_', now())", tenant));
        records.begin(new ConversationRecord(call, tenant, "shop", "+1555", "mary", "sip", NOON, null, null));
        records.add(tenant, call, new ConversationTurn(1, Who.CALLER, "Hello\0.", false, NOON, null, List.of()));
        records.add(
                tenant,
                call,
                new ConversationTurn(2, Who.AGENT, "Hello Mary, how", true, NOON, LATENCY, List.of("book")));
    }

    @Test
    void a_conversation_is_read_back_turn_by_turn_by_its_tenant_only() {
        records.end(tenant, call, NOON.plusSeconds(60), "caller");

        assertThat(records.get(tenant, call))
                .isEqualTo(new ConversationRecord(
                        call, tenant, "shop", "+1555", "mary", "sip", NOON, NOON.plusSeconds(60), "caller"));
        assertThat(records.turns(tenant, call))
                .containsExactly(
                        new ConversationTurn(1, Who.CALLER, "Hello.", false, NOON, null, List.of()),
                        new ConversationTurn(2, Who.AGENT, "Hello Mary, how", true, NOON, LATENCY, List.of("book")));
        assertThat(records.find("another", call)).isEmpty();
        assertThat(records.turns("another", call)).isEmpty();
    }

    @Test
    void nobody_writes_into_the_conversation_of_another_tenant() {
        records.add("another", call, new ConversationTurn(3, Who.CALLER, "Mine.", false, NOON, null, List.of()));
        records.end("another", call, NOON, "theirs");

        assertThat(records.turns(tenant, call)).hasSize(2);
        assertThat(records.get(tenant, call).how()).isNull();
    }

    @Test
    void the_same_caller_is_remembered_by_the_same_agent_for_a_while() {
        UUID next = RequestIds.next();
        Duration hour = Duration.ofHours(1);
        assertThat(records.before(tenant, "shop", "+1555", next, hour)).isEmpty();
        records.end(tenant, call, NOON, "caller");

        assertThat(records.before(tenant, "shop", "+1555", next, hour)).hasSize(2);
        assertThat(records.before(tenant, "shop", "+1555", next, Duration.ofMinutes(5)))
                .isEmpty();
        assertThat(records.before(tenant, "shop", "+1666", next, hour)).isEmpty();
        assertThat(records.before(tenant, "bank", "+1555", next, hour)).isEmpty();
        assertThat(records.before("another", "shop", "+1555", next, hour)).isEmpty();
        assertThat(records.before(tenant, "shop", "+1555", call, hour)).isEmpty();
    }

    @Test
    void what_is_old_is_removed_with_its_turns() {
        records.clean(NOON.minusSeconds(1));
        assertThat(records.turns(tenant, call)).hasSize(2);

        records.clean(NOON.plusSeconds(1));
        assertThat(records.find(tenant, call)).isEmpty();
        assertThat(records.turns(tenant, call)).isEmpty();
    }
}
