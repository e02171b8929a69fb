package org.caravox.usage;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.caravox.providers.Chain;
import org.caravox.providers.Chain.Askable;
import org.caravox.providers.Request;
import org.caravox.providers.Use;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures requests: before a provider is asked, whether the tenant can afford it; afterwards, what it came to. */
public final class Meter {

    private static final Logger log = LoggerFactory.getLogger(Meter.class);

    /** How long a reservation outlasts the deadline of its request. */
    private static final Duration GRACE = Duration.ofMinutes(5);

    private final Consumer<Usage> ledger;
    private final Budgets budgets;
    private final Prices prices;
    private final Assumed assumed;
    private final Clock clock;
    private final Set<Askable> warnedOf = ConcurrentHashMap.newKeySet();

    /**
     * A meter.
     *
     * @param ledger writes usage down
     */
    public Meter(Consumer<Usage> ledger, Budgets budgets, Prices prices, Assumed assumed, Clock clock) {
        this.ledger = ledger;
        this.budgets = budgets;
        this.prices = prices;
        this.assumed = assumed;
        this.clock = clock;
    }

    /**
     * A request is about to be carried to a chain. Whoever begins ends it, or releases it.
     *
     * @param most what it may use at most, worked out only for tenants with a budget
     * @throws Refusal OVER_BUDGET when its tenant cannot afford it
     */
    public <R extends Request> Metered begin(
            Chain<R, ?> chain, R request, Patience patience, Function<Assumed, Consumed> most) {
        Optional<Budget> budget = budgets.of(request.tenant());
        budget.ifPresent(set -> budgets.reserve(
                set,
                request.id(),
                chain.use(),
                request.tenant(),
                dearest(chain, request, most.apply(assumed)),
                patience.deadline().at().plus(GRACE)));
        return new Metered(this, request, chain.use(), budget.isPresent());
    }

    /** The most that any provider that may be asked would charge. */
    private <R extends Request> BigDecimal dearest(Chain<R, ?> chain, R request, Consumed consumed) {
        return chain.askable(request).stream()
                .map(askable -> cost(chain.use(), askable, consumed))
                .max(BigDecimal::compareTo)
                .orElse(BigDecimal.ZERO);
    }

    private BigDecimal cost(Use use, Askable askable, Consumed consumed) {
        return prices.cost(use, askable.provider(), askable.model(), consumed).orElseGet(() -> {
            if (warnedOf.add(askable)) {
                log.warn(
                        "budget.price.unknown use={} provider={} model={}: it counts as 0 until it is in prices.yaml",
                        use.word(),
                        askable.provider(),
                        askable.model());
            }
            return BigDecimal.ZERO;
        });
    }

    /** A request was answered without a provider: it is written down and costs nothing. */
    public void cached(Request request, Use use, String provider, String model, Consumed consumed) {
        record(usage(request, use, provider, model, consumed).asCached());
    }

    void ended(Request request, Use use, String provider, String model, Consumed consumed) {
        record(usage(request, use, provider, model, consumed));
    }

    private Usage usage(Request request, Use use, String provider, String model, Consumed consumed) {
        return Usage.priced(prices, request.id(), use, request.tenant(), provider, model, consumed, clock.instant());
    }

    /** The answer is out or on its way: that its usage cannot be written down is the operator's business. */
    private void record(Usage usage) {
        try {
            ledger.accept(usage);
        } catch (RuntimeException e) {
            log.error("usage.lost {}", usage, e);
        }
    }

    void released(Request request, Use use) {
        try {
            budgets.release(request.id(), use);
        } catch (RuntimeException e) {
            log.warn(
                    "budget.release.failed request={} reason=\"{}\": it will expire",
                    request.id(),
                    Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName()));
        }
    }
}
