package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.caravox.publishing.RouteCases.Result;
import org.caravox.publishing.RouteFiles;
import org.caravox.routes.cases.CaseRunner;
import org.caravox.routes.cases.Surroundings;
import org.junit.jupiter.api.DynamicTest;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;
import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;

/** Makes tests of the cases beside routes, with the settings of {@code config/settings}. */
public final class CaseTests {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Path SETTINGS = Path.of("settings");

    private CaseTests() {}

    /** One for each case in files. */
    public static Stream<DynamicTest> of(RouteFiles files) {
        return of(files, RouteFiles.NONE);
    }

    /** One for each case that a change can reach. */
    public static Stream<DynamicTest> of(RouteFiles files, RouteFiles before) {
        List<Result> results = new CaseRunner(surroundings()).run(files, before);
        return results.stream().map(CaseTests::test);
    }

    private static DynamicTest test(Result result) {
        return DynamicTest.dynamicTest(
                result.route() + ": " + result.name(), () -> assertThat(String.join("\n", result.failures()))
                        .as(result.file() + ":" + result.line())
                        .isEmpty());
    }

    /** What cases have of the hub, without a hub. */
    public static Surroundings surroundings() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("test", Map.of("caravox.home", HOME.toString())));
        for (String name : List.of("providers", "application")) {
            load(name).forEach(environment.getPropertySources()::addLast);
        }
        CaravoxSettings settings =
                Binder.get(environment).bind("caravox", CaravoxSettings.class).get();
        ObjectMapper json = Jackson2ObjectMapperBuilder.json().build();
        return new Surroundings(
                CaseBeans.of(settings, json, Clock.systemUTC()), environment::getProperty, Duration.ofSeconds(5));
    }

    private static List<PropertySource<?>> load(String name) {
        try {
            return new YamlPropertySourceLoader().load(name, new FileSystemResource(SETTINGS.resolve(name + ".yaml")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
