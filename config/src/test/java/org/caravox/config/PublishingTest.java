package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.caravox.publishing.NotPublished;
import org.caravox.publishing.Published;
import org.caravox.publishing.Publishing;
import org.caravox.publishing.Version;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Role;
import org.junit.jupiter.api.Test;

/** What is published is in force on all hubs, or on none. */
class PublishingTest extends PublishingFixture {

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

        assertThatThrownBy(
                        () -> here.publishing().publish(edit(here, "a/one.camel.yaml", PlayedRoutes.UNLINKED), "k", ""))
                .isInstanceOf(NotPublished.class)
                .hasMessageContaining(PlayedRoutes.UNLINKED);

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
        Hub here = hub("here", FOLDER.with("a/one.camel.yaml", PlayedRoutes.WRONG));
        long first = here.start.version();
        here.publishing().publish(edit(here, "a/one.camel.yaml", "uno"), "k", "");

        assertThatThrownBy(() -> here.publishing().rollBack(first, "k", "")).isInstanceOf(NotPublished.class);
        here.publishing().giveBack(null, "k", "");

        assertThat(here.serves()).isEqualTo("wrong two");
    }

    @Test
    void errors_and_cases_that_do_not_hold_prevent_it() {
        Hub here = hub("here");

        assertThatThrownBy(() -> here.publishing().publish(edit(here, "a/one.camel.yaml", PlayedRoutes.WRONG), "k", ""))
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
}
