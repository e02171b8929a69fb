package org.caravox.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.caravox.providers.ChainSettings.Choice;
import org.caravox.providers.ChainSettings.Link;
import org.caravox.providers.Lines.LineSettings;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderGone;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChainTest {

    private final TestClock clock = new TestClock();
    private final Station first = new Station("first", "m1");
    private final Station second = new Station("second", "m2");
    private final Station third = new Station("third", "m3");
    private final Set<String> withoutCredential = new HashSet<>();
    private ChainSettings settings = ChainSettings.of("first", "second", "third");
    private LineSettings line = new LineSettings(10, Duration.ofSeconds(30));

    private final Chain<Ask, Station> chain = new Chain<>(
            Use.DIALOGUE,
            List.of(first, second, third),
            name -> line,
            tenant -> settings,
            (use, provider, tenant) -> withoutCredential.contains(provider)
                    ? Optional.empty()
                    : Optional.of(new Credential(tenant + "-key", "s3cret")),
            new Lines(BreakerSettings.USUAL, new SimpleMeterRegistry(), clock),
            new SimpleMeterRegistry(),
            RandomGenerator.of("L64X128MixRandom"));

    record Ask(UUID id, String tenant, @Nullable String provider, @Nullable String model, Set<String> options)
            implements Request {
        static Ask any() {
            return new Ask(new UUID(0, 1), "acme", null, null, Set.of());
        }

        Ask model(String wanted) {
            return new Ask(id, tenant, provider, wanted, options);
        }

        Ask provider(String wanted) {
            return new Ask(id, tenant, wanted, model, options);
        }

        Ask option(String wished) {
            return new Ask(id, tenant, provider, model, Set.of(wished));
        }

        Ask of(String other) {
            return new Ask(id, other, provider, model, options);
        }
    }

    /** A provider that does what the test says. */
    private static final class Station implements Provider<Ask> {
        private final String name;
        private final Models models;
        private final Set<String> honours = new HashSet<>();
        private final List<Attempt> attempts = new ArrayList<>();
        private final List<Duration> left = new ArrayList<>();
        private @Nullable Exception trouble;
        private @Nullable String refusal;

        Station(String name, String... models) {
            this.name = name;
            this.models = Models.of(models);
        }

        @Override
        public String provider() {
            return name;
        }

        @Override
        public Models models() {
            return models;
        }

        @Override
        public Optional<String> refuses(Ask request) {
            return Optional.ofNullable(refusal);
        }

        @Override
        public Set<String> cannot(Ask request) {
            Set<String> cannot = new HashSet<>(request.options());
            cannot.removeAll(honours);
            return cannot;
        }

        String answer(Attempt attempt) throws IOException, InterruptedException {
            attempts.add(attempt);
            left.add(attempt.patience().deadline().left());
            if (trouble instanceof IOException io) {
                throw io;
            }
            if (trouble instanceof RuntimeException runtime) {
                throw runtime;
            }
            return name + "/" + attempt.model();
        }
    }

    private Answered<String> ask(Ask request) throws InterruptedException {
        return chain.ask(request, Patience.of(Duration.ofSeconds(60), clock), Station::answer);
    }

    private String answer() throws InterruptedException {
        return ask(Ask.any()).value();
    }

    private static ProviderBusy busy(String provider, @Nullable Duration retryAfter) {
        return new ProviderBusy(provider, Cause.RATE_LIMITED, "slow down", retryAfter, null);
    }

    @Test
    void the_first_answers_while_it_is_well() throws Exception {
        assertThat(answer()).isEqualTo("first/m1");
        assertThat(second.attempts).isEmpty();
    }

    @Test
    void whatever_goes_wrong_at_the_first_the_second_answers() throws Exception {
        for (Exception trouble : List.of(
                new ConnectException("no"),
                new SocketTimeoutException("late"),
                new IOException("reset"),
                new NullPointerException("bug"),
                busy("first", null),
                new ProviderGone("first", Cause.CREDENTIAL, "no"),
                new ProviderRejected("first", "cannot read that"))) {
            chain.line("first", new Credential("acme-key", "")).reset();
            first.trouble = trouble;
            assertThat(answer()).as(trouble.toString()).isEqualTo("second/m2");
        }
    }

    @Test
    void a_provider_that_asks_for_time_gets_it_and_the_longest_time_wins() throws Exception {
        first.trouble = busy("first", Duration.ofSeconds(60));
        Line line = chain.line("first", new Credential("acme-key", ""));
        Line.Call early = line.begin().orElseThrow();
        assertThat(answer()).isEqualTo("second/m2");
        early.failed(busy("first", Duration.ofSeconds(5)));
        first.trouble = null;

        clock.forward(Duration.ofSeconds(59));
        assertThat(answer()).isEqualTo("second/m2");
        clock.forward(Duration.ofSeconds(2));
        assertThat(answer()).isEqualTo("first/m1");
    }

    @Test
    void a_credential_that_is_refused_rests_and_another_tenants_does_not() throws Exception {
        first.trouble = new ProviderGone("first", Cause.CREDENTIAL, "no");
        answer();
        first.trouble = null;

        assertThat(answer()).isEqualTo("second/m2");
        assertThat(ask(Ask.any().of("other")).value()).isEqualTo("first/m1");
        clock.forward(BreakerSettings.USUAL.credentialFor().plusSeconds(1));
        assertThat(answer()).isEqualTo("first/m1");
    }

    @Test
    void failures_open_the_breaker_and_a_few_probes_close_it() throws Exception {
        first.trouble = new ConnectException("no");
        for (int i = 0; i < 5; i++) {
            answer();
        }
        assertThat(first.attempts).hasSize(5);
        answer();
        assertThat(first.attempts).as("left alone").hasSize(5);

        first.trouble = null;
        clock.forward(Duration.ofSeconds(6));
        assertThat(answer()).isEqualTo("first/m1");
        assertThat(answer()).isEqualTo("first/m1");
        assertThat(chain.line("first", new Credential("acme-key", "")).state()).isEqualTo(Line.State.CLOSED);
    }

    @Test
    void a_breaker_that_opens_again_stays_open_longer() throws Exception {
        first.trouble = new ConnectException("no");
        Line line = chain.line("first", new Credential("acme-key", ""));
        for (int i = 0; i < 5; i++) {
            answer();
        }
        clock.forward(Duration.ofSeconds(6));
        answer();
        answer();
        assertThat(Duration.between(clock.instant(), line.coolUntil())).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void when_all_are_left_alone_the_caller_is_told_when_the_first_may_be_back() throws Exception {
        first.trouble = busy("first", Duration.ofSeconds(40));
        second.trouble = busy("second", Duration.ofSeconds(20));
        third.trouble = busy("third", Duration.ofSeconds(30));
        assertThatThrownBy(this::answer).isInstanceOf(NobodyAnswered.class);

        clock.forward(Duration.ofSeconds(5));
        assertThatThrownBy(this::answer).isInstanceOfSatisfying(NobodyAnswered.class, nobody -> {
            assertThat(nobody.failures()).isEmpty();
            assertThat(nobody.retryAfter()).isEqualTo(Duration.ofSeconds(15));
        });
    }

    @Test
    void a_chain_that_waits_answers_when_the_first_is_back() throws Exception {
        settings = new ChainSettings(Choice.ORDERED, List.of(Link.to("first")), 3, true, false, Set.of());
        Line line = chain.line("first", new Credential("acme-key", ""));
        line.begin().orElseThrow().failed(busy("first", Duration.ofMillis(1)));
        HangUp caller = new HangUp();
        ExecutorService others = Executors.newSingleThreadExecutor();
        try {
            Future<Answered<String>> waiting = others.submit(() -> chain.ask(
                    Ask.any(), new Patience(Deadline.in(Duration.ofSeconds(60), clock), caller), Station::answer));
            clock.forward(Duration.ofSeconds(5));
            assertThat(waiting.get(20, TimeUnit.SECONDS).value()).isEqualTo("first/m1");
        } finally {
            others.shutdownNow();
        }
    }

    @Test
    void no_more_are_asked_than_the_settings_say() {
        settings = new ChainSettings(
                Choice.ORDERED,
                List.of(Link.to("first"), Link.to("second"), Link.to("third")),
                2,
                false,
                false,
                Set.of());
        first.trouble = new ConnectException("no");
        second.trouble = new ConnectException("no");

        assertThatThrownBy(this::answer)
                .isInstanceOfSatisfying(NobodyAnswered.class, nobody -> assertThat(nobody.failures())
                        .extracting(ProviderFailure::provider)
                        .containsExactly("first", "second"));
        assertThat(third.attempts).isEmpty();
    }

    @Test
    void one_that_is_not_the_last_gets_half_of_the_time() throws Exception {
        first.trouble = new ConnectException("no");
        line = new LineSettings(10, Duration.ofMinutes(5));
        answer();

        assertThat(first.left.get(0)).isEqualTo(Duration.ofSeconds(30));
        assertThat(second.left.get(0)).as("half of it all, for none has passed").isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void when_all_others_are_left_alone_one_gets_all_of_the_time() throws Exception {
        line = new LineSettings(10, Duration.ofMinutes(5));
        chain.line("second", new Credential("acme-key", "")).forceOpen();
        chain.line("third", new Credential("acme-key", "")).forceOpen();
        answer();

        assertThat(first.left).containsExactly(Duration.ofSeconds(60));
    }

    @Test
    void one_that_waits_in_vain_for_the_callers_address_is_not_blamed_and_the_next_is_asked() throws Exception {
        first.trouble = new Refusal(Refusal.Reason.TIMED_OUT, "audioUrl: example did not answer in time");
        for (int i = 0; i < 10; i++) {
            assertThat(answer()).isEqualTo("second/m2");
        }

        Line line = chain.line("first", new Credential("acme-key", ""));
        assertThat(line.state()).isEqualTo(Line.State.CLOSED);
        assertThat(line.lastFailure()).isEmpty();
        assertThat(line.underWay()).isZero();
    }

    @Test
    void one_that_is_too_slow_itself_is_blamed() throws Exception {
        first.trouble = new Refusal(Refusal.Reason.TOO_SLOW, "the transcript was not ready in time");
        for (int i = 0; i < 5; i++) {
            assertThat(answer()).isEqualTo("second/m2");
        }

        assertThat(chain.line("first", new Credential("acme-key", "")).state()).isEqualTo(Line.State.OPEN);
    }

    @Test
    void what_is_too_slow_at_the_last_one_is_told_as_it_is() {
        settings = ChainSettings.of("first");
        first.trouble = new Refusal(Refusal.Reason.TIMED_OUT, "audioUrl: example did not answer in time");

        assertThatThrownBy(this::answer).isSameAs(first.trouble);
    }

    @Test
    void a_stream_that_has_begun_has_more_time() throws Exception {
        Answered<String> opened = chain.open(Ask.any(), Patience.of(Duration.ofSeconds(60), clock), Station::answer);

        assertThat(first.attempts.get(0).patience().deadline().left()).isEqualTo(Duration.ofMinutes(10));
        opened.call().abandoned();
    }

    @Test
    void the_model_picks_its_provider_and_others_follow_with_a_warning() throws Exception {
        assertThat(ask(Ask.any().model("m2")).value()).isEqualTo("second/m2");

        second.trouble = new ConnectException("no");
        Answered<String> otherwise = ask(Ask.any().model("m2"));
        assertThat(otherwise.value()).isEqualTo("first/m1");
        assertThat(otherwise.warnings()).containsExactly("model \"m2\" was not available: first answered with m1");
    }

    @Test
    void a_strict_chain_answers_with_the_model_that_is_asked_for_or_not_at_all() {
        settings = new ChainSettings(
                Choice.ORDERED, List.of(Link.to("first"), Link.to("second")), 3, false, true, Set.of());
        second.trouble = new ConnectException("no");

        assertThatThrownBy(() -> ask(Ask.any().model("m2"))).isInstanceOf(NobodyAnswered.class);
        assertThat(first.attempts).isEmpty();
    }

    @Test
    void a_model_that_nobody_knows_is_refused_with_what_there_is() {
        assertThatThrownBy(() -> ask(Ask.any().model("m9")))
                .isInstanceOf(Refusal.class)
                .hasMessage("model \"m9\" is not known to provider first, second, third: use m1, m2, m3");
    }

    @Test
    void a_link_translates_a_model_and_names_its_own() throws Exception {
        settings = new ChainSettings(
                Choice.ORDERED,
                List.of(new Link("first", 1, "m1-small", Map.of("gpt", "m1-large"))),
                3,
                false,
                false,
                Set.of());

        assertThat(answer()).isEqualTo("first/m1-small");
        assertThat(ask(Ask.any().model("gpt")).value()).isEqualTo("first/m1-large");
    }

    @Test
    void an_option_moves_the_request_to_one_that_honours_it() throws Exception {
        third.honours.add("diarize");

        Answered<String> answered = ask(Ask.any().option("diarize"));
        assertThat(answered.value()).isEqualTo("third/m3");
        assertThat(answered.warnings()).isEmpty();
    }

    @Test
    void an_option_that_nobody_honours_is_told_or_refused() throws Exception {
        assertThat(ask(Ask.any().option("diarize")).warnings())
                .containsExactly("option diarize is not honoured by first");

        settings = new ChainSettings(Choice.ORDERED, List.of(Link.to("first")), 3, false, false, Set.of("redact"));
        assertThatThrownBy(() -> ask(Ask.any().option("redact")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("redact");
    }

    @Test
    void one_that_refuses_beforehand_is_not_asked() throws Exception {
        first.refusal = "language \"de\" is not spoken";
        assertThat(answer()).isEqualTo("second/m2");
        assertThat(first.attempts).isEmpty();

        second.refusal = "no";
        third.refusal = "no";
        assertThatThrownBy(this::answer).isInstanceOf(Refusal.class).hasMessageContaining("\"de\"");
    }

    @Test
    void one_without_a_credential_is_passed_over() throws Exception {
        withoutCredential.add("first");
        assertThat(answer()).isEqualTo("second/m2");

        withoutCredential.addAll(Set.of("second", "third"));
        assertThatThrownBy(this::answer)
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("no credential is configured for first, second, third");
    }

    @Test
    void a_provider_that_is_named_is_the_only_one() {
        first.trouble = new ConnectException("no");

        assertThatThrownBy(() -> ask(Ask.any().provider("first"))).isInstanceOf(NobodyAnswered.class);
        assertThatThrownBy(() -> ask(Ask.any().provider("nobody")))
                .isInstanceOf(Refusal.class)
                .hasMessage("provider \"nobody\" is not known: use first, second, third");
    }

    @Test
    void weights_share_the_requests_out() throws Exception {
        settings = new ChainSettings(
                Choice.WEIGHTED,
                List.of(new Link("first", 3, null, Map.of()), new Link("second", 1, null, Map.of())),
                3,
                false,
                false,
                Set.of());
        int toFirst = 0;
        for (int i = 0; i < 2_000; i++) {
            toFirst += answer().startsWith("first") ? 1 : 0;
        }
        assertThat(toFirst).isBetween(1_400, 1_600);
    }

    @Test
    void the_fastest_goes_first_and_one_without_figures_now_and_then() throws Exception {
        settings = new ChainSettings(
                Choice.FASTEST, List.of(Link.to("first"), Link.to("second")), 3, false, false, Set.of());
        second.answer(new Attempt("m2", Credential.NONE, Patience.of(Duration.ofSeconds(1), clock), true));
        Line known = chain.line("second", new Credential("acme-key", ""));
        known.begin().orElseThrow().answered();
        int toFirst = 0;
        for (int i = 0; i < 20 && toFirst == 0; i++) {
            toFirst += answer().startsWith("first") ? 1 : 0;
        }
        for (int i = 0; i < 200 && toFirst == 0; i++) {
            toFirst += answer().startsWith("first") ? 1 : 0;
        }
        assertThat(toFirst).isOne();
    }

    @Test
    void a_call_that_goes_well_counts_before_it_ends() {
        Line known = chain.line("first", new Credential("acme-key", ""));
        for (int i = 0; i < BreakerSettings.USUAL.leastCalls(); i++) {
            known.begin().orElseThrow().failed(new ProviderBusy("first", Cause.SERVER_ERROR, "no", null, null));
        }
        assertThat(known.state()).isEqualTo(Line.State.OPEN);
        clock.forward(Duration.ofMinutes(5));

        for (int i = 0; i < BreakerSettings.USUAL.probes(); i++) {
            known.begin().orElseThrow().goesWell();
        }

        assertThat(known.state()).isEqualTo(Line.State.CLOSED);
        assertThat(known.underWay()).isEqualTo(BreakerSettings.USUAL.probes());
    }

    @Test
    void a_provider_that_is_full_is_passed_over_and_keeps_nobody() throws Exception {
        line = new LineSettings(1, Duration.ofSeconds(30));
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService others = Executors.newSingleThreadExecutor();
        try {
            Future<?> slow = others.submit(
                    () -> chain.ask(Ask.any(), Patience.of(Duration.ofSeconds(60), clock), (station, attempt) -> {
                        inside.countDown();
                        go.await();
                        return "slow";
                    }));
            inside.await();
            assertThat(answer()).isEqualTo("second/m2");
            go.countDown();
            slow.get(20, TimeUnit.SECONDS);
            assertThat(answer()).isEqualTo("first/m1");
        } finally {
            go.countDown();
            others.shutdownNow();
        }
    }

    @Test
    void a_caller_who_hangs_up_ends_it_and_says_nothing_about_the_provider() {
        HangUp caller = new HangUp();
        Patience patience = new Patience(Deadline.in(Duration.ofSeconds(60), clock), caller);

        assertThatThrownBy(() -> chain.ask(Ask.any(), patience, (station, attempt) -> {
                    caller.hangUp();
                    throw new IOException("cut");
                }))
                .isInstanceOfSatisfying(
                        Refusal.class, gone -> assertThat(gone.reason()).isEqualTo(Refusal.Reason.CALLER_GONE));
        assertThat(second.attempts).isEmpty();
        assertThat(chain.line("first", new Credential("acme-key", "")).lastFailure())
                .isEmpty();
    }

    @Test
    void what_all_reject_is_the_callers_to_mend() {
        first.trouble = new ProviderRejected("first", "answered 400: corrupt");
        second.trouble = new ProviderRejected("second", "answered 415");
        third.trouble = new ProviderRejected("third", "answered 400");

        assertThatThrownBy(this::answer)
                .isInstanceOfSatisfying(NobodyAnswered.class, nobody -> assertThat(nobody.rejected())
                        .isTrue());
    }

    @Test
    void an_operator_takes_a_provider_out_and_puts_it_back() throws Exception {
        Line line = chain.line("first", new Credential("acme-key", ""));
        line.forceOpen();
        assertThat(answer()).isEqualTo("second/m2");
        assertThat(line.state()).isEqualTo(Line.State.FORCED_OPEN);

        line.reset();
        assertThat(answer()).isEqualTo("first/m1");
    }
}
