package org.caravox.providers;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is asked, and in which order.
 *
 * @param choose   how the order comes about
 * @param links    the providers; none where nobody is to be asked
 * @param attempts how many are asked at most for one request, at least 1
 * @param waits    whether a request waits, within its deadline, for the first provider to come back when all are left
 *                 alone; otherwise it is refused at once
 * @param strictModel whether a model that is asked for must answer; otherwise another provider's may, with a warning
 * @param require  options that must be honoured, by the words of the door
 */
public record ChainSettings(
        Choice choose, List<Link> links, int attempts, boolean waits, boolean strictModel, Set<String> require) {

    /** How the order comes about. */
    public enum Choice {
        /** As they are listed. */
        ORDERED,
        /** By chance, each in proportion to its weight; the others follow for fail-over. */
        WEIGHTED,
        /** The one that answered fastest of late first; one without figures is tried now and then. */
        FASTEST
    }

    /**
     * One provider in a chain.
     *
     * @param provider its name
     * @param weight   its share when chosen by weight, over 0
     * @param model    which of its models answers when a request names none; null is the provider's default
     * @param models   which of its models answers for another name
     */
    public record Link(String provider, double weight, @Nullable String model, Map<String, String> models) {
        public Link {
            models = Map.copyOf(models);
            if (!(weight > 0)) {
                throw new IllegalArgumentException(
                        "the weight of provider " + provider + " in a chain must be over 0, was " + weight);
            }
        }

        public static Link to(String provider) {
            return new Link(provider, 1, null, Map.of());
        }
    }

    public ChainSettings {
        links = List.copyOf(links);
        require = Set.copyOf(require);
        if (attempts < 1) {
            throw new IllegalArgumentException("the attempts of a chain must be at least 1, were " + attempts);
        }
    }

    /** A chain in the order of its list, three attempts at most. */
    public static ChainSettings of(String... providers) {
        return new ChainSettings(
                Choice.ORDERED, java.util.Arrays.stream(providers).map(Link::to).toList(), 3, false, false, Set.of());
    }
}
