package org.caravox.scoring;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.caravox.scoring.LeadScore.Fired;
import org.caravox.transcription.Transcript;

/**
 * The rules by which the calls of some tenants are scored.
 *
 * @param name     of the rules
 * @param version  higher with each change, so that a score tells by what it was made
 * @param tenants  whose calls; {@code *} is everybody's who has no rules of their own
 * @param customer the channel, or on a single one the speaker, that is the customer's, from 0
 * @param bands    the least score of each band, by its name
 * @param rules    in their order
 */
public record RuleSet(
        String name, int version, List<String> tenants, int customer, Map<String, Integer> bands, List<Rule> rules) {

    /** In the place of tenants: everybody. */
    static final String ALL = "*";

    private static final int BEST = 100;

    public RuleSet {
        tenants = List.copyOf(tenants);
        bands = Map.copyOf(bands);
        rules = List.copyOf(rules);
    }

    /** Name and version. */
    public String label() {
        return name + "@" + version;
    }

    /** Scores a transcript; the same one always the same. */
    public LeadScore score(Transcript transcript) {
        Speech speech = new Speech(transcript, customer);
        List<Fired> fired = rules.stream()
                .map(rule -> rule.fire(speech))
                .flatMap(Optional::stream)
                .toList();
        int sum = fired.stream().mapToInt(Fired::points).sum();
        int score = Math.max(0, Math.min(BEST, sum));
        return new LeadScore(score, band(score), label(), fired);
    }

    private String band(int score) {
        NavigableMap<Integer, String> byLeast = new TreeMap<>();
        bands.forEach((name, least) -> byLeast.put(least, name));
        return byLeast.floorEntry(score).getValue();
    }
}
