package org.caravox.routes.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RoutesRefused;
import org.caravox.routes.OpenSettings;
import org.caravox.routes.Scratch;
import org.caravox.routes.check.HubRouteCheck;
import org.caravox.routes.check.RouteLint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may write a draft and not publish it reaches nothing of the hub's by having it checked, tried or tested. */
@SuppressWarnings("NullAway") // set by JUnit
class ConfinementTest {

    /** What nobody is to make or ask. */
    @SuppressWarnings("unused")
    public static final class Trap {

        private static final AtomicInteger SPRUNG = new AtomicInteger();

        public Trap() {
            SPRUNG.incrementAndGet();
        }

        public static String open() {
            SPRUNG.incrementAndGet();
            return "planted-in-class";
        }
    }

    /** A bean of the hub's. */
    public static final class Vault {

        private final AtomicInteger opened = new AtomicInteger();

        public String open() {
            opened.incrementAndGet();
            return "planted-in-bean";
        }
    }

    private static final Map<String, String> SETTINGS = Map.of(
            "caravox.secrets.crm", "planted-secret",
            "caravox.databases.sales.url", "jdbc:postgresql://sales:planted-password@db/sales",
            "spring.datasource.password", "planted-of-spring",
            "caravox.greeting", "open-value");
    private static final String KAMELET =
            """
            apiVersion: camel.apache.org/v1
            kind: Kamelet
            metadata: {name: evil}
            spec:
              definition: {title: t, description: d, type: object, properties: {}}
              template:
                beans:
                  - {name: one, type: "#class:org.caravox.routes.cases.ConfinementTest$Trap"}
                  - {name: two, type: java.lang.Object, scriptLanguage: joor, script: "return System.getenv(\\"PATH\\");"}
                from:
                  uri: kamelet:source
                  steps:
                    - setBody: {id: evil-body, expression: {simple: {expression: "${env.PATH} {{env:PATH}}"}}}
                    - bean: {id: evil-bean, ref: "{{one}}"}
            """;
    private static final String GUARDED =
            """
            - route:
                id: guarded
                description: Asks before it is there
                precondition: "${bean:vault.open} == 'x' || ${type:org.caravox.routes.cases.ConfinementTest$Trap.open} == 'x'"
                from: {id: from-guarded, uri: "direct:guarded", steps: [{stop: {id: guarded-end}}]}
            """;
    private static final String ROUTE =
            """
            - route:
                id: attack
                description: Reaches for what it is not to have
                errorHandler: {deadLetterChannel: {deadLetterUri: "file:FOLDER?fileName=touched"}}
                from:
                  id: from-attack
                  uri: direct:attack
                  steps:
            """;

    @TempDir
    private static Path folder;

    private static final DefaultCamelContext HUB = new DefaultCamelContext();
    private static final Vault VAULT = new Vault();
    private static final AtomicInteger ASKED = new AtomicInteger();
    private static HttpServer inside;

    private final HubRouteCheck check = new HubRouteCheck(
            new RouteLint(Set.of(), Map.of()), new Scratch(HUB, Map.of()), () -> List.of("vault"), SETTINGS::keySet);
    private final Surroundings surroundings =
            new Surroundings(Map.of(), name -> OpenSettings.of(name, SETTINGS::get), Duration.ofSeconds(2));

    @BeforeAll
    static void a_hub_has_something_to_hide() throws IOException {
        System.setProperty("attack.planted", "planted-in-process");
        Files.writeString(folder.resolve("disk.txt"), "planted-on-disk ${planted-on-disk}");
        inside = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        inside.createContext("/", asked -> {
            ASKED.incrementAndGet();
            asked.sendResponseHeaders(200, -1);
        });
        inside.start();
        HUB.getRegistry().bind("vault", VAULT);
        SETTINGS.forEach(HUB.getPropertiesComponent()::addInitialProperty);
        HUB.start();
    }

    @AfterAll
    static void it_stops() {
        System.clearProperty("attack.planted");
        inside.stop(0);
        HUB.stop();
    }

    @BeforeEach
    void nothing_has_happened() {
        Trap.SPRUNG.set(0);
        VAULT.opened.set(0);
        ASKED.set(0);
    }

    /** A draft. */
    private record Attack(String what, String steps) {

        RouteFiles files() {
            String route = ROUTE + steps.indent(10);
            return RouteFiles.of(Map.of(
                    "a/attack.camel.yaml",
                    placed(route),
                    "a/guarded.camel.yaml",
                    GUARDED,
                    "kamelets/evil.kamelet.yaml",
                    KAMELET,
                    "a/test/attack.case.yaml",
                    "- case: it is tried\n  given: {body: x}\n  then: {body: something}\n"));
        }

        @Override
        public String toString() {
            return what;
        }
    }

    private static String placed(String text) {
        return text.replace("FOLDER", folder.toString())
                .replace("DISK", folder.resolve("disk.txt").toString())
                .replace("PLACE", "127.0.0.1:" + inside.getAddress().getPort());
    }

    static Stream<Attack> attacks() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ConfinementTest.class.getResourceAsStream("/routes/attacks.txt"))) {
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(all.split("(?m)^=== ", -1))
                    .filter(each -> !each.isBlank())
                    .map(each -> {
                        String[] parts = each.split("\n", 2);
                        return new Attack(parts[0], parts[1].strip());
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void nothing_comes_out_and_nothing_happens(Attack attack) {
        RouteFiles files = attack.files();

        String findings = String.valueOf(check.check(files, RouteFiles.NONE));
        String tried = tried(files, "{body: x, headers: {CamelFileName: touched}}");
        String tested = String.valueOf(new CaseRunner(surroundings).run(files, RouteFiles.NONE));

        assertNothing("the check", findings);
        assertThat(findings).as("no value is told by a finding").doesNotContain("open-value");
        assertNothing("the trial", tried);
        assertNothing("the case", tested);
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void nor_without_the_files_beside_it(Attack attack) {
        RouteFiles files = attack.files().without("a/guarded.camel.yaml").without("kamelets/evil.kamelet.yaml");

        String findings = String.valueOf(check.check(files, RouteFiles.NONE));

        assertNothing("the check", findings);
        assertThat(findings).doesNotContain("open-value");
        assertNothing("the trial", tried(files, "{}"));
    }

    @Test
    void what_a_message_is_made_of_reaches_nothing_either() {
        RouteFiles files =
                new Attack("none", "- setBody: {id: say, expression: {simple: {expression: \"${body}\"}}}").files();
        List<String> messages = List.of(
                "{body: !!org.caravox.routes.cases.ConfinementTest$Trap []}",
                "{body: !org.caravox.routes.cases.ConfinementTest$Trap {}}",
                "{body: \"{{caravox.secrets.crm}} ${env.PATH}\"}",
                "{file: ../../../../../../DISK}",
                "{file: DISK}",
                "{endpoints: {\"http:{{caravox.secrets.crm}}\": {body: x}, \"{{env:PATH}}\": {body: x}}}",
                "{properties: {tenant: ../x}, headers: {CamelBeanMethodName: open}}");

        messages.forEach(each -> assertNothing(each, tried(files, placed(each))));
    }

    @Test
    void mappings_read_no_files() {
        for (String mapping : List.of("import \"routes/attacks.txt\" as x x:y(.)", "import \"DISK\" as x x:y(.)")) {
            RouteFiles files = new Attack("none", "- stop: {id: end}").files().with("crm/evil.jslt", placed(mapping));

            String findings = String.valueOf(check.check(files, RouteFiles.NONE));

            assertThat(findings).contains("crm/evil.jslt");
            assertNothing(mapping, findings);
            assertThat(findings).doesNotContain("CamelFileName").doesNotContain("setBody");
        }
    }

    /** Lest everything be refused for another reason than its harm. */
    @Test
    void what_is_harmless_is_tried() {
        RouteFiles files = RouteFiles.of(Map.of(
                "a/attack.camel.yaml",
                ROUTE.replaceFirst("    errorHandler.*\n", "")
                        + "- setBody: {id: say, expression: {simple: {expression: \"{{caravox.greeting}} ${body}\"}}}"
                                .indent(10)));

        assertThat(check.check(files, RouteFiles.NONE)).isEmpty();
        assertThat(tried(files, "{body: mary}")).contains("open-value mary");
    }

    private String tried(RouteFiles files, String message) {
        try {
            return String.valueOf(new TrialRunner(surroundings).run(files, "attack", message));
        } catch (RoutesRefused e) {
            return String.valueOf(e.findings());
        }
    }

    private static void assertNothing(String where, String told) {
        assertThat(told).as(where).doesNotContain(System.getenv("PATH"));
        assertThat(told).as(where).doesNotContain("planted-in").doesNotContain("planted-secret");
        assertThat(told).as(where).doesNotContain("planted-password").doesNotContain("planted-of-spring");
        assertThat(told).as(where).doesNotContain("planted-on-disk");
        assertThat(Trap.SPRUNG).as(where + " makes no objects").hasValue(0);
        assertThat(VAULT.opened).as(where + " asks no beans").hasValue(0);
        assertThat(ASKED).as(where + " sends nothing").hasValue(0);
        assertThat(folder.resolve("touched")).as(where + " writes nothing").doesNotExist();
    }
}
