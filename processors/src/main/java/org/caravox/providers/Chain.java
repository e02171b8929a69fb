package org.caravox.providers;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.caravox.providers.Lines.LineSettings;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The providers of one use. A request is carried to one of them after another, as its tenant's settings say, until one
 * answers; each is asked at most once, no more than a few in all, within one deadline: a provider that is not the last
 * one gets at most half of the time that is left.
 *
 * @param <R> the requests
 * @param <P> the providers
 */
public final class Chain<R extends Request, P extends Provider<R>> {

    /** What is asked of a provider. */
    @FunctionalInterface
    public interface Work<P, T> {
        T ask(P provider, Attempt attempt) throws IOException, InterruptedException;
    }

    /** A provider that may be asked, and the model that would answer. */
    public record Askable(String provider, String model) {}

    private static final Logger log = LoggerFactory.getLogger(Chain.class);

    /** How long a stream that has begun may last; how long it may be silent is the share of time it began within. */
    private static final Duration STREAM_WITHIN = Duration.ofMinutes(10);

    private final Use use;
    private final Map<String, P> providers = new LinkedHashMap<>();
    private final Function<String, LineSettings> lineSettings;
    private final Function<String, ChainSettings> settingsOfTenant;
    private final Plan<R, P> plan;
    private final Lines lines;
    private final MeterRegistry metrics;

    /**
     * A chain.
     *
     * @param providers        all that are configured
     * @param lineSettings     what is set for the line of each, by its name
     * @param settingsOfTenant who is asked on behalf of a tenant, by its name
     */
    public Chain(
            Use use,
            Collection<P> providers,
            Function<String, LineSettings> lineSettings,
            Function<String, ChainSettings> settingsOfTenant,
            Credentials credentials,
            Lines lines,
            MeterRegistry metrics,
            RandomGenerator chance) {
        this.use = use;
        providers.forEach(provider -> this.providers.put(provider.provider(), provider));
        this.lineSettings = lineSettings;
        this.settingsOfTenant = settingsOfTenant;
        this.lines = lines;
        this.metrics = metrics;
        this.plan = new Plan<>(use, this.providers, credentials, this::line, chance);
    }

    public Use use() {
        return use;
    }

    /** All that are configured. */
    public Collection<P> providers() {
        return List.copyOf(providers.values());
    }

    /** Who is asked on behalf of a tenant. */
    public ChainSettings settings(String tenant) {
        return settingsOfTenant.apply(tenant);
    }

    /** A provider's line with a credential. */
    public Line line(String provider, Credential credential) {
        return lines.line(use, provider, credential.name(), lineSettings.apply(provider));
    }

    /** A line with the call that probes it, if it can be probed. */
    record Probed(Line line, Optional<ProviderCall> call) {}

    /** The lines of a tenant's chain, as far as there are credentials. */
    List<Probed> lines(String tenant) {
        return settings(tenant).links().stream()
                .map(link -> plan.provider(link))
                .flatMap(provider -> plan.credential(provider, tenant).stream()
                        .map(credential ->
                                new Probed(line(provider.provider(), credential), provider.probe(credential))))
                .toList();
    }

    /** How the providers of a tenant's chain stand. */
    List<Standing> standings(String tenant) {
        return settings(tenant).links().stream()
                .map(link -> plan.provider(link))
                .map(provider -> plan.credential(provider, tenant)
                        .map(credential -> Standing.of(line(provider.provider(), credential), provider))
                        .orElseGet(() -> Standing.withoutCredential(use, provider)))
                .toList();
    }

    /**
     * Whether anybody could carry out a request, before any work is begun.
     *
     * @throws Refusal INVALID, saying what there is
     */
    public void check(R request) {
        plan.candidates(request, settings(request.tenant()));
    }

    /**
     * Those who may be asked for one request.
     *
     * @throws Refusal INVALID when nobody could carry it out, saying what there is
     */
    public List<Askable> askable(R request) {
        return plan.candidates(request, settings(request.tenant())).stream()
                .map(candidate -> new Askable(candidate.provider().provider(), candidate.model()))
                .toList();
    }

    /**
     * Whether any of those who may be asked for a request honours an option of it.
     *
     * @throws Refusal INVALID when nobody could carry it out, saying what there is
     */
    public boolean honours(R request, String option) {
        return plan.candidates(request, settings(request.tenant())).stream()
                .anyMatch(candidate -> !candidate.cannot().contains(option));
    }

    /**
     * Asks one provider after another for a whole answer.
     *
     * @throws Refusal              when the request is at fault, or its caller has gone
     * @throws NobodyAnswered       when all failed or are left alone
     * @throws InterruptedException when the work was called off
     */
    public <T> Answered<T> ask(R request, Patience patience, Work<P, T> work) throws InterruptedException {
        Answered<T> answered = open(request, patience, work);
        answered.call().succeeded();
        return answered;
    }

    /**
     * Asks one provider after another for a stream. The call of the one that answered is still under way: whoever reads
     * the stream ends it.
     *
     * @throws Refusal              when the request is at fault, or its caller has gone
     * @throws NobodyAnswered       when all failed or are left alone
     * @throws InterruptedException when the work was called off
     */
    public <T> Answered<T> open(R request, Patience patience, Work<P, T> work) throws InterruptedException {
        return open(request, patience, Asked.ALL, work);
    }

    /**
     * The same, but some providers are asked last, as those that have just failed this request, or not at all.
     *
     * @throws Refusal              when the request is at fault, or its caller has gone
     * @throws NobodyAnswered       when all failed or are left alone
     * @throws InterruptedException when the work was called off
     */
    public <T> Answered<T> open(R request, Patience patience, Asked whom, Work<P, T> work) throws InterruptedException {
        ChainSettings settings = settings(request.tenant());
        List<ProviderFailure> failures = new ArrayList<>();
        while (true) {
            List<Candidate<P>> candidates = plan.candidates(request, settings).stream()
                    .filter(candidate ->
                            !whom.never().contains(candidate.provider().provider()))
                    .sorted(Comparator.comparing(candidate ->
                            whom.last().contains(candidate.provider().provider())))
                    .toList();
            Optional<Answered<T>> answered = round(request, patience, work, settings, candidates, failures);
            if (answered.isPresent()) {
                return answered.get();
            }
            Duration retryAfter = retryAfter(candidates);
            boolean worthWaiting = settings.waits()
                    && failures.isEmpty()
                    && retryAfter.compareTo(patience.deadline().left()) < 0;
            if (!worthWaiting) {
                NobodyAnswered nobody = new NobodyAnswered(use, failures, retryAfter);
                log.warn(
                        "chain.exhausted use={} request={} reason=\"{}\"",
                        use.word(),
                        request.id(),
                        nobody.getMessage());
                throw nobody;
            }
            if (patience.hangUp().within(retryAfter)) {
                throw gone();
            }
        }
    }

    private <T> Optional<Answered<T>> round(
            R request,
            Patience patience,
            Work<P, T> work,
            ChainSettings settings,
            List<Candidate<P>> candidates,
            List<ProviderFailure> failures)
            throws InterruptedException {
        for (int i = 0; i < candidates.size() && failures.size() < settings.attempts(); i++) {
            Candidate<P> candidate = candidates.get(i);
            if (patience.over()) {
                break;
            }
            Optional<Line.Call> call = candidate.line().begin();
            if (call.isEmpty()) {
                count(candidate, "skipped");
                continue;
            }
            boolean last = failures.size() == settings.attempts() - 1
                    || candidates.stream().skip(i + 1L).noneMatch(next -> next.line()
                            .mayBegin());
            Patience own = share(patience, candidate, last);
            try {
                T value = ask(patience, own, work, candidate, call.get(), last);
                own.putOff(STREAM_WITHIN);
                call.get().answered();
                count(candidate, "answered");
                return Optional.of(new Answered<>(
                        value,
                        candidate.provider().provider(),
                        candidate.model(),
                        candidate.warnings(),
                        failures.size() + 1,
                        call.get()));
            } catch (ProviderFailure failure) {
                failed(request, candidate, call.get(), failure, patience);
                failures.add(failure);
            }
        }
        if (patience.hangUp().hungUp()) {
            throw gone();
        }
        return Optional.empty();
    }

    private Patience share(Patience patience, Candidate<P> candidate, boolean last) {
        Duration timeout = lineSettings.apply(candidate.provider().provider()).timeout();
        Duration share =
                last ? patience.deadline().left() : patience.deadline().left().dividedBy(2);
        return patience.orIn(share.compareTo(timeout) < 0 ? share : timeout);
    }

    private <T> T ask(
            Patience patience, Patience own, Work<P, T> work, Candidate<P> candidate, Line.Call call, boolean last)
            throws InterruptedException {
        try {
            return work.ask(candidate.provider(), new Attempt(candidate.model(), candidate.credential(), own, last));
        } catch (Refusal refusal) {
            boolean slowSource = refusal.reason() == Refusal.Reason.TIMED_OUT;
            if (slowSource) {
                call.abandoned(); // which says nothing about the provider
            }
            boolean late = slowSource || refusal.reason() == Refusal.Reason.TOO_SLOW;
            if (late && !patience.over() && !last) {
                throw new ProviderBusy(
                        candidate.provider().provider(), Cause.TIMEOUT, refusal.getMessage(), null, refusal);
            }
            call.abandoned();
            throw refusal;
        } catch (IOException | RuntimeException e) {
            throw failure(candidate.provider().provider(), e, own);
        } catch (InterruptedException e) {
            call.abandoned();
            throw e;
        }
    }

    private void failed(R request, Candidate<P> candidate, Line.Call call, ProviderFailure failure, Patience patience)
            throws InterruptedException {
        if (patience.hangUp().hungUp() || Thread.currentThread().isInterrupted()) {
            call.abandoned();
            throw gone();
        }
        call.failed(failure);
        count(candidate, failure.why().word());
        log.warn(
                "provider.failed use={} provider={} credential={} request={} why={} reason=\"{}\"",
                use.word(),
                candidate.provider().provider(),
                candidate.credential().name(),
                request.id(),
                failure.why().word(),
                failure.getMessage());
        if (failure.getCause() instanceof RuntimeException bug) {
            log.error("provider.bug provider={}", candidate.provider().provider(), bug);
        }
    }

    /** What an exception on the way to or from a provider amounts to. */
    public static ProviderFailure failure(String provider, Exception e, Patience patience) {
        if (e instanceof ProviderFailure failure) {
            return failure;
        }
        if (e instanceof JsonProcessingException) {
            return new ProviderBusy(
                    provider, Cause.GARBAGE, "answered what is not the JSON that was expected", null, null);
        }
        if (e instanceof UnknownHostException) {
            return new ProviderBusy(provider, Cause.CONNECT, "its host name is not known", null, null);
        }
        if (patience.deadline().passed() || e instanceof InterruptedIOException) {
            return new ProviderBusy(provider, Cause.TIMEOUT, "did not answer in time", null, null);
        }
        if (e instanceof ConnectException || e instanceof NoRouteToHostException) {
            return new ProviderBusy(provider, Cause.CONNECT, "takes no connections", null, null);
        }
        if (e instanceof IOException) {
            return new ProviderBusy(
                    provider, Cause.BROKEN_OFF, "broke off (" + e.getClass().getSimpleName() + ")", null, null);
        }
        return new ProviderBusy(provider, Cause.GARBAGE, "answered what could not be understood", null, e);
    }

    /** Work that was called off is interrupted as well; that its caller hung up is nobody's failure. */
    private static Refusal gone() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the work was called off");
        }
        return new Refusal(Refusal.Reason.CALLER_GONE, "the caller hung up");
    }

    private Duration retryAfter(List<Candidate<P>> candidates) {
        return candidates.stream()
                .map(candidate -> candidate.line().retryAfter())
                .min(Duration::compareTo)
                .orElse(Duration.ofSeconds(1));
    }

    /**
     * Tells a line of a failure in a stream that had begun. When the caller hung up, or read so slowly that the time was
     * over, that says nothing about the provider.
     */
    public static void brokeOff(Line.Call call, Exception e, Patience patience) {
        boolean silent = e instanceof SocketTimeoutException || e instanceof ProviderFailure;
        if (patience.hangUp().hungUp() || (patience.deadline().passed() && !silent)) {
            call.abandoned();
        } else {
            call.failed(failure(call.line().provider(), e, patience));
        }
    }

    private void count(Candidate<P> candidate, String outcome) {
        metrics.counter(
                        "provider.attempts",
                        "use",
                        use.word(),
                        "provider",
                        candidate.provider().provider(),
                        "outcome",
                        outcome)
                .increment();
    }
}
