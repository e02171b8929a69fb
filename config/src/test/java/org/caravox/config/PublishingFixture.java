package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.caravox.audit.AuditLog;
import org.caravox.publishing.Edit;
import org.caravox.publishing.Finding;
import org.caravox.publishing.Publishing;
import org.caravox.publishing.PublishingSettings;
import org.caravox.publishing.Rollout;
import org.caravox.publishing.RouteCases;
import org.caravox.publishing.RouteComparison;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RouteStart;
import org.caravox.publishing.RouteTally;
import org.caravox.publishing.RouteVersions;
import org.caravox.tenants.Tenants;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Hubs that publish on a real PostgreSQL, and what they run, which is played; the folder of each has two files. */
abstract class PublishingFixture {

    static final ObjectMapper JSON =
            JsonMapper.builder().addModule(new Jdk8Module()).build();
    static final RouteFiles FOLDER = RouteFiles.of(Map.of("a/one.camel.yaml", "one", "a/two.camel.yaml", "two"));
    static final Duration SOON = Duration.ofSeconds(15);

    final Jdbi database = TestDatabase.database();
    final RouteVersions versions = new RouteVersions(database, JSON);
    final Tenants tenants = new Tenants(database, Clock.systemUTC());
    Duration probation = Duration.ofMinutes(1);
    private final List<Hub> hubs = new ArrayList<>();

    @BeforeEach
    void empty() {
        database.useHandle(
                handle -> handle.execute(
                        "truncate routes_in_force, route_versions, route_nodes, route_drafts, route_texts, route_publisher, audit"
                                + " cascade; alter sequence route_version_numbers restart; insert into route_publisher default values"));
    }

    @AfterEach
    void close() {
        hubs.forEach(Hub::close);
    }

    static Edit edit(Hub hub, String path, String text) {
        return new Edit(hub.publishing().inForce().version(), new TreeMap<>(Map.of(path, Optional.of(text))));
    }

    List<String> acts() {
        return database.withHandle(
                handle -> handle.createQuery("select act || ' ' || coalesce(actor_name, actor) from audit order by id")
                        .mapTo(String.class)
                        .list());
    }

    AuditLog audit(String node) {
        return new AuditLog(database, JSON, node, null, Duration.ofDays(1));
    }

    /** As a hub does that is killed as soon as the version is in force. */
    static void publishUno(Handle handle, long base) {
        handle.execute("insert into route_texts values ('uno', 'uno')");
        handle.execute(
                """
                insert into route_versions (number, kind, state, actor, message, base, digest, files, changed)
                  select nextval('route_version_numbers'), 'published', 'accepted', 'k', '', number, 'uno',
                    jsonb_set(files, '{a/one.camel.yaml,hash}', '"uno"'), '["a/one.camel.yaml"]'
                  from route_versions where number = ?""",
                base);
        handle.execute("update routes_in_force set version = (select max(number) from route_versions)");
    }

    Hub hub(String name) {
        return hub(name, FOLDER);
    }

    Hub hub(String name, RouteFiles folder) {
        Hub hub = new Hub(name, folder);
        hubs.add(hub);
        return hub;
    }

    /** A hub, but for what it runs. */
    final class Hub {

        final PlayedRoutes runtime = new PlayedRoutes();
        final RouteStart start;
        final Rollout rollout;
        Runnable whileChecking = () -> {};

        Hub(String name, RouteFiles folder) {
            RouteVersions own = new RouteVersions(database, JSON);
            start = RouteStart.decide(database, own, audit(name), folder, RouteStart.From.PUBLISHED);
            runtime.prepare(start.version(), start.files());
            runtime.serve(start.version());
            rollout = new Rollout(
                    database,
                    JSON,
                    own,
                    runtime,
                    this::check,
                    (files, before) -> files.texts().containsValue("fails")
                            ? List.of(new RouteCases.Result("c", 1, "it works", "one", Duration.ZERO, List.of("no")))
                            : List.of(),
                    audit(name),
                    PublishingFixture::changed,
                    new PublishingSettings(Duration.ofSeconds(10), probation, new RouteComparison.Limits(20, 0.05)),
                    name,
                    Clock.systemUTC());
            rollout.start();
        }

        Publishing publishing() {
            return rollout.publishing();
        }

        private List<Finding> check(RouteFiles files, RouteFiles before) {
            whileChecking.run();
            return files.texts().containsValue(PlayedRoutes.WRONG)
                    ? List.of(PlayedRoutes.finding("a/one.camel.yaml"))
                    : List.of();
        }

        String serves() {
            return runtime.serves();
        }

        RouteTally tally(long version) {
            return runtime.tally(version, "one");
        }

        void close() {
            rollout.close();
        }
    }

    private static Set<String> changed(RouteFiles before, RouteFiles after) {
        return before.changesTo(after).stream()
                .map(change -> change.path().replaceAll(".*/|[.].*", ""))
                .collect(Collectors.toSet());
    }
}
