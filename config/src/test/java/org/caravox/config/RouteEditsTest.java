package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.caravox.publishing.Edit;
import org.caravox.publishing.NotPublished;
import org.caravox.publishing.Published;
import org.caravox.publishing.RouteDrafts;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;
import org.caravox.tenants.Role;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What several people change at once, what they keep for later, and what they may change. */
class RouteEditsTest extends PublishingFixture {

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
}
