package org.caravox.providers;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All chains of the hub, for those who watch over them: how each provider stands, probes, and an operator's hand. */
public final class Providers {

    private static final Logger log = LoggerFactory.getLogger(Providers.class);
    private static final Duration PROBED_WITHIN = Duration.ofSeconds(5);

    private final List<Chain<?, ?>> chains;
    private final Supplier<Collection<String>> tenants;
    private final ProviderHttp http;
    private final Clock clock;

    /**
     * The chains.
     *
     * @param tenants those that may have chains or credentials of their own, and one that stands for all others
     */
    public Providers(List<Chain<?, ?>> chains, Supplier<Collection<String>> tenants, ProviderHttp http, Clock clock) {
        this.chains = List.copyOf(chains);
        this.tenants = tenants;
        this.http = http;
        this.clock = clock;
    }

    /** How the providers in a tenant's chains stand, in the order of the chains. */
    public List<Standing> ofTenant(String tenant) {
        return chains.stream()
                .flatMap(chain -> chain.standings(tenant).stream())
                .map(Standing::forTenant)
                .toList();
    }

    /** How all providers in anybody's chain stand, for operators. */
    public List<Standing> all() {
        Set<Standing> all = new LinkedHashSet<>();
        for (Chain<?, ?> chain : chains) {
            tenants.get().forEach(tenant -> all.addAll(chain.standings(tenant)));
        }
        return List.copyOf(all);
    }

    /**
     * Opens a provider's breaker until it is closed by hand, or closes it and forgets its failures.
     *
     * @param credential for one credential only; null is for all
     * @throws Refusal NOT_FOUND when nobody's chain has such a provider
     */
    public List<Standing> setBreaker(Use use, String provider, @Nullable String credential, boolean open) {
        List<Line> lines = lines().stream()
                .filter(line -> line.use() == use && line.provider().equals(provider))
                .filter(line -> credential == null || line.credential().equals(credential))
                .toList();
        if (lines.isEmpty()) {
            throw Refusal.notFound("provider " + provider + " is in no chain of " + use.word()
                    + (credential == null ? "" : " with credential " + credential)
                    + ": GET /providers lists those that are");
        }
        lines.forEach(open ? Line::forceOpen : Line::reset);
        log.info("breaker.set use={} provider={} open={}", use.word(), provider, open);
        return all().stream()
                .filter(standing -> standing.use() == use && standing.provider().equals(provider))
                .toList();
    }

    private Set<Line> lines() {
        Set<Line> lines = new LinkedHashSet<>();
        for (Chain<?, ?> chain : chains) {
            tenants.get().forEach(tenant -> chain.lines(tenant).forEach(probed -> lines.add(probed.line())));
        }
        return lines;
    }

    /**
     * Calls each provider that can be probed: one that is well is asked again at once, one that is not is counted. What a
     * probe is refused says nothing: a key may well transcribe and not list models.
     */
    public void probe() {
        Set<Line> probed = new LinkedHashSet<>();
        for (Chain<?, ?> chain : chains) {
            for (String tenant : tenants.get()) {
                for (Chain.Probed one : chain.lines(tenant)) {
                    if (probed.add(one.line())) {
                        one.call().ifPresent(call -> probe(one.line(), call));
                    }
                }
            }
        }
    }

    private void probe(Line line, ProviderCall call) {
        if (line.state() == Line.State.FORCED_OPEN) {
            return;
        }
        Patience patience = Patience.of(PROBED_WITHIN, clock);
        try (ProviderAnswer answer = http.send(call, patience)) {
            if (answer.status() < 300) {
                line.probedWell();
            } else if (answer.status() >= 500) {
                line.probedIll(new ErrorAnswer(line.provider(), answer.status(), null, "", "to a probe").failure());
            }
        } catch (IOException | RuntimeException e) {
            line.probedIll(Chain.failure(line.provider(), e, patience));
        }
    }
}
