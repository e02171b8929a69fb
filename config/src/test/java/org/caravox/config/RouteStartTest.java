package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RouteStart;
import org.caravox.publishing.RoutesRefused;
import org.caravox.publishing.Version;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** What a hub starts with: its folder, or what was published. */
class RouteStartTest extends PublishingFixture {

    @Test
    void a_hub_that_starts_later_starts_with_what_was_published_and_not_with_its_folder() {
        Hub here = hub("here");
        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", "");

        Hub late = hub("late");

        assertThat(late.serves()).isEqualTo("uno two");
    }

    @Test
    void as_long_as_nobody_has_published_each_hub_starts_with_its_folder() {
        Hub old = hub("old");
        Hub upgraded = hub("upgraded", FOLDER.with("a/three.camel.yaml", "three"));
        upgraded.rollout.look();
        old.rollout.look();

        assertThat(upgraded.serves()).isEqualTo("one three two");
        assertThat(old.serves()).isEqualTo("one two");
        assertThat(versions.list(null, 10)).extracting(Version::kind).containsOnly(Version.Kind.STARTED);
        assertThat(hub("again").start.version()).isEqualTo(old.start.version());
    }

    @Test
    void a_folder_takes_the_place_of_what_was_published_when_that_is_asked_for() {
        Hub here = hub("here");
        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", "");

        RouteStart start = RouteStart.decide(database, versions, audit("late"), FOLDER, RouteStart.From.FOLDER);

        assertThat(start.files()).isEqualTo(FOLDER);
        await().atMost(SOON).untilAsserted(() -> assertThat(here.serves()).isEqualTo("one two"));
        assertThat(acts()).contains("route.started hub");
    }

    @Test
    void a_hub_that_starts_while_the_first_version_is_published_starts_with_that() throws Exception {
        Hub here = hub("here");
        RouteFiles newer = FOLDER.with("a/three.camel.yaml", "three");
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            Future<RouteStart> start = database.inTransaction(handle -> {
                publishUno(handle, here.start.version());
                Future<RouteStart> starting = one.submit(
                        () -> RouteStart.decide(database, versions, audit("late"), newer, RouteStart.From.PUBLISHED));
                await().atMost(SOON).until(() -> waits(database) == 1);
                return starting;
            });

            assertThat(start.get().published()).isTrue();
            assertThat(start.get().files().texts()).containsValue("uno");
        } finally {
            one.shutdownNow();
        }
        await().atMost(SOON).untilAsserted(() -> assertThat(here.serves()).isEqualTo("uno two"));
    }

    private static int waits(Jdbi database) {
        return database.withHandle(
                handle -> handle.createQuery("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
                        .mapTo(Integer.class)
                        .one());
    }

    @Test
    void whoever_cannot_load_what_was_published_is_told_what_to_do() {
        RouteStart start = new RouteStart(7, FOLDER, true);

        assertThat(start.refused(new RoutesRefused(List.of(PlayedRoutes.finding("a/one.camel.yaml")))))
                .hasMessageContaining("version 7")
                .hasMessageContaining("a/one.camel.yaml:1")
                .hasMessageContaining("--set caravox.routes.start=folder");
    }
}
