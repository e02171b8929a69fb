package org.caravox.routes.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.caravox.publishing.Finding;
import org.caravox.publishing.RouteFiles;
import org.caravox.routes.Scratch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HubRouteCheckTest {

    /** A bean that routes use. */
    public static final class Greeter {
        public String greet(@Body String name) {
            return "hello " + name;
        }

        public String part(@Body String name, int times) {
            return name.repeat(times);
        }
    }

    private static final String GREET =
            """
            - route:
                id: greet
                description: Says hello
                from:
                  id: from-greet
                  uri: direct:greet
                  steps:
                    - bean:
                        id: say
                        ref: greeter
                        method: greet
            """;
    private static final RouteFiles GOOD = RouteFiles.of(Map.of("a/greet.camel.yaml", GREET));

    private final DefaultCamelContext hub = new DefaultCamelContext();
    private final AtomicInteger opened = new AtomicInteger();
    private final HubRouteCheck check = check(hub, opened);

    static HubRouteCheck check(CamelContext hub, AtomicInteger opened) {
        hub.getRegistry().bind("greeter", new Greeter());
        hub.getRegistry().bind("admission", (Processor) exchange -> {});
        hub.getPropertiesComponent().addInitialProperty("caravox.greeting", "hello");
        hub.getPropertiesComponent().addInitialProperty("caravox.roles.door", "false");
        hub.start();
        Scratch scratch = new Scratch(hub, Map.of("greetings", () -> {
            opened.incrementAndGet();
            return new SedaComponent();
        }));
        return new HubRouteCheck(
                new RouteLint(Set.of("location"), Map.of()),
                scratch,
                () -> List.of("greeter", "admission"),
                () -> List.of("caravox.greeting", "caravox.roles.door"));
    }

    @AfterEach
    void it_stops() {
        hub.stop();
    }

    static List<BadFiles> files() throws IOException {
        return BadFiles.read("/routes/bad-loads.txt");
    }

    @ParameterizedTest
    @MethodSource("files")
    void what_camel_would_not_load_is_told_with_its_place_and_what_to_write(BadFiles bad) {
        assertThat(told(check.check(bad.files(), RouteFiles.NONE))).isEqualTo(String.join("\n", bad.said()));
    }

    @Test
    void nothing_is_said_of_what_is_right() {
        assertThat(check.check(GOOD, RouteFiles.NONE)).isEmpty();
    }

    @Test
    void what_has_not_changed_is_not_loaded_again() {
        check.check(GOOD, GOOD);

        assertThat(opened).hasValue(0);
    }

    @Test
    void what_cannot_be_read_is_not_loaded() {
        List<Finding> findings = check.check(GOOD.with("a/greet.camel.yaml", "- rout:\n"), GOOD);

        assertThat(findings).hasSize(1);
        assertThat(opened).hasValue(0);
    }

    @Test
    void a_route_that_this_hub_does_not_have_may_use_beans_that_it_does_not_have() {
        String elsewhere = GREET.replace("ref: greeter", "ref: doorman")
                .replace(
                        "    from:\n", "    precondition: \"${properties:caravox.roles.door} == 'true'\"\n    from:\n");

        assertThat(check.check(GOOD.with("a/greet.camel.yaml", elsewhere), GOOD))
                .isEmpty();
    }

    @Test
    void nothing_is_left_of_what_was_loaded_on_the_side() {
        check.check(GOOD, RouteFiles.NONE);

        assertThat(hub.getRoutes()).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("scratch"));
    }

    private static String told(List<Finding> findings) {
        return String.join("\n", findings.stream().map(Finding::toString).toList());
    }
}
