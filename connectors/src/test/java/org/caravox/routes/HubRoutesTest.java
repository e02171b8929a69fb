package org.caravox.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.platform.http.DefaultPlatformHttpConsumer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultExchange;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RoutePins;
import org.caravox.publishing.RouteRuntime.Counts;
import org.caravox.publishing.RouteRuntime.Share;
import org.caravox.publishing.RoutesRefused;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // set by JUnit
class HubRoutesTest {

    private static final String DOOR =
            """
            - route:
                id: greet
                description: Somebody comes in
                from:
                  id: greet-door
                  uri: test-door:%s
                  steps:
                    - setProperty:
                        id: first
                        name: first
                        expression: {constant: {expression: "%s"}}
                    - process: {id: wait, ref: "pause"}
                    - to: {id: on, uri: "direct:answer"}
            """;
    private static final String ANSWER =
            """
            - route:
                id: answer
                description: They are answered
                from:
                  id: from-answer
                  uri: direct:answer
                  steps:
                    - setBody:
                        id: say
                        expression: {simple: {expression: "%s ${exchangeProperty.first}"}}
            """;
    private static final String HEAR = "        - process: {id: hear, ref: hear}\n";
    private static final String OF_ACME = ANSWER.replace("%s ", "acme ");
    private static final String WITH_KAMELET = ANSWER.formatted("x")
            .replace("- setBody:", "- to: {id: shout, uri: \"kamelet:shout?mark=%s\"}\n        - setProperty:")
            .replace("id: say", "id: say\n            name: said");
    private static final String KAMELET =
            """
            apiVersion: camel.apache.org/v1
            kind: Kamelet
            metadata: {name: shout}
            spec:
              definition: {title: t, description: d, type: object, properties: {mark: {title: m, type: string}}}
              template:
                from:
                  uri: kamelet:source
                  steps:
                    - setBody: {id: louder, expression: {constant: {expression: "%s{{mark}}"}}}
            """;

    private static final RequestDoors NO_REQUESTS = new RequestDoors() {
        @Override
        public void open(DefaultPlatformHttpConsumer door) {}

        @Override
        public void close(DefaultPlatformHttpConsumer door) {}
    };

    private final CamelContext camel = new DefaultCamelContext();
    private final Doors doors = new Doors();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile CountDownLatch pause = new CountDownLatch(0);
    private HubRoutes routes;

    @BeforeEach
    void start() throws Exception {
        camel.addComponent("test-door", doors);
        camel.getRegistry().bind("pause", (Processor) exchange -> pause.await());
        routes = HubRoutes.load(
                camel,
                exchange -> Optional.empty(),
                exchange -> exchange.getException() != null,
                NO_REQUESTS,
                new ObjectMapper(),
                Clock.systemUTC(),
                1,
                files("in", "one", "hello"));
        camel.start();
    }

    @AfterEach
    void stop() {
        pause.countDown();
        camel.stop();
        threads.shutdownNow();
    }

    private static RouteFiles files(String door, String first, String answer) {
        return RouteFiles.of(Map.of(
                "a/greet.camel.yaml", DOOR.formatted(door, first),
                "a/answer.camel.yaml", ANSWER.formatted(answer)));
    }

    private void publish(long version, RouteFiles files) {
        routes.prepare(version, files);
        routes.serve(version);
    }

    @Test
    void new_work_goes_to_the_new_version_and_what_is_in_flight_ends_on_its_own() {
        pause = new CountDownLatch(1);
        CompletableFuture<String> old = CompletableFuture.supplyAsync(() -> doors.knock("in", null), threads);
        await().until(() -> camel.getInflightRepository().size("greet.door") == 1);

        publish(2, files("in", "one", "goodbye"));
        CompletableFuture<String> next = CompletableFuture.supplyAsync(() -> doors.knock("in", null), threads);
        await().until(() -> camel.getInflightRepository().size("greet.door") == 2);
        pause.countDown();

        assertThat(old.join()).isEqualTo("hello one");
        assertThat(next.join()).isEqualTo("goodbye one");
        routes.clean();
        assertThat(ids()).containsExactlyInAnyOrder("greet.door", "greet", "answer~2");
    }

    @Test
    void a_copy_that_waits_for_its_turn_ends_on_the_version_that_it_was_made_on() {
        Queued taps = new Queued();
        List<String> heard = new ArrayList<>();
        camel.getRegistry().bind("taps", taps);
        camel.getRegistry().bind("hear", (Processor)
                exchange -> heard.add(exchange.getMessage().getBody(String.class)));
        String greets =
                DOOR.formatted("in", "one").replace("- to: {id: on", "- wireTap: {executorService: taps, id: on");
        RouteFiles tapped = files("in", "one", "hello")
                .with("a/greet.camel.yaml", greets)
                .with("a/answer.camel.yaml", ANSWER.formatted("hello") + HEAR);
        publish(2, tapped);
        doors.knock("in", null);

        publish(3, tapped.with("a/answer.camel.yaml", ANSWER.formatted("goodbye") + HEAR));
        routes.clean();
        taps.run();

        assertThat(heard).containsExactly("hello one");
        routes.clean();
        assertThat(ids()).containsExactlyInAnyOrder("greet.door", "greet~2", "answer~3");
    }

    @Test
    void a_door_that_moves_is_closed_and_opened_and_lets_out_who_is_in() {
        pause = new CountDownLatch(1);
        CompletableFuture<String> old = CompletableFuture.supplyAsync(() -> doors.knock("in", null), threads);
        await().until(() -> camel.getInflightRepository().size("greet.door") == 1);

        publish(2, files("elsewhere", "two", "hello"));

        assertThat(doors.open()).containsExactly("elsewhere");
        pause.countDown();
        assertThat(doors.knock("elsewhere", null)).isEqualTo("hello two");
        assertThat(old.join()).isEqualTo("hello one");
        await().untilAsserted(() -> {
            routes.clean();
            assertThat(ids()).containsExactlyInAnyOrder("greet.door~2", "greet~2", "answer");
        });
    }

    @Test
    void a_door_that_is_described_otherwise_stays_as_it_is() {
        publish(2, edited("Somebody comes in", "Whoever comes in"));

        assertThat(doors.knock("in", null)).isEqualTo("hello one");
        assertThat(ids()).contains("greet.door").doesNotContain("greet.door~2");
    }

    @Test
    void a_door_of_the_same_address_takes_the_place_of_another_one() {
        publish(2, edited("description:", "startupOrder: 7\n    description:"));
        assertThat(doors.knock("in", null)).isEqualTo("hello one");

        publish(3, edited("id: greet\n", "id: meet\n"));
        assertThat(doors.knock("in", null)).isEqualTo("hello one");
        assertThat(routes.door("greet")).isEmpty();
        assertThat(routes.door("meet")).contains("meet.door~3");
    }

    @Test
    void a_door_that_comes_back_is_opened_again_while_somebody_is_still_in_it() {
        pause = new CountDownLatch(1);
        CompletableFuture<String> old = CompletableFuture.supplyAsync(() -> doors.knock("in", null), threads);
        await().until(() -> camel.getInflightRepository().size("greet.door") == 1);

        publish(2, files("elsewhere", "two", "hello"));
        publish(3, files("in", "one", "goodbye"));
        pause.countDown();

        assertThat(doors.open()).containsExactly("in");
        assertThat(doors.knock("in", null)).isEqualTo("goodbye one");
        assertThat(old.join()).isEqualTo("hello one");
        await().untilAsserted(() -> {
            routes.clean();
            assertThat(ids()).containsExactlyInAnyOrder("greet.door", "greet", "answer~3");
        });
    }

    private static RouteFiles edited(String part, String by) {
        RouteFiles files = files("in", "one", "hello");
        String text = files.text("a/greet.camel.yaml").orElseThrow();
        assertThat(text).contains(part);
        return files.with("a/greet.camel.yaml", text.replace(part, by));
    }

    @Test
    void an_earlier_version_comes_back() {
        publish(2, files("in", "two", "goodbye"));
        publish(3, files("in", "one", "hello"));

        assertThat(doors.knock("in", null)).isEqualTo("hello one");
        assertThat(routes.serving()).isEqualTo(3);
    }

    @Test
    void what_cannot_be_loaded_changes_nothing() {
        RouteFiles broken = files("in", "two", "goodbye")
                .with("a/answer.camel.yaml", ANSWER.formatted("x").replace("setBody", "setBodi"));

        assertThatThrownBy(() -> routes.prepare(2, broken))
                .isInstanceOf(RoutesRefused.class)
                .hasMessageContaining("a/answer.camel.yaml");

        assertThat(doors.knock("in", null)).isEqualTo("hello one");
        assertThat(ids()).containsExactlyInAnyOrder("greet.door", "greet", "answer");
    }

    @Test
    void a_door_that_cannot_be_opened_leaves_all_as_it_was() {
        routes.prepare(2, files("stuck", "two", "goodbye"));

        assertThatThrownBy(() -> routes.serve(2)).isInstanceOf(RoutesRefused.class);
        routes.discard(2);

        assertThat(doors.knock("in", null)).isEqualTo("hello one");
        assertThat(ids()).containsExactlyInAnyOrder("greet.door", "greet", "answer");
    }

    @Test
    void a_tenant_has_a_route_of_its_own() {
        publish(2, files("in", "one", "hello").with("for/acme/answer.camel.yaml", OF_ACME));

        assertThat(doors.knock("in", "acme")).isEqualTo("acme one");
        assertThat(doors.knock("in", "other")).isEqualTo("hello one");
    }

    @Test
    void a_staged_version_gets_its_share_until_it_is_discarded() {
        routes.prepare(2, files("in", "one", "goodbye"));
        routes.stage(2, new Share(30, null));

        Map<String, Long> answers = IntStream.range(0, 400)
                .mapToObj(each -> doors.knock("in", null))
                .collect(Collectors.groupingBy(answer -> answer, Collectors.counting()));

        assertThat(answers.get("goodbye one")).isBetween(60L, 190L);
        assertThat(routes.counts())
                .filteredOn(count -> count.version() == 2 && count.route().equals("greet"))
                .extracting(Counts::done)
                .containsExactly(answers.get("goodbye one"));
        routes.discard(2);
        assertThat(doors.knock("in", null)).isEqualTo("hello one");
        assertThat(ids()).containsExactlyInAnyOrder("greet.door", "greet", "answer");
    }

    @Test
    void a_staged_version_that_lacks_a_route_leaves_its_work_to_the_one_in_force() {
        routes.prepare(2, files("in", "one", "goodbye").without("a/greet.camel.yaml"));
        routes.stage(2, new Share(100, null));

        assertThat(doors.knock("in", null)).isEqualTo("hello one");
    }

    @Test
    void who_is_in_a_door_that_goes_away_is_answered() {
        pause = new CountDownLatch(1);
        CompletableFuture<String> late = CompletableFuture.supplyAsync(() -> doors.knock("in", null), threads);
        await().until(() -> camel.getInflightRepository().size("greet.door") == 1);

        publish(2, files("in", "one", "goodbye").without("a/greet.camel.yaml"));

        assertThat(doors.open()).isEmpty();
        pause.countDown();
        assertThat(late.join()).isEqualTo("hello one");
        await().untilAsserted(() -> {
            routes.clean();
            assertThat(ids()).containsExactly("answer~2");
        });
    }

    @Test
    void one_tenant_may_try_it_first() {
        routes.prepare(2, files("in", "one", "goodbye"));
        routes.stage(2, new Share(100, "acme"));

        assertThat(doors.knock("in", "acme")).isEqualTo("goodbye one");
        assertThat(doors.knock("in", "other")).isEqualTo("hello one");
    }

    @Test
    void a_session_stays_on_the_version_that_it_began_on() {
        RoutePins.Pin pin = routes.pin("acme");
        publish(2, files("in", "one", "goodbye"));

        assertThat(send(pin)).isEqualTo("hello ");
        assertThat(send(null)).isEqualTo("goodbye ");
        routes.clean();
        assertThat(ids()).contains("answer");

        pin.close();
        pin.close();
        routes.clean();
        assertThat(ids()).containsExactlyInAnyOrder("greet.door", "greet", "answer~2");
        assertThat(send(pin)).as("a pin that was let go").isEqualTo("goodbye ");
    }

    private String send(RoutePins.Pin pin) {
        try (ProducerTemplate template = camel.createProducerTemplate()) {
            return template.send("direct:answer", exchange -> exchange.setProperty(RoutePins.PROPERTY, pin))
                    .getMessage()
                    .getBody(String.class);
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void an_edited_kamelet_reaches_the_routes_that_use_it() {
        RouteFiles with = files("in", "one", "hello")
                .with("a/answer.camel.yaml", WITH_KAMELET.formatted("!"))
                .with("kamelets/shout.kamelet.yaml", KAMELET.formatted("HELLO"));
        publish(2, with);
        assertThat(doors.knock("in", null)).isEqualTo("HELLO!");

        publish(3, with.with("kamelets/shout.kamelet.yaml", KAMELET.formatted("GOODBYE")));

        assertThat(doors.knock("in", null)).isEqualTo("GOODBYE!");
    }

    @Test
    void many_versions_leave_nothing_behind() {
        RouteFiles base = files("in", "one", "hello").with("kamelets/shout.kamelet.yaml", KAMELET.formatted("HELLO"));
        publish(2, base.with("a/answer.camel.yaml", WITH_KAMELET.formatted("first")));
        doors.knock("in", null);
        routes.clean();
        int endpoints = camel.getEndpoints().size();
        Model model = camel.getCamelContextExtension().getContextPlugin(Model.class);
        int templates = model.getRouteTemplateDefinitions().size();
        int definitions = model.getRouteDefinitions().size();

        for (int version = 3; version < 63; version++) {
            publish(version, base.with("a/answer.camel.yaml", WITH_KAMELET.formatted("mark" + version)));
            assertThat(doors.knock("in", null)).isEqualTo("HELLOmark" + version);
        }
        routes.clean();

        assertThat(camel.getEndpoints()).hasSize(endpoints);
        assertThat(model.getRouteTemplateDefinitions()).hasSize(templates);
        assertThat(model.getRouteDefinitions()).hasSize(definitions);
    }

    private Set<String> ids() {
        return camel.getRoutes().stream().map(route -> route.getRouteId()).collect(Collectors.toSet());
    }

    /** What is handed over waits until it is told to run. */
    private static final class Queued extends AbstractExecutorService {

        private final List<Runnable> waiting = new ArrayList<>();

        void run() {
            waiting.forEach(Runnable::run);
        }

        @Override
        public void execute(Runnable command) {
            waiting.add(command);
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return waiting;
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    /** A door of one place, at which a test knocks. */
    private static final class Doors extends DefaultComponent {

        private final Map<String, Processor> open = new ConcurrentHashMap<>();

        Set<String> open() {
            return open.keySet();
        }

        String knock(String place, String tenant) {
            Exchange exchange = new DefaultExchange(getCamelContext());
            exchange.setProperty("tenant", tenant);
            try {
                open.get(place).process(exchange);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return exchange.getMessage().getBody(String.class);
        }

        @Override
        protected Endpoint createEndpoint(String uri, String place, Map<String, Object> parameters) {
            return new DefaultEndpoint(uri, this) {
                @Override
                public Producer createProducer() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public Consumer createConsumer(Processor processor) {
                    return new DefaultConsumer(this, processor) {
                        @Override
                        protected void doStart() throws Exception {
                            if (place.equals("stuck")) {
                                throw new IllegalStateException("it is stuck");
                            }
                            super.doStart();
                            open.put(place, getProcessor());
                        }

                        @Override
                        protected void doStop() throws Exception {
                            open.remove(place);
                            super.doStop();
                        }
                    };
                }
            };
        }
    }
}
