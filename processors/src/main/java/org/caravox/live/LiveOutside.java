package org.caravox.live;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What sessions have in common.
 *
 * @param legs     opens providers
 * @param steps    what the routes do
 * @param workers  the threads on which they do it
 * @param metrics  counts
 * @param settings how sessions are treated
 * @param nanos    the time, as {@link System#nanoTime()}
 */
public record LiveOutside(
        LiveLegs legs,
        LiveSteps steps,
        Executor workers,
        LiveMetrics metrics,
        LiveSettings settings,
        LongSupplier nanos) {}
