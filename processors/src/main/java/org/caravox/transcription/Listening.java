package org.caravox.transcription;

import java.time.Duration;
import java.util.function.Consumer;
import org.caravox.requests.Deadline;
import org.caravox.requests.Patience;

/**
 * The circumstances in which a provider works on one request.
 *
 * @param mode     SYNC while a caller waits, ASYNC for a job, which can wait
 * @param patience how long the answer is of use
 * @param progress told now and then how much of the recording has been heard
 */
public record Listening(Mode mode, Patience patience, Consumer<Duration> progress) {

    /** Listening while a caller waits. */
    public static Listening forCaller(Patience patience) {
        return new Listening(Mode.SYNC, patience, heard -> {});
    }

    public Deadline deadline() {
        return patience.deadline();
    }

    /** The same with other patience. */
    public Listening with(Patience other) {
        return new Listening(mode, other, progress);
    }
}
