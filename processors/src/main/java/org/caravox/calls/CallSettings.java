package org.caravox.calls;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How calls are treated.
 *
 * @param most        how many this hub carries at a time
 * @param mostOfTenant how many of one tenant
 * @param mostOfTrunk how many on one trunk
 * @param longest     how long one may last
 * @param ringing     how long we let others ring
 * @param numbers     who is behind which number; {@code *} at the end stands for any digits, and alone for any number
 * @param emergency   numbers of emergency services: never answered by a route
 * @param emergencyTrunk where they are forwarded to; null: they are declined, so that the carrier sees to them
 * @param consent     what is said before a recording begins; null is nothing
 * @param keep        how long the records are kept
 */
public record CallSettings(
        int most,
        int mostOfTenant,
        int mostOfTrunk,
        Duration longest,
        Duration ringing,
        Map<String, Number> numbers,
        List<String> emergency,
        @Nullable String emergencyTrunk,
        @Nullable String consent,
        Duration keep) {

    /**
     * Who is behind a number.
     *
     * @param tenant whose calls these are
     * @param route  the id of the route {@code direct:ROUTE} that takes them
     * @param agent  which agent that route has talk; null is for routes without one
     * @param trunks only on these; empty is on all
     */
    public record Number(String tenant, String route, @Nullable String agent, List<String> trunks) {

        public Number {
            trunks = List.copyOf(trunks);
        }
    }

    public CallSettings {
        numbers = Map.copyOf(numbers);
        emergency = List.copyOf(emergency);
    }

    /** Who is behind a number: the longest pattern that fits. */
    Optional<Number> behind(String to, @Nullable String trunk) {
        String number = to.startsWith("+") ? to.substring(1) : to;
        return numbers.entrySet().stream()
                .filter(entry -> fits(entry.getKey(), number))
                .filter(entry -> entry.getValue().trunks().isEmpty()
                        || (trunk != null && entry.getValue().trunks().contains(trunk)))
                .max(java.util.Comparator.comparingInt(entry -> weight(entry.getKey())))
                .map(Map.Entry::getValue);
    }

    private static boolean fits(String pattern, String number) {
        String plain = pattern.startsWith("+") ? pattern.substring(1) : pattern;
        return plain.endsWith("*")
                ? number.startsWith(plain.substring(0, plain.length() - 1))
                : plain.equalsIgnoreCase(number);
    }

    private static int weight(String pattern) {
        return pattern.endsWith("*") ? pattern.length() * 2 : pattern.length() * 2 + 1;
    }

    /** Whether it is a number of an emergency service. */
    boolean isEmergency(String number) {
        String plain = number.startsWith("+") ? number.substring(1) : number;
        return emergency.contains(plain);
    }
}
