package org.caravox.agents;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.caravox.requests.HangUp;
import org.jspecify.annotations.Nullable;

/** Something that the agent says: the answer to a turn of the caller, or what it says of itself. On the call's loop only. */
final class Answer {

    /** What follows once it was heard. */
    enum Then {
        LISTEN,
        HAND_OVER,
        HANG_UP
    }

    /** What the caller said; empty when the agent speaks of itself. */
    final String said;

    final HangUp hangUp = new HangUp();
    final Sentences sentences = new Sentences();
    final StringBuilder text = new StringBuilder();

    /** What the model has said since it was last asked. */
    final StringBuilder piece = new StringBuilder();

    final List<String> tools = new ArrayList<>();

    /** When the caller stopped speaking. */
    final long since;

    Then then = Then.LISTEN;
    String reason = "";
    int rounds;

    @Nullable
    AgentTurn turn;

    @Nullable
    Duration heard;

    @Nullable
    Duration turnEnd;

    @Nullable
    Duration modelFirst;

    @Nullable
    Duration audioFirst;

    @Nullable
    Duration packetFirst;

    /** When the turn was taken. */
    final Instant at;

    Answer(String said, long since, Instant at) {
        this.said = said;
        this.since = since;
        this.at = at;
    }

    /** Whether it answers the caller. */
    boolean answers() {
        return !said.isEmpty();
    }

    @Nullable
    TurnLatency latency() {
        return answers() ? new TurnLatency(heard, turnEnd, modelFirst, audioFirst, packetFirst) : null;
    }
}
