package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Limits;
import org.caravox.tenants.Limits.Limit;
import org.caravox.tenants.SharedBuckets;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Hubs that share a database share their tenants' limits. */
class SharedBucketsTest {

    private static EmbeddedPostgres postgres;
    private static Jdbi database;

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().setLocaleConfig("locale", "C").start();
        DataSource source = postgres.getPostgresDatabase();
        Flyway.configure().dataSource(source).load().migrate();
        database = Jdbi.create(source);
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    private static Limits hub(Jdbi of, Limit limit) {
        return new Limits(tenant -> limit, new SharedBuckets(of, Clock.systemUTC()));
    }

    private static int letIn(List<Limits> hubs, String tenant, int requests) {
        AtomicInteger count = new AtomicInteger();
        IntStream.range(0, requests).parallel().forEach(i -> {
            try {
                hubs.get(i % hubs.size()).enter(tenant).release().run();
                count.incrementAndGet();
            } catch (Refusal e) {
                assertThat(e.retryAfter()).isPresent();
            }
        });
        return count.get();
    }

    @Test
    void three_hubs_let_in_no_more_than_one_but_for_what_they_have_not_told_each_other() {
        Limit limit = new Limit(1, 200, 1000);
        List<Limits> hubs = List.of(hub(database, limit), hub(database, limit), hub(database, limit));

        assertThat(letIn(hubs, "three", 2_000)).isBetween(200, 200 + 2 * 10 + 1);
    }

    @Test
    void a_small_burst_is_shared_too() {
        Limit limit = new Limit(1, 4, 1000);
        List<Limits> hubs = List.of(hub(database, limit), hub(database, limit));

        assertThat(letIn(hubs, "small", 100)).isBetween(4, 4 + 1 + 1);
    }

    @Test
    void a_hub_that_starts_finds_what_the_others_have_let_in() {
        Limit limit = new Limit(1, 3, 1000);
        letIn(List.of(hub(database, limit)), "late", 100);

        assertThatThrownBy(() -> hub(database, limit).enter("late"))
                .hasMessageContaining("over the limit of 1 requests a minute");
    }

    @Test
    void a_changed_limit_counts_at_once() {
        letIn(List.of(hub(database, new Limit(1, 3, 1000))), "changed", 100);

        assertThat(letIn(List.of(hub(database, new Limit(1, 30, 1000))), "changed", 100))
                .isEqualTo(30);
    }

    @Test
    void while_the_database_is_away_each_hub_counts_for_itself() {
        Jdbi away = Jdbi.create("jdbc:postgresql://127.0.0.1:1/none");
        Limit limit = new Limit(1, 5, 1000);

        assertThat(letIn(List.of(hub(away, limit)), "alone", 50)).isEqualTo(5);
    }

    @Test
    void buckets_that_are_full_again_are_removed() {
        hub(database, new Limit(1_000_000, 5, 1000)).enter("gone");
        database.useHandle(handle -> handle.execute(
                "update limit_buckets set expires_at = now() - interval '1 s'" + " where id like 'gone %'"));

        new SharedBuckets(database, Clock.systemUTC()).clean();

        List<String> left =
                database.withHandle(handle -> handle.createQuery("select id from limit_buckets where id like 'gone %'")
                        .mapTo(String.class)
                        .list());
        assertThat(left).isEmpty();
    }
}
