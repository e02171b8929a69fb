package org.caravox.live;

import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.caravox.recordings.Recorder;

/**
 * What sessions have in common.
 *
 * @param legs      opens providers
 * @param steps     what the routes do
 * @param workers   the threads on which they do it
 * @param metrics   counts
 * @param settings  how sessions are treated
 * @param recorders begins a recording of the audio, where it is wished
 * @param memory    keeps the audio whose words are not settled
 * @param nanos     the time, as {@link System#nanoTime()}
 */
public record LiveOutside(
        LiveLegs legs,
        LiveSteps steps,
        Executor workers,
        LiveMetrics metrics,
        LiveSettings settings,
        Function<LiveRequest, Recorder> recorders,
        AudioBlocks memory,
        LongSupplier nanos) {

    /** Nothing is recorded, and memory is as large as it is. */
    public LiveOutside(
            LiveLegs legs,
            LiveSteps steps,
            Executor workers,
            LiveMetrics metrics,
            LiveSettings settings,
            LongSupplier nanos) {
        this(legs, steps, workers, metrics, settings, request -> Recorder.NONE, new AudioBlocks(Long.MAX_VALUE), nanos);
    }
}
