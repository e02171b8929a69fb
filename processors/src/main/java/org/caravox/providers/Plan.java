package org.caravox.providers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.caravox.providers.ChainSettings.Link;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Who is asked for one request, in order: first those that have the model and honour every option, then those with the
 * model, then the others; among equals as the chain's settings choose.
 */
final class Plan<R extends Request, P extends Provider<R>> {

    /** How often a provider without figures goes first, where the fastest is wanted. */
    private static final double TRIED_NOW_AND_THEN = 0.1;

    /** By then a credential that was added is known. */
    private static final Duration LOOKED_UP_AGAIN = Duration.ofMinutes(1);

    private final Use use;
    private final Map<String, P> providers;
    private final Credentials credentials;
    private final BiFunction<String, Credential, Line> lines;
    private final RandomGenerator chance;

    Plan(
            Use use,
            Map<String, P> providers,
            Credentials credentials,
            BiFunction<String, Credential, Line> lines,
            RandomGenerator chance) {
        this.use = use;
        this.providers = providers;
        this.credentials = credentials;
        this.lines = lines;
        this.chance = chance;
    }

    /**
     * The candidates, best first; at least one.
     *
     * @throws Refusal INVALID when none could carry it out, saying why; UNKNOWN_MODEL when nobody has the model that it
     *                 asks for; OVERLOADED when none has a credential now
     */
    List<Candidate<P>> candidates(R request, ChainSettings settings) {
        List<Link> links = links(request, settings);
        checkModel(request.model(), links, settings);
        List<Candidate<P>> able = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        for (Link link : links) {
            candidate(request, link, settings, reasons).ifPresent(able::add);
        }
        if (able.isEmpty()) {
            throw nobody(links, reasons);
        }
        return able.size() == 1 ? able : sorted(able, settings.choose());
    }

    private List<Link> links(R request, ChainSettings settings) {
        String wanted = request.provider();
        if (wanted == null) {
            return settings.links();
        }
        return List.of(settings.links().stream()
                .filter(link -> link.provider().equals(wanted))
                .findFirst()
                .orElseThrow(
                        () -> Refusal.invalid("provider \"" + wanted + "\" is not known: use " + names(settings))));
    }

    private static String names(ChainSettings settings) {
        return settings.links().stream().map(Link::provider).collect(Collectors.joining(", "));
    }

    /** A model that no configured provider ever heard of is a slip of the pen. */
    private void checkModel(@Nullable String model, List<Link> links, ChainSettings settings) {
        if (model == null || links.stream().anyMatch(link -> model(link, model).isPresent())) {
            return;
        }
        boolean elsewhere = providers.values().stream()
                .anyMatch(provider -> provider.models().lists(model));
        if (elsewhere
                && !settings.strictModel()
                && links.size() == settings.links().size()) {
            return;
        }
        Set<String> known = new LinkedHashSet<>();
        links.forEach(link -> {
            known.addAll(provider(link).models().named());
            known.addAll(new TreeSet<>(link.models().keySet()));
        });
        throw new Refusal(
                Refusal.Reason.UNKNOWN_MODEL,
                "model \"" + model + "\" is not known to provider "
                        + links.stream().map(Link::provider).collect(Collectors.joining(", ")) + ": use "
                        + String.join(", ", known));
    }

    P provider(Link link) {
        P provider = providers.get(link.provider());
        if (provider == null) {
            throw new IllegalStateException(
                    "the chain of " + use.word() + " names provider " + link.provider() + ", which is not configured");
        }
        return provider;
    }

    Optional<Credential> credential(P provider, String tenant) {
        return provider.needsCredential()
                ? credentials.of(use, provider.provider(), tenant)
                : Optional.of(Credential.NONE);
    }

    /** The provider's own name for a model; empty when it does not have it. */
    private Optional<String> model(Link link, String wanted) {
        String own = link.models().get(wanted);
        if (own != null) {
            return Optional.of(own);
        }
        return provider(link).models().takes(wanted) ? Optional.of(wanted) : Optional.empty();
    }

    private Optional<Candidate<P>> candidate(R request, Link link, ChainSettings settings, List<String> reasons) {
        P provider = provider(link);
        Optional<Credential> credential = credential(provider, request.tenant());
        if (credential.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> refusal = provider.refuses(request);
        if (refusal.isPresent()) {
            reasons.add(refusal.get());
            return Optional.empty();
        }
        String wanted = request.model();
        Optional<String> right = wanted == null ? Optional.empty() : model(link, wanted);
        boolean isRight = wanted == null || right.isPresent();
        if (!isRight && settings.strictModel()) {
            reasons.add("model \"" + wanted + "\" is not known to provider " + provider.provider());
            return Optional.empty();
        }
        Set<String> cannot = provider.cannot(request);
        Optional<String> needed =
                cannot.stream().filter(settings.require()::contains).sorted().findFirst();
        if (needed.isPresent()) {
            reasons.add("option " + needed.get() + " is not honoured by provider " + provider.provider());
            return Optional.empty();
        }
        String model = right.orElseGet(() -> usual(link, provider));
        return Optional.of(new Candidate<>(
                provider,
                model,
                credential.get(),
                lines.apply(provider.provider(), credential.get()),
                link.weight(),
                isRight,
                cannot,
                warnings(provider.provider(), wanted, isRight, model, cannot)));
    }

    private static String usual(Link link, Provider<?> provider) {
        String model = link.model();
        return model != null ? model : provider.models().usual();
    }

    private static List<String> warnings(
            String provider, @Nullable String wanted, boolean right, String model, Set<String> cannot) {
        if (right && cannot.isEmpty()) {
            return List.of();
        }
        List<String> warnings = new ArrayList<>();
        if (!right) {
            warnings.add("model \"" + wanted + "\" was not available: " + provider + " answered with " + model);
        }
        new TreeSet<>(cannot).forEach(option -> warnings.add("option " + option + " is not honoured by " + provider));
        return List.copyOf(warnings);
    }

    private Refusal nobody(List<Link> links, List<String> reasons) {
        if (!reasons.isEmpty()) {
            return Refusal.invalid(String.join("; ", reasons));
        }
        if (links.isEmpty()) {
            return new Refusal(
                    Refusal.Reason.NOT_BUILT,
                    use.word() + " has no provider on this hub: add one to caravox." + use.word() + ".chain");
        }
        return new Refusal(
                Refusal.Reason.OVERLOADED,
                use.word() + " has no provider that could be asked: no credential is configured for "
                        + links.stream().map(Link::provider).collect(Collectors.joining(", ")),
                LOOKED_UP_AGAIN,
                null);
    }

    private List<Candidate<P>> sorted(List<Candidate<P>> able, ChainSettings.Choice choice) {
        Map<Candidate<P>, Double> rank = new HashMap<>();
        for (Candidate<P> candidate : able) {
            rank.put(
                    candidate,
                    switch (choice) {
                        case ORDERED -> 0.0;
                        // Efraimidis and Spirakis (2006): keys that make a weighted order without replacement
                        case WEIGHTED -> -Math.pow(chance.nextDouble(), 1 / candidate.weight());
                        case FASTEST -> pace(candidate);
                    });
        }
        return able.stream()
                .sorted(Comparator.<Candidate<P>, Boolean>comparing(candidate -> !candidate.right())
                        .thenComparing(candidate -> !candidate.cannot().isEmpty())
                        .thenComparing(rank::get))
                .toList();
    }

    private double pace(Candidate<P> candidate) {
        return candidate
                .line()
                .latency()
                .map(latency -> (double) latency.toNanos())
                .orElseGet(() -> chance.nextDouble() < TRIED_NOW_AND_THEN ? -1.0 : Double.MAX_VALUE);
    }
}
