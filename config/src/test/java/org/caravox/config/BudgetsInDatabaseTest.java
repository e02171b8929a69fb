package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.caravox.providers.NobodyAnswered;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.transcription.TranscriptionRequest;
import org.caravox.usage.Budget;
import org.caravox.usage.Budget.Per;
import org.junit.jupiter.api.Test;

/** A budget holds, however many ask at a time. */
class BudgetsInDatabaseTest extends UsageFixture {

    @Test
    void a_hundred_requests_at_a_time_never_overspend() throws Exception {
        budget = Optional.of(new Budget(new BigDecimal("7.5"), Per.MONTH));

        List<Boolean> served = atOnce(100, () -> {
            hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
            return true;
        });

        assertThat(served.stream().filter(yes -> yes)).hasSize(7);
        assertThat(total().cost()).isEqualByComparingTo("7");
        assertThat(standing().spent()).isEqualByComparingTo("7");
        assertThat(standing().reserved()).isZero();
    }

    @Test
    void a_hundred_requests_of_two_hubs_with_lives_of_their_own_never_overspend() throws Exception {
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
        budget = Optional.of(new Budget(new BigDecimal("5"), Per.DAY));
        Hub other = new Hub();
        Queue<Hub> hubs = new java.util.concurrent.ConcurrentLinkedQueue<>();
        for (int i = 0; i < 100; i++) {
            hubs.add(i % 2 == 0 ? hub : other);
        }

        List<Boolean> served = atOnce(100, () -> {
            Hub mine = hubs.remove();
            mine.transcripts.record(tenant, mine.transcribe(request(Duration.ofSeconds(60))));
            return true;
        });

        assertThat(served.stream().filter(yes -> yes)).hasSize(4);
        assertThat(total().cost()).isEqualByComparingTo("5");
    }

    /** Runs it so often at the same time; says of each whether it was within the budget. */
    private static List<Boolean> atOnce(int times, Callable<Boolean> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(50);
        try {
            Callable<Boolean> orRefused = () -> {
                try {
                    return work.call();
                } catch (Refusal refusal) {
                    assertThat(refusal.reason()).isEqualTo(Refusal.Reason.OVER_BUDGET);
                    return false;
                }
            };
            List<Boolean> results = new ArrayList<>();
            for (Future<Boolean> result : threads.invokeAll(java.util.Collections.nCopies(times, orRefused))) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_refusal_names_the_budget_what_is_spent_and_when_it_renews() throws Exception {
        budget = Optional.of(new Budget(new BigDecimal("2.50"), Per.MONTH));
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
        hub.transcribe(request(Duration.ofSeconds(60)));

        assertThatThrownBy(() -> hub.transcribe(request(Duration.ofSeconds(60))))
                .isInstanceOf(Refusal.class)
                .hasMessage("over the budget of 2.5 EUR a month: 1 EUR spent, 1 EUR reserved for requests under way,"
                        + " and this one may cost 1 EUR; it renews at 2026-12-01T00:00:00Z");
    }

    @Test
    void the_budget_of_a_day_renews_at_midnight() throws Exception {
        budget = Optional.of(new Budget(ONE, Per.DAY));
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
        assertThatThrownBy(() -> hub.transcribe(request(Duration.ofSeconds(60))))
                .isInstanceOf(Refusal.class);

        time.pass(Duration.ofHours(1));

        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
        assertThat(standing().spent()).isEqualByComparingTo(ONE);
    }

    @Test
    void what_was_spent_before_there_was_a_budget_counts() throws Exception {
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));

        budget = Optional.of(new Budget(ONE, Per.DAY));

        assertThatThrownBy(() -> hub.transcribe(request(Duration.ofSeconds(6)))).isInstanceOf(Refusal.class);
    }

    @Test
    void reservations_of_a_hub_that_crashed_expire() throws Exception {
        budget = Optional.of(new Budget(ONE, Per.MONTH));
        hub.transcribe(request(Duration.ofSeconds(60)));
        assertThat(standing().reserved()).isEqualByComparingTo(ONE);
        assertThatThrownBy(() -> hub.transcribe(request(Duration.ofSeconds(60))))
                .isInstanceOf(Refusal.class);

        time.pass(Duration.ofMinutes(16));

        assertThat(standing().reserved()).isZero();
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
        hub.budgets.clean();
        assertThat(reservations()).isZero();
    }

    @Test
    void a_job_that_is_taken_over_takes_over_its_reservation() throws Exception {
        budget = Optional.of(new Budget(ONE, Per.MONTH));
        TranscriptionRequest job = request(Duration.ofSeconds(60));
        hub.transcribe(job);

        hub.transcripts.record(tenant, new Hub().transcribe(job));

        assertThat(standing().spent()).isEqualByComparingTo(ONE);
        assertThat(reservations()).isZero();
    }

    @Test
    void a_request_that_fails_costs_nothing_and_reserves_nothing() {
        budget = Optional.of(new Budget(ONE, Per.MONTH));
        hub.transcriber.failing = true;

        assertThatThrownBy(() -> hub.transcribe(request(Duration.ofSeconds(60))))
                .isInstanceOf(NobodyAnswered.class);

        assertThat(reservations()).isZero();
        assertThat(total().requests()).isZero();
    }

    @Test
    void a_recording_of_unknown_length_is_taken_to_be_as_long_as_is_set() {
        budget = Optional.of(new Budget(new BigDecimal("9.9"), Per.MONTH));

        assertThatThrownBy(() -> hub.transcribe(request(null)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("may cost 10 EUR");
    }

    @Test
    void a_message_is_reserved_with_as_many_tokens_as_it_may_have() {
        budget = Optional.of(new Budget(new BigDecimal("0.000501"), Per.MONTH));

        assertThatThrownBy(() -> hub.dialogue.reply(chat(), Patience.of(Duration.ofMinutes(1), time)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("may cost 0.000502 EUR");
    }
}
