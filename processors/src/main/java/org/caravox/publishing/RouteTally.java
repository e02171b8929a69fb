package org.caravox.publishing;

/**
 * How often a route ended, and how it did.
 *
 * @param done   how often it ended
 * @param failed how often of these by no fault of the caller's
 * @param meanMs of the times that it took, in milliseconds; 0 when it never ended
 * @param p99Ms  of the same; of several hubs, the slowest one's
 */
public record RouteTally(long done, long failed, double meanMs, double p99Ms) {

    static final RouteTally NONE = new RouteTally(0, 0, 0, 0);

    static RouteTally of(RouteRuntime.Counts counts) {
        return new RouteTally(
                counts.done(),
                counts.failed(),
                counts.mean().toNanos() / 1e6,
                counts.p99().toNanos() / 1e6);
    }

    RouteTally plus(RouteTally other) {
        long all = done + other.done;
        return new RouteTally(
                all,
                failed + other.failed,
                all == 0 ? 0 : (meanMs * done + other.meanMs * other.done) / all,
                Math.max(p99Ms, other.p99Ms));
    }

    /** What came since then; a hub that has stopped since is not counted any more. */
    RouteTally since(RouteTally then) {
        long more = Math.max(0, done - then.done);
        return new RouteTally(
                more,
                Math.max(0, Math.min(more, failed - then.failed)),
                more == 0 ? 0 : Math.max(0, (meanMs * done - then.meanMs * then.done) / more),
                more == 0 ? 0 : p99Ms);
    }

    double failing() {
        return done == 0 ? 0 : (double) failed / done;
    }
}
