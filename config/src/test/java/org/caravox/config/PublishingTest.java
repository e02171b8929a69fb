package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.caravox.audit.AuditLog;
import org.caravox.publishing.Edit;
import org.caravox.publishing.Finding;
import org.caravox.publishing.NotPublished;
import org.caravox.publishing.Published;
import org.caravox.publishing.Publishing;
import org.caravox.publishing.PublishingSettings;
import org.caravox.publishing.Rollout;
import org.caravox.publishing.RouteCases;
import org.caravox.publishing.RouteComparison;
import org.caravox.publishing.RouteDrafts;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RouteRuntime;
import org.caravox.publishing.RouteStart;
import org.caravox.publishing.RouteTally;
import org.caravox.publishing.RouteVersions;
import org.caravox.publishing.RoutesRefused;
import org.caravox.publishing.Version;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;
import org.caravox.tenants.Role;
import org.caravox.tenants.Tenants;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Publishing over several hubs on a real PostgreSQL; what they run is played. */
@SuppressWarnings("NullAway") // set by JUnit
class PublishingTest {

    private static final ObjectMapper JSON =
            JsonMapper.builder().addModule(new Jdk8Module()).build();
    private static final RouteFiles FOLDER =
            RouteFiles.of(Map.of("a/one.camel.yaml", "one", "a/two.camel.yaml", "two"));
    private static final String WRONG = "wrong";
    private static final String UNLINKED = "unlinked";
    private static final Duration SOON = Duration.ofSeconds(15);

    private static EmbeddedPostgres postgres;
    private static Jdbi database;

    private final List<Hub> hubs = new ArrayList<>();
    private final RouteVersions versions = new RouteVersions(database, JSON);
    private final Tenants tenants = new Tenants(database, Clock.systemUTC());
    private Duration probation = Duration.ofMinutes(1);

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

    @Test
    void what_is_published_is_in_force_on_every_hub_and_written_down() {
        Hub here = hub("here");
        Hub there = hub("there");
        String anna = tenants.createKey(Role.PUBLISHER, "anna").id().toString();

        Published published = here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), anna, "in Italian");

        assertThat(here.serves()).isEqualTo("uno two");
        assertThat(there.serves()).isEqualTo("uno two");
        Version version = versions.list(null, 1).get(0);
        assertThat(version).isEqualTo(published.version());
        assertThat(version.kind()).isEqualTo(Version.Kind.PUBLISHED);
        assertThat(version.author()).isEqualTo("anna");
        assertThat(version.message()).isEqualTo("in Italian");
        assertThat(version.changed()).containsExactly("a/one.camel.yaml");
        assertThat(versions.changes(version).get(0).diff()).contains("-one", "+uno");
        assertThat(versions.lastChanges(version.number()))
                .containsEntry("a/one.camel.yaml", version.number())
                .containsEntry("a/two.camel.yaml", version.base());
        assertThat(acts()).containsExactly("route.published anna");
    }

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

    /** As a hub does that is killed as soon as the version is in force. */
    private static void publishUno(Handle handle, long base) {
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

    private static int waits(Jdbi database) {
        return database.withHandle(
                handle -> handle.createQuery("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
                        .mapTo(Integer.class)
                        .one());
    }

    @Test
    void whoever_cannot_load_what_was_published_is_told_what_to_do() {
        RouteStart start = new RouteStart(7, FOLDER, true);

        assertThat(start.refused(new RoutesRefused(List.of(finding("a/one.camel.yaml")))))
                .hasMessageContaining("version 7")
                .hasMessageContaining("a/one.camel.yaml:1")
                .hasMessageContaining("--set caravox.routes.start=folder");
    }

    @Test
    void what_one_hub_cannot_load_is_nowhere_in_force_and_the_hub_is_named() {
        Hub here = hub("here");
        Hub there = hub("there");
        there.runtime.refuses = "uno";

        assertThatThrownBy(() -> here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", ""))
                .isInstanceOf(NotPublished.class)
                .hasMessageContaining("there cannot take it");

        assertThat(here.serves()).isEqualTo("one two");
        assertThat(there.serves()).isEqualTo("one two");
        assertThat(versions.list(null, 10)).hasSize(1);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(here.runtime.loaded()).hasSize(1));
        assertThat(acts()).isEmpty();
    }

    @Test
    void when_one_hub_cannot_serve_what_it_has_loaded_all_go_back() {
        Hub here = hub("here");
        Hub there = hub("there");
        there.runtime.cannotServe = "uno";

        assertThatThrownBy(() -> here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", ""))
                .isInstanceOf(NotPublished.class);

        assertThat(here.serves()).isEqualTo("one two");
        assertThat(there.serves()).isEqualTo("one two");
        assertThat(versions.list(null, 1).get(0).kind()).isEqualTo(Version.Kind.RETURNED);
    }

    @Test
    void when_its_publisher_was_killed_before_it_saw_that_one_hub_cannot_serve_it_all_go_back() {
        Hub here = hub("here");
        Hub there = hub("there");
        there.runtime.cannotServe = "uno";

        database.useTransaction(handle -> publishUno(handle, here.start.version()));

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(versions.list(null, 1).get(0).kind()).isEqualTo(Version.Kind.RETURNED);
            assertThat(here.serves()).isEqualTo("one two");
            assertThat(there.serves()).isEqualTo("one two");
        });
        assertThat(versions.list(null, 1).get(0).message()).contains("there could not serve it");
        assertThat(acts()).containsExactly("route.returned hub");
    }

    @Test
    void what_does_not_link_is_refused_and_ends_nothing() {
        Hub here = hub("here");

        assertThatThrownBy(() -> here.publishing().publish(edit(here, "a/one.camel.yaml", UNLINKED), "k", ""))
                .isInstanceOf(NotPublished.class)
                .hasMessageContaining(UNLINKED);

        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", "");
        assertThat(here.serves()).isEqualTo("uno two");
    }

    @Test
    void a_hub_that_is_leaving_has_no_say_and_keeps_what_it_runs() {
        Hub here = hub("here");
        Hub there = hub("there");
        there.runtime.refuses = "uno";

        there.rollout.leave();
        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", "");

        assertThat(here.serves()).isEqualTo("uno two");
        assertThat(there.serves()).isEqualTo("one two");
        assertThat(here.publishing().standings())
                .extracting(Publishing.Standing::node)
                .containsExactly("here");
    }

    @Test
    void what_is_returned_need_not_pass_checks_that_came_after_it() {
        Hub here = hub("here", FOLDER.with("a/one.camel.yaml", WRONG));
        long first = here.start.version();
        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", "");

        assertThatThrownBy(() -> here.publishing().rollBack(first, "k", "")).isInstanceOf(NotPublished.class);
        here.publishing().giveBack(null, "k", "");

        assertThat(here.serves()).isEqualTo("wrong two");
    }

    @Test
    void errors_and_cases_that_do_not_hold_prevent_it() {
        Hub here = hub("here");

        assertThatThrownBy(() -> here.publishing().publish(edit(here, "a/one.camel.yaml", WRONG), "k", ""))
                .isInstanceOfSatisfying(NotPublished.class, refused -> assertThat(refused.details())
                        .containsKey("findings"));
        assertThatThrownBy(() -> here.publishing().publish(edit(here, "a/one.camel.yaml", "fails"), "k", ""))
                .isInstanceOfSatisfying(NotPublished.class, refused -> assertThat(refused.details())
                        .containsKey("cases"));
        assertThat(here.runtime.loaded()).hasSize(1);
    }

    @Test
    void what_changes_nothing_is_not_published() {
        Hub here = hub("here");

        assertThatThrownBy(() -> here.publishing().publish(edit(here, "a/one.camel.yaml", "one"), "k", ""))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("nothing differs");
    }

    @Test
    void changes_of_different_files_go_together() {
        Hub here = hub("here");
        Edit mine = edit(here, "a/two.camel.yaml", "due");
        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", "");

        Published published = here.publishing().publish(mine, "k", "");

        assertThat(here.serves()).isEqualTo("uno due");
        assertThat(published.merged()).containsExactly("a/one.camel.yaml");
    }

    @Test
    void changes_of_the_same_file_do_not_and_the_other_one_is_shown() {
        Hub here = hub("here");
        Edit mine = edit(here, "a/one.camel.yaml", "eins");
        String anna = tenants.createKey(Role.PUBLISHER, "anna").id().toString();
        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), anna, "in Italian");
        here.publishing().publish(edit(here, "a/two.camel.yaml", "due"), "k", "");

        assertThatThrownBy(() -> here.publishing().publish(mine, "k", ""))
                .isInstanceOf(NotPublished.class)
                .hasMessageContaining("was changed by anna in version 2 (in Italian)");
        assertThat(here.publishing().check(mine).conflicts())
                .singleElement()
                .satisfies(conflict -> assertThat(conflict.diff()).contains("-one", "+uno"));
        assertThat(here.serves()).isEqualTo("uno due");
    }

    @Test
    void of_two_who_publish_the_same_file_at_once_one_is_refused() throws Exception {
        Hub here = hub("here");
        Hub there = hub("there");
        Edit mine = edit(here, "a/one.camel.yaml", "uno");
        Edit theirs = edit(here, "a/one.camel.yaml", "eins");

        List<String> ends = atOnce(() -> tried(here, mine), () -> tried(there, theirs));

        assertThat(ends).containsExactlyInAnyOrder("published", "CONFLICT");
        assertThat(here.serves()).isEqualTo(there.serves());
    }

    private static String tried(Hub hub, Edit edit) {
        try {
            hub.publishing().publish(edit, "k", "");
            return "published";
        } catch (Refusal e) {
            return e.reason().name();
        }
    }

    private static List<String> atOnce(Callable<String> one, Callable<String> other) throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            List<String> ends = new ArrayList<>();
            for (Future<String> end : two.invokeAll(List.of(one, other))) {
                ends.add(end.get());
            }
            return ends;
        } finally {
            two.shutdownNow();
        }
    }

    @Test
    void whoever_was_killed_while_publishing_holds_nobody_up_for_long_and_what_was_proposed_is_gone() {
        Hub here = hub("here");
        database.useHandle(
                handle -> handle.execute(
                        """
                insert into route_versions (number, kind, state, actor, message, digest, files, changed)
                  values (1000, 'published', 'proposed', 'k', '', '', '{}', '[]');
                update route_publisher set holder = 'killed x', actor = 'k', since = now(), proposed = 1000,
                  until = now() + interval '2 seconds'"""));

        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", "");

        assertThat(here.serves()).isEqualTo("uno two");
        assertThat(versions.list(null, 10)).extracting(Version::number).doesNotContain(1000L);
    }

    @Test
    void a_hub_that_died_a_moment_ago_prevents_one_publish_and_not_the_next() {
        Hub here = hub("here");
        database.useHandle(handle -> handle.execute("insert into route_nodes values ('dead', now(), 1)"));

        assertThatThrownBy(() -> here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", ""))
                .isInstanceOf(NotPublished.class)
                .hasMessageContaining("the hub dead died");
        assertThat(here.serves()).isEqualTo("one two");

        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", "");
        assertThat(here.serves()).isEqualTo("uno two");
    }

    @Test
    void an_earlier_version_comes_back_as_a_new_one() {
        Hub here = hub("here");
        long first = here.start.version();
        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", "");

        Published back = here.publishing().rollBack(first, "k", "it was better");

        assertThat(here.serves()).isEqualTo("one two");
        assertThat(back.version().kind()).isEqualTo(Version.Kind.ROLLED_BACK);
        assertThat(back.version().restores()).isEqualTo(first);
        assertThat(back.took()).isLessThan(Duration.ofSeconds(2));
        assertThatThrownBy(() -> here.publishing().rollBack(first, "k", "")).hasMessageContaining("already");
        assertThatThrownBy(() -> here.publishing().rollBack(99, "k", "")).hasMessageContaining("not found");
    }

    @Test
    void what_fails_from_its_first_message_on_goes_back_by_itself() {
        Hub here = hub("here");
        Hub there = hub("there");
        here.runtime.count(here.start.version(), "one", 100, 0);
        long bad = here.publishing()
                .publish(edit(here, "a/one.camel.yaml", "uno"), "k", "")
                .version()
                .number();

        there.runtime.count(bad, "one", 1, 1);

        await().atMost(SOON).untilAsserted(() -> assertThat(there.serves()).isEqualTo("one two"));
        assertThat(here.serves()).isEqualTo("one two");
        Version back = versions.list(null, 1).get(0);
        assertThat(back.kind()).isEqualTo(Version.Kind.RETURNED);
        assertThat(back.actor()).isEqualTo("hub");
        assertThat(back.message()).contains("route one failed 1 of 1 times; before, 0 of 100");
        assertThat(acts()).contains("route.returned hub");
    }

    @Test
    void what_failed_before_as_often_stays() {
        Hub here = hub("here");
        here.runtime.count(here.start.version(), "one", 10, 9);
        long version = here.publishing()
                .publish(edit(here, "a/one.camel.yaml", "uno"), "k", "")
                .version()
                .number();
        here.runtime.count(version, "one", 3, 3);
        here.runtime.count(version, "two", 50, 50);

        await().atMost(SOON).untilAsserted(() -> assertThat(here.publishing().compare())
                .containsExactly(
                        new RouteComparison("one", here.tally(here.start.version()), here.tally(version), false)));
    }

    @Test
    void without_probation_nothing_goes_back_by_itself_or_by_hand() {
        probation = Duration.ZERO;
        Hub here = hub("here");
        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", "");

        assertThatThrownBy(() -> here.publishing().giveBack(null, "k", "")).hasMessageContaining("nothing is tried");
    }

    @Test
    void what_is_tried_gets_its_share_and_goes_back_when_it_does_worse() {
        Hub here = hub("here");
        Hub there = hub("there");
        long first = here.start.version();
        here.runtime.count(first, "one", 1000, 500);
        long tried = here.publishing()
                .stage(edit(here, "a/one.camel.yaml", "uno"), share(10, null, null), "k", "")
                .version()
                .number();

        assertThat(here.serves()).isEqualTo("one two");
        await().atMost(SOON).untilAsserted(() -> assertThat(there.runtime.staged)
                .isEqualTo(tried + " " + new RouteRuntime.Share(10, null)));
        assertThatThrownBy(() -> here.publishing().publish(edit(here, "a/one.camel.yaml", "eins"), "k", ""))
                .hasMessageContaining("is tried just now");
        here.runtime.count(first, "one", 1100, 500);
        here.runtime.count(tried, "one", 30, 3);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(there.runtime.staged).isEmpty());
        assertThat(here.serves()).isEqualTo("one two");
        Version version = versions.get(tried);
        assertThat(version.kind()).isEqualTo(Version.Kind.RETURNED);
        assertThat(version.message()).contains("route one failed 3 of 30 times; before, 0 of 100");
    }

    @Test
    void what_does_well_gets_all_work_after_as_many_messages_as_were_asked_for() {
        Hub here = hub("here");
        long tried = here.publishing()
                .stage(edit(here, "a/one.camel.yaml", "uno"), share(100, "acme", 40L), "k", "")
                .version()
                .number();
        here.runtime.count(tried, "one", 40, 0);

        await().atMost(SOON).untilAsserted(() -> assertThat(here.serves()).isEqualTo("uno two"));
        assertThat(versions.get(tried).kind()).isEqualTo(Version.Kind.PUBLISHED);
        assertThat(acts()).containsExactlyInAnyOrder("route.staged k", "route.promoted hub");
    }

    @Test
    void time_alone_gives_it_no_more_work_before_it_has_had_messages_enough() {
        Hub here = hub("here");
        long tried = here.publishing()
                .stage(
                        edit(here, "a/one.camel.yaml", "uno"),
                        new Publishing.Staging(10, null, Duration.ofMillis(1), null),
                        "k",
                        "")
                .version()
                .number();
        here.runtime.count(tried, "one", 19, 0);

        await().during(Duration.ofSeconds(3)).atMost(SOON).until(() -> here.serves()
                .equals("one two"));
        here.runtime.count(tried, "one", 20, 0);

        await().atMost(SOON).untilAsserted(() -> assertThat(here.serves()).isEqualTo("uno two"));
    }

    @Test
    void nothing_is_tried_when_something_else_came_in_force_meanwhile() {
        Hub here = hub("here");
        here.whileChecking = () -> RouteStart.decide(
                database,
                versions,
                audit("late"),
                FOLDER.with("a/three.camel.yaml", "three"),
                RouteStart.From.PUBLISHED);

        assertThatThrownBy(() ->
                        here.publishing().stage(edit(here, "a/one.camel.yaml", "uno"), share(10, null, null), "k", ""))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("try again");

        assertThat(here.publishing().inForce().staged()).isEmpty();
        assertThat(acts()).isEmpty();
    }

    @Test
    void what_is_tried_can_be_promoted_and_returned_by_hand() {
        Hub here = hub("here");
        here.publishing().stage(edit(here, "a/one.camel.yaml", "uno"), share(1, null, null), "k", "");
        here.publishing().giveBack(null, "k", "no");
        assertThat(here.runtime.loaded()).hasSize(1);
        here.publishing().stage(edit(here, "a/one.camel.yaml", "eins"), share(1, null, null), "k", "");

        here.publishing().promote("k", "yes");

        assertThat(here.serves()).isEqualTo("eins two");
        assertThatThrownBy(() -> here.publishing().promote("k", "")).hasMessageContaining("nothing is tried");
    }

    @Test
    void whoever_mends_what_was_returned_is_not_in_conflict_with_the_return() {
        Hub here = hub("here");
        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", "");
        Edit mended = edit(here, "a/one.camel.yaml", "un");
        here.publishing().giveBack(null, "k", "");
        here.publishing().publish(mended, "k", "");
        assertThat(here.serves()).isEqualTo("un two");

        long tried = here.publishing()
                .stage(edit(here, "a/two.camel.yaml", "due"), share(1, null, null), "k", "")
                .version()
                .number();
        here.publishing().giveBack(null, "k", "");
        here.publishing()
                .publish(new Edit(tried, new TreeMap<>(Map.of("a/two.camel.yaml", Optional.of("deux")))), "k", "");
        assertThat(here.serves()).isEqualTo("un deux");
    }

    private static Publishing.Staging share(int percent, @Nullable String tenant, @Nullable Long messages) {
        return new Publishing.Staging(percent, tenant, null, messages);
    }

    @Test
    void a_draft_is_kept_with_what_it_removes() {
        Hub here = hub("here");
        RouteDrafts drafts = new RouteDrafts(database, JSON);
        TreeMap<String, Optional<String>> files = new TreeMap<>(Map.of("a/one.camel.yaml", Optional.empty()));

        drafts.save("tidy", new Edit(here.start.version(), files), "removes one", "k");

        assertThat(drafts.edit("tidy").on(FOLDER)).isEqualTo(FOLDER.without("a/one.camel.yaml"));
        assertThat(drafts.list()).extracting(RouteDrafts.Draft::changed).containsExactly(List.of("a/one.camel.yaml"));
        drafts.discard("tidy");
        assertThatThrownBy(() -> drafts.edit("tidy")).hasMessageContaining("not found");
    }

    @Test
    void a_draft_that_was_saved_anew_while_it_was_published_stays() {
        Hub here = hub("here");
        RouteDrafts drafts = new RouteDrafts(database, JSON);
        drafts.save("tidy", edit(here, "a/one.camel.yaml", "uno"), "", "k");
        RouteDrafts.Draft read = drafts.get("tidy");
        RouteDrafts.Draft anew = drafts.save("tidy", edit(here, "a/one.camel.yaml", "un"), "", "k");

        drafts.published(read);
        assertThat(drafts.list()).containsExactly(anew);

        drafts.published(anew);
        assertThat(drafts.list()).isEmpty();
    }

    @Test
    void a_path_that_leads_out_of_the_folder_is_refused() {
        for (String path : List.of("../x.camel.yaml", "/x.camel.yaml", "a//x.camel.yaml", ".x.camel.yaml", "x.txt")) {
            assertThatThrownBy(() -> new Edit(1, new TreeMap<>(Map.of(path, Optional.of("")))))
                    .isInstanceOf(Refusal.class);
        }
    }

    @Test
    void a_key_may_do_what_its_role_says() {
        Caller editor = caller(tenants.createKey(Role.EDITOR, "anna").key());

        editor.require(Role.VIEWER);
        editor.require(Role.EDITOR);
        assertThatThrownBy(() -> editor.require(Role.PUBLISHER)).hasMessageContaining("role publisher");
        assertThatThrownBy(editor::requireAdmin).isInstanceOf(Refusal.class);
        assertThatThrownBy(editor::requireTenant).isInstanceOf(Refusal.class);
        assertThat(caller(tenants.createKey(Role.ADMIN, "ben").key()).admin()).isTrue();
    }

    private Caller caller(@Nullable String key) {
        return tenants.caller(String.valueOf(key)).orElseThrow();
    }

    private static Edit edit(Hub hub, String path, String text) {
        return new Edit(hub.publishing().inForce().version(), new TreeMap<>(Map.of(path, Optional.of(text))));
    }

    private static Finding finding(String path) {
        return Finding.error(path, 1, 1, "it is wrong", "write something else");
    }

    private static List<String> acts() {
        return database.withHandle(
                handle -> handle.createQuery("select act || ' ' || coalesce(actor_name, actor) from audit order by id")
                        .mapTo(String.class)
                        .list());
    }

    private static AuditLog audit(String node) {
        return new AuditLog(database, JSON, node, null, Duration.ofDays(1));
    }

    private Hub hub(String name) {
        return hub(name, FOLDER);
    }

    private Hub hub(String name, RouteFiles folder) {
        Hub hub = new Hub(name, folder);
        hubs.add(hub);
        return hub;
    }

    /** A hub, but for what it runs. */
    private final class Hub {

        private final PlayedRoutes runtime = new PlayedRoutes();
        private final RouteStart start;
        private final Rollout rollout;
        private Runnable whileChecking = () -> {};

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
                    PublishingTest::changed,
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
            return files.texts().containsValue(WRONG) ? List.of(finding("a/one.camel.yaml")) : List.of();
        }

        String serves() {
            return String.join(
                    " ", runtime.versions.get(runtime.serving()).texts().values());
        }

        RouteTally tally(long version) {
            return runtime.counts.stream()
                    .filter(counts ->
                            counts.version() == version && counts.route().equals("one"))
                    .map(counts -> new RouteTally(counts.done(), counts.failed(), 1, 2))
                    .findFirst()
                    .orElseThrow();
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

    /** Plays what a hub runs: keeps what it is given, and refuses what it is told to. */
    private static final class PlayedRoutes implements RouteRuntime {

        private final Map<Long, RouteFiles> versions = new ConcurrentHashMap<>();
        private final List<Counts> counts = new CopyOnWriteArrayList<>();
        private volatile long serving;
        private volatile String staged = "";
        private volatile String refuses = "nothing";
        private volatile String cannotServe = "nothing";

        Set<Long> loaded() {
            return versions.keySet();
        }

        void count(long version, String route, long done, long failed) {
            counts.removeIf(each -> each.version() == version && each.route().equals(route));
            counts.add(new Counts(
                    version, route, Instant.EPOCH, done, failed, 0, Duration.ofMillis(1), Duration.ofMillis(2)));
        }

        @Override
        public long serving() {
            return serving;
        }

        @Override
        public void prepare(long version, RouteFiles files) {
            refuse(files, refuses);
            if (files.texts().containsValue(UNLINKED)) {
                throw new NoClassDefFoundError(UNLINKED);
            }
            versions.put(version, files);
        }

        @Override
        public void serve(long version) {
            refuse(versions.get(version), cannotServe);
            serving = version;
            staged = "";
        }

        private static void refuse(RouteFiles files, String text) {
            if (files.texts().containsValue(text)) {
                throw new RoutesRefused(List.of(finding("a/one.camel.yaml")));
            }
        }

        @Override
        public void stage(long version, Share share) {
            staged = version + " " + share;
        }

        @Override
        public void discard(long version) {
            versions.remove(version);
            if (staged.startsWith(version + " ")) {
                staged = "";
            }
        }

        @Override
        public List<Counts> counts() {
            return counts;
        }
    }
}
