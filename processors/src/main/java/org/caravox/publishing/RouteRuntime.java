package org.caravox.publishing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routes that run in this hub. Versions run side by side: work ends on the version that it began on, whatever is put
 * in force meanwhile.
 */
public interface RouteRuntime {

    /**
     * Who gets a version that is tried.
     *
     * @param percent of new work, 0 to 100
     * @param tenant  one tenant's new work only; null is everybody's
     */
    record Share(int percent, @Nullable String tenant) {

        /** Checks the range. */
        public Share {
            if (percent < 0 || percent > 100) {
                throw new IllegalArgumentException("a share is 0 to 100 percent, not " + percent);
            }
        }
    }

    /**
     * How a route does on a version, of the work that began since {@code since}.
     *
     * @param version  which
     * @param route    the id of the route
     * @param since    when the version first got work here
     * @param done     how often it ended
     * @param failed   how often of these by no fault of the caller's
     * @param inFlight how often it runs now
     * @param mean     of the times that it took; zero when it never ended
     * @param p99      of the same
     */
    record Counts(
            long version,
            String route,
            Instant since,
            long done,
            long failed,
            long inFlight,
            Duration mean,
            Duration p99) {}

    /** The version that new work gets. */
    long serving();

    /**
     * Loads a version beside what runs. It gets no work yet. What is the same as in a version that runs is shared with it.
     *
     * @throws RoutesRefused when it cannot be loaded; nothing has changed
     */
    void prepare(long version, RouteFiles files);

    /**
     * Gives all new work to a version that is prepared, or still runs. Earlier ones leave when their last work has ended.
     *
     * @throws RoutesRefused when a door of it cannot be opened; what was in force is in force
     */
    void serve(long version);

    /**
     * Gives some of the new work to a version that is prepared, until {@link #serve} or {@link #discard}. Doors stay those
     * of the version in force.
     */
    void stage(long version, Share share);

    /** Gives no more work to a version that is prepared or staged; it leaves when its last work has ended. */
    void discard(long version);

    /** How routes do, on each version that has had work since it began to serve, or to be staged. */
    List<Counts> counts();
}
