package org.caravox.agents;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long after the caller stopped speaking each step of an answer was there; null is a step that was not taken.
 *
 * @param heard       the words were settled
 * @param turnEnd     the pause was long enough, and the model was asked
 * @param modelFirst  the model's first words
 * @param audioFirst  the first audio of the voice
 * @param packetFirst the caller began to hear it
 */
public record TurnLatency(
        @Nullable Duration heard,
        @Nullable Duration turnEnd,
        @Nullable Duration modelFirst,
        @Nullable Duration audioFirst,
        @Nullable Duration packetFirst) {}
