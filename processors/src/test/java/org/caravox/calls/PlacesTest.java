package org.caravox.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.caravox.calls.Places.Seeker;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who gets a place, who waits for one, and who is next. */
class PlacesTest {

    private final Places places = new Places(4, 3, 2);

    /** A call that has or wants a place. */
    private final class Calling {
        private final Seeker who;
        private final CompletableFuture<Boolean> turn = new CompletableFuture<>();

        Calling(String tenant, @Nullable String trunk) {
            this.who = new Seeker(UUID.randomUUID(), tenant, trunk);
        }

        boolean comes(int length) {
            return places.takeOrWait(who, "queue of " + who.tenant(), length, turn)
                    .isEmpty();
        }

        Calling here() {
            assertThat(comes(10)).isTrue();
            return this;
        }

        boolean waits() {
            return !turn.isDone();
        }

        int position() {
            return places.position(who.id());
        }

        void leaves() {
            places.leave(who.id());
        }
    }

    private Calling of(String tenant) {
        return new Calling(tenant, null);
    }

    @Test
    void a_place_that_is_free_is_taken_at_once() {
        assertThat(of("a").here().waits()).isFalse();
        assertThat(places.taken()).isEqualTo(1);
    }

    @Test
    void a_place_that_is_given_back_goes_to_who_came_first() {
        Calling first = of("a").here();
        of("a").here();
        of("a").here();
        Calling second = of("a").here();
        Calling third = of("a").here();
        assertThat(second.position()).isEqualTo(1);
        assertThat(third.position()).isEqualTo(2);

        first.leaves();

        assertThat(second.waits()).isFalse();
        assertThat(third.waits()).isTrue();
        assertThat(second.position()).isZero();
        assertThat(third.position()).isEqualTo(1);
        assertThat(places.taken()).isEqualTo(3);
    }

    @Test
    void who_finds_the_queue_full_too_is_told_why() {
        for (int i = 0; i < 3; i++) {
            of("a").here();
        }
        assertThat(of("a").comes(1)).isTrue();

        assertThat(places.takeOrWait(of("a").who, "queue of a", 1, new CompletableFuture<>()))
                .contains("tenant a may have 3 calls");
        assertThat(of("a").comes(0)).isFalse();
        assertThat(places.waiting()).isEqualTo(1);
    }

    @Test
    void the_queue_of_one_tenant_takes_no_place_of_another() {
        for (int i = 0; i < 10; i++) {
            of("a").here();
        }

        assertThat(of("b").here().waits()).isFalse();
        assertThat(places.waiting()).isEqualTo(7);
    }

    @Test
    void the_tenant_that_has_the_fewest_calls_is_next() {
        Calling first = of("a").here();
        of("a").here();
        of("b").here();
        of("c").here();
        Calling early = of("a").here();
        Calling late = of("b").here();

        first.leaves();
        assertThat(early.waits())
                .as("both have one call, and this one came first")
                .isFalse();
        early.leaves();

        assertThat(late.waits()).isFalse();
    }

    @Test
    void a_long_queue_does_not_keep_another_tenant_waiting() {
        Calling first = of("a").here();
        of("a").here();
        of("a").here();
        of("b").here();
        Calling early = of("a").here();
        of("a").here();
        Calling late = of("c").here();

        first.leaves();

        assertThat(late.waits()).isFalse();
        assertThat(early.waits()).isTrue();
    }

    @Test
    void who_waits_for_a_full_trunk_holds_nobody_up() {
        new Calling("a", "x").here();
        new Calling("a", "x").here();
        Calling other = of("a").here();
        Calling onTrunk = new Calling("a", "x").here();
        Calling elsewhere = new Calling("a", "y").here();

        other.leaves();

        assertThat(onTrunk.waits()).isTrue();
        assertThat(elsewhere.waits()).isFalse();
    }

    @Test
    void who_gave_up_as_the_place_came_passes_it_on() {
        Calling first = of("a").here();
        of("a").here();
        of("a").here();
        Calling gone = of("a").here();
        var unused = gone.turn.whenComplete((placed, why) -> {
            if (!Boolean.TRUE.equals(placed)) {
                gone.leaves();
            }
        });
        Calling next = of("a").here();

        gone.turn.complete(false);
        first.leaves();

        assertThat(next.waits()).isFalse();
        assertThat(places.taken()).isEqualTo(3);
        assertThat(places.waiting()).isZero();
    }
}
