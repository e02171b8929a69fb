package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.caravox.publishing.Edit;
import org.caravox.publishing.Publishing;
import org.caravox.publishing.RouteComparison;
import org.caravox.publishing.RouteRuntime;
import org.caravox.publishing.RouteStart;
import org.caravox.publishing.Version;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is published on probation, or tried with a share of the work: it stays, or goes back. */
class RouteTrialsTest extends PublishingFixture {

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
}
