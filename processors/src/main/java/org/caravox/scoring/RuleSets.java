package org.caravox.scoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.caravox.requests.Refusal;

/** The rules of all tenants: those that name a tenant go before those for all. */
public final class RuleSets {

    private final Map<String, RuleSet> byTenant = new HashMap<>();

    /**
     * Takes the rules.
     *
     * @throws Refusal INVALID when two name the same tenant
     */
    public RuleSets(List<RuleSet> sets) {
        for (RuleSet set : sets) {
            for (String tenant : set.tenants()) {
                RuleSet other = byTenant.putIfAbsent(tenant, set);
                if (other != null) {
                    String whose = tenant.equals(RuleSet.ALL) ? "all tenants" : "tenant " + tenant;
                    throw Refusal.invalid("the rules " + other.label() + " and " + set.label() + " are both for "
                            + whose + ": take it out of the tenants of one of them");
                }
            }
        }
    }

    /**
     * Reads all {@code *.yaml} files of a folder; one that is not there has none.
     *
     * @throws Refusal INVALID, with the file, the rule and what to write
     */
    public static RuleSets in(Path folder) {
        if (!Files.isDirectory(folder)) {
            return new RuleSets(List.of());
        }
        try (Stream<Path> files = Files.list(folder)) {
            return new RuleSets(files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .map(RuleSets::read)
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RuleSet read(Path file) {
        try {
            return RuleFile.read(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rules for a tenant, if there are any. */
    public Optional<RuleSet> of(String tenant) {
        return Optional.ofNullable(byTenant.get(tenant)).or(() -> Optional.ofNullable(byTenant.get(RuleSet.ALL)));
    }

    /** The tenants that are named; whether all the others have rules too is {@link #forAll()}. */
    public Set<String> tenants() {
        return Set.copyOf(byTenant.keySet());
    }

    /** Whether there are rules for everybody. */
    public boolean forAll() {
        return byTenant.containsKey(RuleSet.ALL);
    }
}
