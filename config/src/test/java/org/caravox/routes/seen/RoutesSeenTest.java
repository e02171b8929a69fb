package org.caravox.routes.seen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;
import org.caravox.publishing.RoutesSeen;
import org.caravox.publishing.RoutesSeen.Count;
import org.caravox.publishing.RoutesSeen.Drawn;
import org.caravox.publishing.RoutesSeen.Failure;
import org.caravox.publishing.RoutesSeen.Kind;
import org.caravox.publishing.RoutesSeen.Link;
import org.caravox.publishing.RoutesSeen.Trace;
import org.caravox.publishing.RoutesSeen.Visit;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator sees of routes that run. */
class RoutesSeenTest {

    private static final int MOST = 5;
    private static final String REQUEST = "019aa5c2-0b7d-7a44-8f3e-2d5c9b7a1e60";

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final SeenSteps steps =
            new SeenSteps(new ObjectMapper(), thrown -> !(thrown instanceof Refusal), Set.of("looking"), MOST, 1 << 20);
    private final RoutesSeen seen = new HubRoutesSeen(camel, steps);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final ScheduledExecutorService elsewhere = Executors.newSingleThreadScheduledExecutor();

    @BeforeEach
    void start() throws Exception {
        camel.getCamelContextExtension().addInterceptStrategy(steps);
        camel.addRoutes(new RouteConfigurationBuilder() {
            @Override
            public void configuration() {
                routeConfiguration("tell~263e0572c4ee")
                        .onException(IllegalStateException.class)
                        .id("when-it-fails~263e0572c4ee")
                        .handled(true)
                        .setBody(constant("sorry"))
                        .id("be-sorry");
            }
        });
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:greet")
                        .routeId("greet")
                        .description("Says hello")
                        .routeConfigurationId("tell~263e0572c4ee")
                        .to("direct:words")
                        .id("find-words")
                        .choice()
                        .id("by-mood")
                        .when(header("mood").isEqualTo("bad"))
                        .id("bad")
                        .process(RoutesSeenTest::fail)
                        .id("break-down")
                        .otherwise()
                        .setBody(constant("hello"))
                        .id("say-hello")
                        .end();
                from("direct:words")
                        .routeId("words")
                        .errorHandler(noErrorHandler())
                        .process(RoutesSeenTest::refuse)
                        .id("look-up");
                from("direct:slow").routeId("slow").process(new Later()).id("wait");
                from("direct:looking")
                        .routeId("looking")
                        .setBody(constant("seen"))
                        .id("look");
                from("direct:in").routeId("call.door").to("direct:call.steps").id("call.door.enter");
                from("direct:call.steps")
                        .routeId("call")
                        .setBody(constant("old"))
                        .id("answer");
                from("direct:new").routeId("call~7").setBody(constant("new")).id("answer~7");
            }
        });
        camel.start();
    }

    @AfterEach
    void stop() {
        goOn.countDown();
        camel.stop();
        elsewhere.shutdownNow();
    }

    private static void fail(Exchange exchange) {
        throw new IllegalStateException("nobody at +1 555 123 0001 answers");
    }

    private static void refuse(Exchange exchange) {
        if ("none".equals(exchange.getMessage().getBody())) {
            throw Refusal.invalid("there are no words");
        }
    }

    /** Goes on in another thread. */
    private final class Later extends AsyncProcessorSupport {

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            var unused = elsewhere.schedule(() -> finish(callback), 50, TimeUnit.MILLISECONDS);
            return false;
        }

        private void finish(AsyncCallback callback) {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            callback.done(false);
        }
    }

    private Exchange send(String route, Object body, Map<String, Object> headers) {
        return camel.createFluentProducerTemplate()
                .to("direct:" + route)
                .withProcessor(exchange -> {
                    exchange.setProperty("requestId", REQUEST);
                    exchange.setProperty("tenant", "acme");
                    exchange.getMessage().setBody(body);
                    exchange.getMessage().setHeaders(new java.util.HashMap<>(headers));
                })
                .send();
    }

    private List<Count> counts(String route) {
        return seen.counts().stream()
                .filter(count -> count.route().equals(route))
                .toList();
    }

    @Test
    void each_step_is_counted_with_its_times() {
        send("greet", "hi", Map.of());
        send("greet", "hi", Map.of());

        assertThat(counts("greet"))
                .extracting(Count::step, Count::done, Count::failed, Count::inFlight)
                .containsExactlyInAnyOrder(
                        tuple("find-words", 2L, 0L, 0L), tuple("by-mood", 2L, 0L, 0L), tuple("say-hello", 2L, 0L, 0L));
        assertThat(counts("words")).extracting(Count::step, Count::done).containsExactly(tuple("look-up", 2L));
        assertThat(counts("greet")).allSatisfy(count -> assertThat(count.mean()).isPositive());
    }

    @Test
    void a_step_that_goes_on_elsewhere_is_in_flight_until_it_ends() {
        CompletableFuture<?> sent = camel.createProducerTemplate().asyncSend("direct:slow", exchange -> {});

        await().untilAsserted(() -> assertThat(counts("slow"))
                .extracting(Count::done, Count::inFlight)
                .containsExactly(tuple(0L, 1L)));
        goOn.countDown();
        sent.join();

        assertThat(counts("slow")).extracting(Count::done, Count::inFlight).containsExactly(tuple(1L, 0L));
        assertThat(counts("slow").get(0).mean()).isGreaterThan(Duration.ofMillis(40));
        assertThat(counts("slow").get(0).p99()).isGreaterThan(Duration.ofMillis(40));
    }

    @Test
    void versions_of_a_route_are_told_apart_under_one_name_and_doors_are_left_out() {
        send("in", "a", Map.of());
        send("new", "b", Map.of());

        assertThat(seen.counts())
                .extracting(Count::route, Count::step, Count::version)
                .containsExactly(tuple("call", "answer", 0L), tuple("call", "answer", 7L));
    }

    @Test
    void a_failure_is_told_with_the_message_of_which_nothing_personal_is_left() {
        send(
                "greet",
                "{\"caller\":\"John\",\"mode\":\"sync\",\"note\":\"call me\"}",
                Map.of("mood", "bad", "X-API-Key", "cvx_1"));

        assertThat(seen.failures("greet")).hasSize(1);
        Failure failure = seen.failures("greet").get(0);
        assertThat(failure.step()).isEqualTo("break-down");
        assertThat(failure.id()).isEqualTo(REQUEST);
        assertThat(failure.tenant()).isEqualTo("acme");
        assertThat(failure.error()).isEqualTo("nobody at *** answers");
        assertThat(failure.message().body()).isEqualTo("{\"caller\":\"***\",\"mode\":\"sync\",\"note\":\"***\"}");
        assertThat(failure.message().headers()).isEqualTo(Map.of("mood", "bad", "X-API-Key", "***"));
        assertThat(counts("tell")).extracting(Count::step, Count::done).containsExactly(tuple("be-sorry", 1L));
    }

    @Test
    void what_the_caller_did_wrong_is_no_failure_but_the_way_tells_it() {
        send("greet", "none", Map.of());

        assertThat(seen.failures("words")).isEmpty();
        assertThat(counts("words")).extracting(Count::failed).containsExactly(0L);
        assertThat(seen.traces(REQUEST).get(0).error()).isEqualTo("there are no words");
    }

    @Test
    void a_message_is_followed_through_every_route_by_its_id() {
        send("greet", "hi", Map.of());

        List<Trace> ways = seen.traces(REQUEST);

        assertThat(ways).hasSize(1);
        assertThat(ways.get(0).visits())
                .extracting(Visit::route, Visit::step)
                .containsExactly(
                        tuple("greet", "find-words"),
                        tuple("words", "look-up"),
                        tuple("greet", "by-mood"),
                        tuple("greet", "say-hello"));
        assertThat(ways.get(0).what()).isEqualTo("request");
        assertThat(ways.get(0).error()).isNull();
    }

    @Test
    void only_the_last_messages_are_kept_and_those_of_onlookers_never() {
        send("looking", "x", Map.of());
        for (int i = 0; i <= MOST; i++) {
            send("words", "w" + i, Map.of());
        }

        assertThat(seen.last(null, 100)).hasSize(MOST).allSatisfy(way -> assertThat(way.route())
                .isEqualTo("words"));
        assertThat(seen.last("greet", 100)).isEmpty();
        assertThat(seen.last("words", 2)).hasSize(2);
    }

    @Test
    void a_large_message_drives_older_ones_out_rather_than_filling_the_memory() {
        Trails trails = new Trails(1000, 20_000);
        for (int i = 0; i < 100; i++) {
            trails.add(new Trail("r", new Texts(String.class, "x".repeat(4096), 4096, Map.of())));
        }

        assertThat(trails.last(trail -> true, 1000)).hasSize(2);
    }

    @Test
    void what_runs_is_drawn_under_the_names_of_the_files() {
        assertThat(seen.drawing().routes())
                .extracting(Drawn::id, Drawn::kind)
                .containsExactly(
                        tuple("call", Kind.ROUTE),
                        tuple("greet", Kind.ROUTE),
                        tuple("looking", Kind.ROUTE),
                        tuple("slow", Kind.ROUTE),
                        tuple("tell", Kind.ERRORS),
                        tuple("words", Kind.ROUTE));
        assertThat(seen.drawing().links()).contains(new Link("greet", "find-words", "words"));
        Drawn greet = seen.drawing().routes().get(1);
        assertThat(greet.from()).isEqualTo("direct:greet");
        assertThat(greet.description()).isEqualTo("Says hello");
        assertThat(greet.steps()).extracting(RoutesSeen.Step::id).containsExactly("find-words", "by-mood");
        assertThat(greet.steps().get(1).steps()).hasSize(2);
        assertThat(seen.drawing().routes().get(0).from()).isEqualTo("direct:in");
    }
}
