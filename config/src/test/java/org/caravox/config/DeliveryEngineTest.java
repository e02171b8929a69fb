package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.caravox.deliveries.Delivery;
import org.caravox.deliveries.DeliveryEngine;
import org.caravox.deliveries.DeliveryMetrics;
import org.caravox.deliveries.DeliverySettings;
import org.caravox.deliveries.Lanes;
import org.caravox.deliveries.Outcome;
import org.caravox.events.Events;
import org.caravox.requests.RequestIds;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine on a real PostgreSQL, with carriers that answer when they like. */
class DeliveryEngineTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int MOST_BUSY_IN_A_LANE = 64;

    private static EmbeddedPostgres postgres;
    private static Jdbi database;

    private final String tenant = "tenant-" + RequestIds.next();
    private final List<Delivery> carried = new CopyOnWriteArrayList<>();

    @AutoClose("shutdownNow")
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);

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
    void while_nothing_can_be_written_down_little_is_sent_and_then_all_of_it_once() {
        endpoints(1, "none");
        happen(300);
        DeliveryEngine engine = engine("one");

        database.useTransaction(lock -> {
            lock.execute("lock table delivery_attempts in exclusive mode");
            engine.start(this::carryAtOnce);
            await().atMost(SOON).until(() -> carried.size() == MOST_BUSY_IN_A_LANE);
            await().during(Duration.ofSeconds(1)).atMost(SOON).until(() -> carried.size() == MOST_BUSY_IN_A_LANE);
        });

        await().atMost(SOON).until(() -> delivered() == 300);
        engine.stop();
        assertThat(carried).extracting(Delivery::id).doesNotHaveDuplicates().hasSize(300);
    }

    @Test
    void two_hubs_deliver_in_order_and_once_though_one_of_them_stops() {
        endpoints(10, "call");
        happen(60);
        DeliveryEngine one = engine("one");
        DeliveryEngine other = engine("other");

        one.start(this::carryInAWhile);
        other.start(this::carryInAWhile);
        await().atMost(SOON).until(() -> delivered() > 50);
        one.stop();
        await().atMost(SOON).until(() -> delivered() == 600);
        other.stop();

        assertThat(carried).extracting(Delivery::id).doesNotHaveDuplicates().hasSize(600);
        Map<String, Integer> latest = new ConcurrentHashMap<>();
        assertThat(carried).allSatisfy(delivery -> {
            int n = number(delivery);
            Integer before = latest.put(delivery.lane() + delivery.subject(), n);
            assertThat(n).isGreaterThan(before == null ? 0 : before);
        });
    }

    private void carryAtOnce(Delivery delivery, Consumer<Outcome> then) {
        carried.add(delivery);
        then.accept(Outcome.delivered());
    }

    private void carryInAWhile(Delivery delivery, Consumer<Outcome> then) {
        carried.add(delivery);
        ScheduledFuture<?> unused = threads.schedule(
                () -> then.accept(Outcome.delivered()),
                ThreadLocalRandom.current().nextInt(5),
                TimeUnit.MILLISECONDS);
    }

    private static int number(Delivery delivery) {
        try {
            return JSON.readTree(delivery.event()).at("/data/n").asInt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DeliveryEngine engine(String node) {
        Duration some = Duration.ofSeconds(10);
        DeliverySettings settings = new DeliverySettings(
                node, List.of(), 0, some, some, 16, 1000, Duration.ofDays(5), Duration.ofDays(30), true);
        Lanes lanes = new Lanes(database, JSON, settings, (handle, jobs) -> Map.of(), new Events(JSON, null));
        return new DeliveryEngine(lanes, settings, new DeliveryMetrics(new SimpleMeterRegistry()), Clock.systemUTC());
    }

    private void endpoints(int many, String ordering) {
        for (int i = 0; i < many; i++) {
            UUID id = UUID.randomUUID();
            database.useHandle(handle -> {
                handle.execute(
                        "insert into endpoints (id, tenant, kind, url, ordering) values (?, ?, 'webhook',"
                                + " 'https://example.com', ?)",
                        id,
                        tenant,
                        ordering);
                handle.execute("insert into endpoint_secrets (endpoint, secret) values (?, 'whsec_')", id);
            });
        }
    }

    /** To each endpoint, of four subjects. */
    private void happen(int events) {
        database.useHandle(handle -> handle.execute(
                "insert into events (tenant, type, subject, data) select ?, 'test.told', md5((n % 4)::text)::uuid,"
                        + " jsonb_build_object('n', n) from generate_series(1, ?) n order by n",
                tenant, events));
    }

    private int delivered() {
        return database.withHandle(handle -> handle.createQuery(
                        "select count(*) from deliveries where tenant = :tenant and status = 'delivered'")
                .bind("tenant", tenant)
                .mapTo(Integer.class)
                .one());
    }
}
