package org.caravox.calls;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.caravox.requests.Refusal;
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
 * @param trunks      which tenants may call out on which trunk; a trunk with none is for all
 * @param direct      whether calls may go to full SIP addresses without a trunk
 * @param outbound    the ids of routes that may take calls which we make; the first does when none is asked for
 * @param consents    by tenant, what is said before a call is recorded, where the route says nothing else
 * @param keep        how long the records are kept
 * @param listeners   how many may listen in on calls at a time
 */
public record CallSettings(
        int most,
        int mostOfTenant,
        int mostOfTrunk,
        Duration longest,
        Duration ringing,
        Map<String, Line> numbers,
        List<String> emergency,
        @Nullable String emergencyTrunk,
        Map<String, List<String>> trunks,
        boolean direct,
        List<String> outbound,
        Map<String, String> consents,
        Duration keep,
        int listeners) {

    /** The route that has an agent take a call, where nothing else is said. */
    public static final String BY_AGENT = "answer-with-agent";

    /** The routes that have an agent talk, and so need one. */
    public static final Set<String> WITH_AGENT = Set.of(BY_AGENT, "call-with-agent");

    /**
     * Who is behind a number.
     *
     * @param tenant whose calls these are
     * @param route  the id of the route {@code direct:ROUTE} that takes them
     * @param agent  which agent that route has talk; null is for routes without one
     * @param trunks only on these; empty is on all
     * @param queue  where its callers wait when all places are taken
     */
    public record Line(String tenant, String route, @Nullable String agent, List<String> trunks, Queue queue) {

        public Line {
            trunks = List.copyOf(trunks);
        }
    }

    /**
     * Where callers wait for a place.
     *
     * @param name    the number that was rung, as it is written in the settings
     * @param length  how many may wait; with 0 nobody does
     * @param longest how long each
     * @param every   how long after what is said it is said again
     * @param say     what they are told; {@code {position}} stands for their place
     * @param play    what they hear in between: a file or an address; empty is nothing
     * @param sorry   what they are told when the wait was too long
     * @param to      whom they are connected with then, instead; empty is nobody
     */
    public record Queue(
            String name,
            int length,
            Duration longest,
            Duration every,
            String say,
            String play,
            String sorry,
            String to) {

        private static final int LONGEST = 10_000;
        private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
        private static final Duration LONGEST_WAIT = Duration.ofHours(4);

        /** Nobody waits. */
        static final Queue NONE = new Queue("none", 0, Duration.ofSeconds(1), Duration.ofSeconds(1), "-", "", "-", "");

        public Queue {
            check(length >= 0 && length <= LONGEST, name, "length must be 0 to " + LONGEST + ", was " + length);
            checkTime(name, "longest", longest);
            checkTime(name, "every", every);
            check(!say.isBlank(), name, "say must tell those who wait something");
            check(!sorry.isBlank(), name, "sorry must tell those who waited too long something");
        }

        private static void checkTime(String name, String setting, Duration time) {
            boolean fits = time.compareTo(SHORTEST_WAIT) >= 0 && time.compareTo(LONGEST_WAIT) <= 0;
            check(fits, name, setting + " must be 1 s to " + LONGEST_WAIT.toHours() + " h, was " + time);
        }

        private static void check(boolean fits, String name, String problem) {
            if (!fits) {
                throw new IllegalArgumentException(
                        "caravox.calls.queue, or caravox.calls.numbers." + name + ".queue: " + problem);
            }
        }
    }

    public CallSettings {
        numbers = Map.copyOf(numbers);
        emergency = List.copyOf(emergency);
        trunks = Map.copyOf(trunks);
        outbound = List.copyOf(outbound);
        consents = Map.copyOf(consents);
    }

    /**
     * Looks whether a tenant may call out so.
     *
     * @throws Refusal INVALID or NOT_FOUND, saying what may be used
     */
    void check(Calls.Wanted wanted) {
        if (isEmergency(wanted.to())) {
            throw Refusal.invalid("emergency services are not called by a machine");
        }
        if (wanted.to().contains("?")) {
            throw Refusal.invalid("to must be a number or an address without headers");
        }
        String trunk = wanted.trunk();
        if (trunk == null && !direct) {
            throw Refusal.invalid("name the trunk to call on: calls to addresses without one are not allowed here");
        }
        List<String> allowed = trunk == null ? List.of() : trunks.get(trunk);
        if (allowed == null || (!allowed.isEmpty() && !allowed.contains(wanted.tenant()))) {
            throw Refusal.notFound("trunk " + trunk + " not found");
        }
        if (!outbound.contains(wanted.route())) {
            throw Refusal.invalid("route \"" + wanted.route() + "\" does not take calls that are made: use "
                    + String.join(", ", outbound));
        }
    }

    /** Who is behind a number: the longest pattern that fits. */
    Optional<Line> behind(String to, @Nullable String trunk) {
        String number = to.startsWith("+") ? to.substring(1) : to;
        return numbers.entrySet().stream()
                .filter(entry -> fits(entry.getKey(), number))
                .filter(entry -> entry.getValue().trunks().isEmpty()
                        || (trunk != null && entry.getValue().trunks().contains(trunk)))
                .max(Comparator.comparingInt(entry -> weight(entry.getKey())))
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

    /** Whether it is a number of an emergency service, however it is written. */
    boolean isEmergency(String number) {
        String user = number.replaceFirst("(?i)^(sips?|tel):", "").replaceFirst("[@;:?].*", "");
        String plain = user.replaceAll("(?i)%3([0-9])", "$1").replaceAll("[^0-9A-Za-z*#]", "");
        return emergency.contains(plain);
    }
}
