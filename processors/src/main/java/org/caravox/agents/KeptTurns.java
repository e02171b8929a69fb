package org.caravox.agents;

import java.time.Clock;
import java.util.List;
import org.caravox.agents.ConversationTurn.Who;

/** Has the turns of both kept, numbered in order, as far as they were heard. On the call's loop only. */
final class KeptTurns {

    private final AgentWork work;
    private final AgentMetrics metrics;
    private final Clock clock;
    private int turns;

    KeptTurns(AgentWork work, AgentMetrics metrics, Clock clock) {
        this.work = work;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * An answer was heard: the turn that it answers is kept, and then its own.
     *
     * @param text        as far as it was heard
     * @param interrupted whether the caller broke in
     */
    void answered(Answer answer, String text, boolean interrupted) {
        unanswered(answer);
        TurnLatency latency = answer.latency();
        work.keep(
                new ConversationTurn(++turns, Who.AGENT, text, interrupted, clock.instant(), latency, answer.tools()));
        if (latency != null) {
            metrics.answered(latency);
        }
    }

    /** Nothing of an answer was heard: only the turn that it would have answered is kept, if there is one. */
    void unanswered(Answer answer) {
        if (answer.answers()) {
            work.keep(new ConversationTurn(++turns, Who.CALLER, answer.said(), false, answer.at(), null, List.of()));
        }
    }
}
