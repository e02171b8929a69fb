package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.standardwebhooks.Webhook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.caravox.fakes.receivers.Kind;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.services.Service;
import org.caravox.itests.sources.EndpointsServer;
import org.caravox.itests.sources.EndpointsServer.Posted;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Events get to endpoints, whatever hubs and endpoints do: none is lost, and the sick keep nobody else waiting. */
class DeliveryFaultsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String OLD_SECRET = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    private static final int EVENTS_AN_ENDPOINT = 400;
    private static final int MOST_BUSY_IN_A_LANE = 64;
    private static final int EVENTS_OF_A_RESTART = 600;
    private static final int SUBJECTS = 6;
    private static final int PROBES_AN_ENDPOINT = 10;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration DELIVERED_WITHIN = Duration.ofSeconds(90);
    private static final Map<String, String> SETTINGS = settings();

    private static Cluster cluster;
    private static EndpointsServer endpoints;

    private static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("caravox.deliveries.lease", "2s");
        settings.put("caravox.deliveries.timeout", TIMEOUT.toSeconds() + "s");
        for (int i = 0; i < 10; i++) {
            settings.put("caravox.deliveries.retries[" + i + "]", i < 2 ? "300ms" : "1m");
        }
        return settings;
    }

    @BeforeAll
    static void start() throws IOException {
        cluster = new Cluster("deliveries");
        endpoints = new EndpointsServer();
        cluster.worker(SETTINGS);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
            endpoints.close();
        }
    }

    @Test
    void a_hub_is_killed_while_it_delivers_to_fifty_endpoints_of_which_a_third_is_sick() {
        RunningHub victim = cluster.worker(SETTINGS);
        tenant("many");
        List<String> ordered = make("many", Kind.WELL, "ordered", 10, "call");
        List<String> well = make("many", Kind.WELL, "well", 20, "none");
        List<String> huge = make("many", Kind.HUGE, "huge", 4, "none");
        for (Kind kind : List.of(Kind.FAILING, Kind.SLOW, Kind.CLOSING, Kind.REDIRECTING)) {
            make("many", kind, "sick", 4, "none");
        }
        happen(1, EVENTS_AN_ENDPOINT, "");
        await().atMost(DELIVERED_WITHIN).until(() -> delivered() > 100);

        victim.kill9();
        cluster.forget(victim);

        int arriving = (ordered.size() + well.size() + huge.size()) * EVENTS_AN_ENDPOINT;
        await("all that can arrive has arrived")
                .atMost(DELIVERED_WITHIN.multipliedBy(2))
                .untilAsserted(() -> assertThat(delivered()).isEqualTo(arriving));
        assertThat(number("select count(*) from deliveries d join endpoints e on e.id = d.endpoint"
                        + " where d.tenant = 'many' and d.attempts = 0 and e.url like '%/slow/%'"))
                .as("what slow ones have not even been tried with, when the well ones have all of theirs")
                .isPositive();
        assertThat(percentileOfProbes())
                .as("99th percentile of what well ones wait meanwhile, against one request to a slow one")
                .isLessThan(TIMEOUT.dividedBy(2));
        assertThat(number("select count(*) from deliveries where tenant = 'many'"))
                .isEqualTo(50 * EVENTS_AN_ENDPOINT + (ordered.size() + well.size()) * PROBES_AN_ENDPOINT);
        assertThat(number("select count(*) from deliveries d join endpoints e on e.id = d.endpoint where d.status ="
                        + " 'delivered' and e.url similar to '%/(failing|slow|closing|redirecting)/%'"))
                .isZero();
        ordered.forEach(name -> assertOrdered(endpoints.posted(Kind.WELL, name)));
        int duplicates = 0;
        for (String name : concat(ordered, well)) {
            List<Posted> posted = endpoints.posted(Kind.WELL, name);
            Set<String> ids = ids(posted);
            assertThat(ids).hasSize(EVENTS_AN_ENDPOINT + PROBES_AN_ENDPOINT);
            duplicates += posted.size() - ids.size();
        }
        assertThat(duplicates)
                .as("what came twice")
                .isLessThanOrEqualTo((ordered.size() + well.size()) * MOST_BUSY_IN_A_LANE);
        assertThat(endpoints.posted(Kind.WELL, "redirected")).isEmpty();
        assertThat(faults("many")).contains("status", "timeout", "connection");
        cluster.execute("update endpoints set status = 'deleted' where tenant = 'many'");
    }

    /** To each of the fifty, or of those that a condition means. */
    private static void happen(int from, int to, String condition) {
        cluster.execute("insert into events (tenant, type, subject, data) select 'many', 'test.' || e.description,"
                + " md5(e.id::text || n % " + SUBJECTS + ")::uuid, jsonb_build_object('n', n, 'subject', n % "
                + SUBJECTS
                + ") from generate_series(" + from + ", " + to + ") n, endpoints e where e.tenant = 'many'"
                + condition + " order by n");
    }

    /** How long 99 of 100 take from what happens to a well endpoint's thanks, one event each at a time. */
    private static Duration percentileOfProbes() {
        int before = number("select max(seq) from events");
        for (int n = EVENTS_AN_ENDPOINT + 1; n <= EVENTS_AN_ENDPOINT + PROBES_AN_ENDPOINT; n++) {
            happen(n, n, " and e.url like '%/well/%'");
            await().atMost(DELIVERED_WITHIN)
                    .until(() -> number("select count(*) from deliveries where tenant = 'many' and seq > " + before
                                    + " and status = 'pending'")
                            == 0);
        }
        return Duration.ofMillis(number("select percentile_disc(0.99) within group"
                + " (order by extract(epoch from ended_at - created_at) * 1000)::int from deliveries"
                + " where tenant = 'many' and seq > " + before));
    }

    private static void assertOrdered(List<Posted> posted) {
        Map<Integer, List<Integer>> first = new LinkedHashMap<>();
        for (Posted each : posted) {
            JsonNode data = json(each).path("data");
            List<Integer> seen = first.computeIfAbsent(data.path("subject").asInt(), subject -> new ArrayList<>());
            if (!seen.contains(data.path("n").asInt())) {
                seen.add(data.path("n").asInt());
            }
        }
        assertThat(first).hasSize(SUBJECTS);
        assertThat(first.values()).allSatisfy(seen -> assertThat(seen).isSorted());
    }

    @Test
    void the_database_is_restarted_while_deliveries_are_under_way() {
        tenant("restarted");
        List<String> names = make("restarted", Kind.WELL, "restarted", 2, "call");
        for (String name : names) {
            cluster.execute(
                    "insert into events (tenant, type, subject, data) select 'restarted', 'test." + Kind.WELL + name
                            + "', md5((n % " + SUBJECTS + ")::text)::uuid, jsonb_build_object('n', n, 'subject', n % "
                            + SUBJECTS
                            + ") from generate_series(1, " + EVENTS_OF_A_RESTART + ") n");
        }
        await().atMost(DELIVERED_WITHIN).until(() -> names.stream()
                .allMatch(name -> endpoints.posted(Kind.WELL, name).size() > 10));

        cluster.services().stop(Service.POSTGRESQL);
        cluster.services().start(Service.POSTGRESQL);

        for (String name : names) {
            await().atMost(DELIVERED_WITHIN)
                    .until(() -> ids(endpoints.posted(Kind.WELL, name)).size() == EVENTS_OF_A_RESTART);
            assertOrdered(endpoints.posted(Kind.WELL, name));
        }
        await("all is written down")
                .atMost(DELIVERED_WITHIN)
                .ignoreExceptions()
                .until(() ->
                        number("select count(*) from deliveries where tenant = 'restarted' and status = 'delivered'")
                                == names.size() * EVENTS_OF_A_RESTART);
    }

    @Test
    void a_message_is_signed_with_each_secret_and_carries_the_endpoints_headers() throws Exception {
        tenant("signed");
        UUID endpoint = make("signed", Kind.WELL, "signed");
        cluster.execute("update endpoint_secrets set expires_at = now() + interval '1 hour' where endpoint = '"
                + endpoint
                + "'; insert into endpoint_secrets (endpoint, secret) values ('" + endpoint + "', '" + OLD_SECRET
                + "'); update endpoints set headers = '{\"X-Team\": \"sales\", \"Host\": \"elsewhere\"}',"
                + " signatures = 'v1,v1a' where id = '" + endpoint + "'");

        tell("signed", "{\"n\": 1}");

        Posted posted = first(Kind.WELL, "signed");
        new Webhook(SECRET).verify(posted.body(), posted.headers());
        new Webhook(OLD_SECRET).verify(posted.body(), posted.headers());
        assertThat(posted.header("webhook-signature")).matches("v1,\\S+ v1a,\\S+ v1,\\S+ v1a,\\S+");
        assertThat(posted.header("webhook-id")).startsWith("evt_");
        assertThat(posted.header("x-team")).isEqualTo("sales");
        assertThat(posted.header("host")).startsWith("127.0.0.1");
        assertThat(json(posted).fieldNames()).toIterable().containsExactly("type", "timestamp", "data");
    }

    @Test
    void an_endpoint_may_have_cloud_events() {
        tenant("clouds");
        UUID endpoint = make("clouds", Kind.WELL, "clouds");
        cluster.execute("update endpoints set format = 'cloudevents' where id = '" + endpoint + "'");

        tell("clouds", "{\"n\": 1}");

        Posted posted = first(Kind.WELL, "clouds");
        assertThat(posted.header("content-type")).startsWith("application/cloudevents+json");
        assertThat(json(posted).path("specversion").asText()).isEqualTo("1.0");
        assertThat(json(posted).path("id").asText()).isEqualTo(posted.header("webhook-id"));
    }

    @Test
    void an_endpoint_that_is_gone_is_disabled_at_once_and_the_others_are_told() {
        tenant("gone");
        make("gone", Kind.GONE, "gone");
        make("gone", Kind.WELL, "witness");

        tell("gone", "{}");

        await().atMost(DELIVERED_WITHIN).untilAsserted(() -> assertThat(endpoints.posted(Kind.WELL, "witness"))
                .anySatisfy(
                        posted -> assertThat(json(posted).path("type").asText()).isEqualTo("endpoint.disabled")));
        assertThat(number("select count(*) from endpoints where tenant = 'gone' and status = 'disabled'"
                        + " and reason like '%410%'"))
                .isEqualTo(1);
    }

    @Test
    void an_endpoint_that_fails_for_days_is_disabled_and_gets_what_it_missed_when_it_is_active_again() {
        tenant("days");
        UUID endpoint = make("days", Kind.FAILING, "days");
        cluster.execute("update endpoints set failing_since = now() - interval '6 days' where id = '" + endpoint + "'");

        tell("days", "{\"n\": 1}");
        await().atMost(DELIVERED_WITHIN)
                .until(() ->
                        number("select count(*) from endpoints where tenant = 'days' and status = 'disabled'") == 1);
        tell("days", "{\"n\": 2}");
        cluster.execute("update endpoints set status = 'active', failing_since = null, url = '"
                + endpoints.url(Kind.WELL, "days") + "' where id = '" + endpoint + "'");

        await().atMost(DELIVERED_WITHIN).untilAsserted(() -> assertThat(endpoints.posted(Kind.WELL, "days"))
                .extracting(posted -> json(posted).at("/data/n").asInt())
                .contains(1, 2));
    }

    @Test
    void a_token_that_is_not_accepted_any_more_is_renewed_once() {
        tenant("tokens");
        UUID endpoint = make("tokens", Kind.GUARDED, "tokens");
        cluster.execute("update endpoints set auth = '{\"type\": \"oauth2\", \"tokenUrl\": \""
                + endpoints.url(Kind.GUARDED, "tokens/token") + "\", \"clientId\": \"me\", \"clientSecret\": \"s\"}'"
                + " where id = '" + endpoint + "'");

        tell("tokens", "{}");

        await().atMost(DELIVERED_WITHIN)
                .until(() -> number("select count(*) from deliveries where tenant = 'tokens' and status = 'delivered'"
                                + " and attempts = 1")
                        == 1);
        assertThat(endpoints.posted(Kind.GUARDED, "tokens/token")).hasSize(2);
        assertThat(endpoints.posted(Kind.GUARDED, "tokens").get(1).header("authorization"))
                .isEqualTo("Bearer token-2");
    }

    @Test
    void what_is_in_the_way_is_told_in_plain_words() {
        tenant("faults");
        UUID unknown = make("faults", Kind.WELL, "unknown");
        cluster.execute("update endpoints set url = 'http://no-such-host.invalid/' where id = '" + unknown + "'");
        UUID refused = make("faults", Kind.WELL, "refused");
        cluster.execute("update endpoints set url = 'http://127.0.0.1:1/' where id = '" + refused + "'");
        UUID forbidden = make("faults", Kind.WELL, "forbidden");
        cluster.execute("update endpoints set url = 'http://169.254.169.254/' where id = '" + forbidden + "'");
        UUID plain = make("faults", Kind.WELL, "plain");
        cluster.execute("update endpoints set url = 'https://127.0.0.1:"
                + cluster.services().port(Service.RABBITMQ) + "/' where id = '" + plain + "'");

        tell("faults", "{}");

        await().atMost(DELIVERED_WITHIN)
                .untilAsserted(() -> assertThat(faults("faults")).contains("dns", "connection", "address", "tls"));
        cluster.execute("update endpoints set status = 'deleted' where tenant = 'faults'");
    }

    @Test
    void an_endpoint_gets_no_more_a_second_than_it_asks_for() {
        tenant("rate");
        UUID endpoint = make("rate", Kind.WELL, "rate");
        cluster.execute("update endpoints set rate = 5 where id = '" + endpoint + "'");

        cluster.execute("insert into events (tenant, type, subject, data)"
                + " select 'rate', 'test.told', gen_random_uuid(), '{}' from generate_series(1, 15)");

        await().atMost(DELIVERED_WITHIN)
                .until(() ->
                        number("select count(*) from deliveries where tenant = 'rate' and status = 'delivered'") == 15);
        assertThat(number("select extract(epoch from max(a.at) - min(a.at)) * 10 from delivery_attempts a"
                        + " join deliveries d on d.id = a.delivery where d.tenant = 'rate'"))
                .as("five at once and then five a second, in tenths of a second")
                .isGreaterThan(17);
    }

    @Test
    void a_subject_waits_behind_one_that_was_given_up_until_that_is_discarded() {
        tenant("parked");
        UUID endpoint = make("parked", Kind.WELL, "parked");
        cluster.execute(
                "update endpoints set ordering = 'call', when_exhausted = 'park', status = 'paused' where id = '"
                        + endpoint + "'");
        UUID subject = UUID.randomUUID();
        for (int n = 1; n <= 2; n++) {
            cluster.execute("insert into events (tenant, type, subject, data) values ('parked', 'test.told', '"
                    + subject + "', '{\"n\": " + n + "}')");
        }
        tell("parked", "{\"n\": 3}");
        cluster.execute("update deliveries set status = 'failed' where tenant = 'parked'"
                + " and seq = (select min(seq) from deliveries where tenant = 'parked')");

        cluster.execute("update endpoints set status = 'active' where id = '" + endpoint + "'");
        assertThat(json(first(Kind.WELL, "parked")).at("/data/n").asInt()).isEqualTo(3);
        cluster.execute("update deliveries set status = 'discarded' where tenant = 'parked' and status = 'failed'");

        await().atMost(DELIVERED_WITHIN).untilAsserted(() -> assertThat(endpoints.posted(Kind.WELL, "parked"))
                .extracting(posted -> json(posted).at("/data/n").asInt())
                .containsExactly(3, 2));
    }

    // ---- What tests are made of

    private static void tenant(String id) {
        cluster.execute(
                "insert into tenants (id, webhook_secret, created_at) values ('" + id + "', '" + SECRET + "', now())");
    }

    private static UUID make(String tenant, Kind kind, String name) {
        UUID id = UUID.randomUUID();
        cluster.execute("insert into endpoints (id, tenant, kind, url) values ('" + id + "', '" + tenant
                + "', 'webhook', '" + endpoints.url(kind, name) + "');"
                + "insert into endpoint_secrets (endpoint, secret) values ('" + id + "', '" + SECRET + "')");
        return id;
    }

    /** Each gets the events that are named like it. */
    private static List<String> make(String tenant, Kind kind, String prefix, int many, String ordering) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            String name = prefix + i;
            UUID id = make(tenant, kind, name);
            cluster.execute("update endpoints set ordering = '" + ordering + "', description = '" + kind + name
                    + "', types = array['test." + kind + name + "'] where id = '" + id + "'");
            names.add(name);
        }
        return names;
    }

    private static void tell(String tenant, String data) {
        cluster.execute("insert into events (tenant, type, subject, data) values ('" + tenant
                + "', 'test.told', gen_random_uuid(), '" + data + "')");
    }

    private static int number(String sql) {
        return cluster.number(sql);
    }

    private static int delivered() {
        return number("select count(*) from deliveries where tenant = 'many' and status = 'delivered'");
    }

    private static List<String> faults(String tenant) {
        return cluster.texts("select distinct a.fault from delivery_attempts a join deliveries d on d.id = a.delivery"
                + " where d.tenant = '" + tenant + "' and a.fault is not null and a.error is not null");
    }

    private static Posted first(Kind kind, String name) {
        return await().atMost(DELIVERED_WITHIN)
                .until(() -> endpoints.posted(kind, name), posted -> !posted.isEmpty())
                .get(0);
    }

    private static Set<String> ids(List<Posted> posted) {
        Set<String> ids = new LinkedHashSet<>();
        posted.forEach(each -> ids.add(each.header("webhook-id")));
        return ids;
    }

    private static List<String> concat(List<String> some, List<String> more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private static JsonNode json(Posted posted) {
        try {
            return JSON.readTree(posted.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
