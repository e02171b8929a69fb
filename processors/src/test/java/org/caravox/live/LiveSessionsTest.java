package org.caravox.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.caravox.live.LiveFault.Why;
import org.caravox.providers.BreakerSettings;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.Lines;
import org.caravox.providers.Lines.LineSettings;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.Use;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Utterance;
import org.caravox.usage.Meters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is let in, and who is not. */
@Timeout(60)
class LiveSessionsTest {

    private static final int PLACES = 5;

    private final CountingTranscriber provider = new CountingTranscriber("first");
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService others = Executors.newFixedThreadPool(8);
    private final AtomicInteger opened = new AtomicInteger();
    private final LiveSessions sessions = sessions();

    @AfterEach
    void stop() {
        loop.shutdownNow();
        others.shutdownNow();
    }

    private LiveSessions sessions() {
        Duration some = Duration.ofSeconds(10);
        LiveSettings settings = new LiveSettings(
                PLACES, some.multipliedBy(2), some, 1.25, some, some, some, some, some, some, some, some, some, false);
        Chain<LiveRequest, LiveTranscriber> chain = new Chain<>(
                Use.LIVE,
                List.of(provider),
                name -> new LineSettings(100, some),
                tenant -> ChainSettings.of("first"),
                (use, name, tenant) -> Optional.empty(),
                new Lines(
                        new BreakerSettings(
                                10_000, 10_000, 100, some, some, 1, Duration.ZERO, Duration.ZERO, some, some),
                        new SimpleMeterRegistry(),
                        Clock.systemUTC()),
                new SimpleMeterRegistry(),
                RandomGenerator.getDefault());
        LiveOutside outside = new LiveOutside(
                new LiveLegs(chain, others, Clock.systemUTC()),
                new Steps(),
                others,
                new LiveMetrics(new SimpleMeterRegistry()),
                settings,
                System::nanoTime);
        return new LiveSessions(outside, new KeptHandovers(), Meters.none(), tenant -> 100, Clock.systemUTC());
    }

    /** Every fifth session is refused by its route. */
    private final class Steps implements LiveSteps {

        @Override
        public LiveRequest opened(LiveRequest request) {
            if (opened.incrementAndGet() % 5 == 0) {
                throw Refusal.invalid("not this one");
            }
            return request;
        }

        @Override
        public void uttered(LiveRequest request, Utterance utterance) {}

        @Override
        public Transcript ended(LiveRecord ended) {
            return Transcript.of(
                    ended.request().id(), "u", Mode.STREAM, null, ended.heard(), ended.warnings(), Instant.EPOCH);
        }
    }

    private static LiveRequest request() {
        return new LiveRequest(
                RequestIds.next(),
                "acme",
                null,
                "mary",
                "stream",
                CountedAudio.form(1),
                null,
                null,
                null,
                Options.NONE,
                true,
                null,
                null,
                false,
                false,
                null,
                Instant.EPOCH);
    }

    private CompletableFuture<LiveSession> open() {
        return sessions.open(request(), loop, false);
    }

    @Test
    void however_many_come_and_go_at_once_no_more_are_live_than_may_be_and_every_place_is_given_back_once() {
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger letIn = new AtomicInteger();
        provider.opening = () -> {
            most.accumulateAndGet(sessions.count(), Math::max);
            if (asked.incrementAndGet() % 3 == 0) {
                throw new ProviderBusy("first", Cause.CONNECT, "takes no connections", null, null);
            }
        };
        ExecutorService many = Executors.newFixedThreadPool(16);
        try {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int number = i;
                all.add(CompletableFuture.runAsync(() -> comeAndGo(number, letIn), many));
            }
            all.forEach(CompletableFuture::join);
        } finally {
            many.shutdownNow();
        }

        await().until(() -> sessions.count() == 0);
        assertThat(letIn.get()).isGreaterThan(PLACES);
        assertThat(most.get()).isLessThanOrEqualTo(PLACES);
        provider.opening = () -> {};
        for (int i = 0; i < PLACES; i++) {
            opened.set(0);
            open().join();
        }
        assertThatThrownBy(this::open).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.reason())
                .isEqualTo(Refusal.Reason.OVERLOADED));
    }

    /** Knocks until there is room. */
    private void comeAndGo(int number, AtomicInteger letIn) {
        boolean full = true;
        while (full) {
            try {
                LiveSession session = open().join();
                letIn.incrementAndGet();
                if (number % 2 == 0) {
                    session.fail(new LiveFault(Why.BROKEN, "enough"));
                }
                session.end();
                session.fail(new LiveFault(Why.BROKEN, "enough"));
                full = false;
            } catch (Refusal refused) {
                full = refused.reason() == Refusal.Reason.OVERLOADED;
                Thread.onSpinWait();
            } catch (RuntimeException notOpened) {
                full = false;
            }
        }
    }

    @Test
    void a_session_that_nobody_waits_for_any_more_ends_and_lets_go_of_who_listens_too_late() {
        CountDownLatch listens = new CountDownLatch(1);
        provider.opening = () -> {
            try {
                listens.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        CompletableFuture<LiveSession> opening = open();
        await().until(() -> sessions.count() == 1);

        opening.cancel(false);

        await().until(() -> sessions.count() == 0);
        listens.countDown();
        await().until(() -> provider.aborted.get() == 1);
    }
}
