package org.caravox.transcription;

import java.time.Duration;
import java.util.function.Consumer;
import org.caravox.requests.Deadline;

/**
 * The circumstances in which a provider works on one request.
 *
 * @param mode     SYNC while a caller waits, ASYNC for a job, which can wait
 * @param deadline when the answer is of no more use
 * @param progress told now and then how much of the recording has been heard
 */
public record Listening(Mode mode, Deadline deadline, Consumer<Duration> progress) {

    /** Listening while a caller waits. */
    public static Listening forCaller(Deadline deadline) {
        return new Listening(Mode.SYNC, deadline, heard -> {});
    }
}
