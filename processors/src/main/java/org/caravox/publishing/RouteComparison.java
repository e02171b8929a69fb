package org.caravox.publishing;

/**
 * How a route does on two versions.
 *
 * @param before on the one that was, or is, in force
 * @param after  on the one that is new
 * @param worse  whether it fails so much more often that the new one is returned
 */
public record RouteComparison(String route, RouteTally before, RouteTally after, boolean worse) {

    /** What a route is thought to fail by chance when nothing is known of it. */
    private static final double ODD_FAILURE = 0.01;

    private static final double NO_CHANCE = 0.05;

    /**
     * When a version is worse.
     *
     * @param leastMessages how many it must have had, before a share of failures tells anything; 1 or more
     * @param margin        by how much its share of failures is higher, 0 to 1
     */
    public record Limits(int leastMessages, double margin) {

        /** Checks the ranges. */
        public Limits {
            if (leastMessages < 1 || margin < 0 || margin > 1) {
                throw new IllegalArgumentException("caravox.routes: least-messages must be 1 or more and margin 0 to 1,"
                        + " were " + leastMessages + " and " + margin);
            }
        }
    }

    static RouteComparison of(String route, RouteTally before, RouteTally after, Limits limits) {
        boolean fails = allFail(before, after)
                || (after.done() >= limits.leastMessages() && after.failing() > before.failing() + limits.margin());
        return new RouteComparison(route, before, after, fails);
    }

    /** It fails from its first message on, which before it could not have done by chance. */
    private static boolean allFail(RouteTally before, RouteTally after) {
        return after.failed() > 0
                && after.failed() == after.done()
                && Math.pow(Math.max(before.failing(), ODD_FAILURE), (double) after.failed()) < NO_CHANCE;
    }

    /** In a sentence, for the history. */
    String told() {
        return "route " + route + " failed " + after.failed() + " of " + after.done() + " times; before, "
                + before.failed() + " of " + before.done();
    }
}
