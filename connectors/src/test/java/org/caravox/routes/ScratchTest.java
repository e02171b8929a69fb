package org.caravox.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.caravox.publishing.RouteFiles;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScratchTest {

    private static final String GREETING =
            """
            - route:
                id: greet
                description: Says hello
                from:
                  id: from-greet
                  uri: direct:greet
                  steps:
                    - to:
                        id: shout
                        uri: kamelet:shout
                        parameters:
                          word: "{{caravox.greeting}}"
            """;
    private static final String KAMELET =
            """
            apiVersion: camel.apache.org/v1
            kind: Kamelet
            metadata:
              name: shout
            spec:
              definition:
                title: Shout
                required: [word]
                properties:
                  word:
                    title: Word
                    type: string
              template:
                from:
                  uri: kamelet:source
                  steps:
                    - setBody:
                        expression:
                          simple:
                            expression: "{{word}}"
                    - bean:
                        ref: shouter
            """;
    private static final RouteFiles FILES =
            RouteFiles.of(Map.of("a/greet.camel.yaml", GREETING, "kamelets/shout.kamelet.yaml", KAMELET));

    private final DefaultCamelContext hub = new DefaultCamelContext();

    @BeforeEach
    void a_hub_runs() {
        hub.getRegistry().bind("shouter", (Processor) ScratchTest::shout);
        hub.getPropertiesComponent().addInitialProperty("caravox.greeting", "hello");
        hub.start();
    }

    @AfterEach
    void it_stops() {
        hub.stop();
    }

    private static void shout(Exchange exchange) {
        exchange.getMessage().setBody(exchange.getMessage().getBody(String.class) + "!");
    }

    @Test
    void a_route_runs_on_the_side_with_the_hubs_beans_and_settings() throws Exception {
        try (CamelContext side = new Scratch(hub, Map.of()).open(Map.of())) {
            side.setAutoStartup(true);
            Scratch.load(side, FILES);
            side.start();

            assertThat(answer(side)).isEqualTo("hello!");
            assertThat(hub.getRoutes()).isEmpty();
        }
    }

    @Test
    void a_bean_may_be_replaced() throws Exception {
        Processor quiet = exchange -> {};
        try (CamelContext side = new Scratch(hub, Map.of()).open(Map.of("shouter", quiet))) {
            side.setAutoStartup(true);
            side.start();
            Scratch.load(side, FILES);

            assertThat(answer(side)).isEqualTo("hello");
        }
    }

    @Test
    void routes_do_not_start_unless_that_is_wanted() throws Exception {
        try (CamelContext side = new Scratch(hub, Map.of()).open(Map.of())) {
            side.start();
            Scratch.load(side, FILES);

            assertThat(side.getRouteController().getRouteStatus("greet")).isNotEqualTo(ServiceStatus.Started);
        }
    }

    @Test
    void each_context_on_the_side_has_components_of_its_own() throws Exception {
        AtomicInteger made = new AtomicInteger();
        hub.getRegistry().bind("own", new SedaComponent());
        Scratch scratch = new Scratch(hub, Map.of("own", () -> {
            made.incrementAndGet();
            return new SedaComponent();
        }));
        try (CamelContext one = scratch.open(Map.of());
                CamelContext other = scratch.open(Map.of())) {
            assertThat(one.getComponent("own")).isNotSameAs(other.getComponent("own"));
            assertThat(made).hasValue(2);
            assertThat(one.getRegistry().lookupByName("own")).isNull();
        }
    }

    @Test
    void a_kamelet_that_is_not_among_the_files_is_not_found() throws Exception {
        try (CamelContext side = new Scratch(hub, Map.of()).open(Map.of())) {
            side.start();

            assertThatThrownBy(() -> Scratch.load(side, "greet.camel.yaml", GREETING))
                    .rootCause()
                    .hasMessageContaining("shout");
        }
    }

    private static String answer(CamelContext side) {
        return side.createProducerTemplate().requestBody("direct:greet", "", String.class);
    }
}
