package org.caravox.agents;

import java.util.concurrent.CompletableFuture;
import org.caravox.agents.Answer.Then;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the agent leaves the call, once: by hanging up, by handing it over, or because it has ended. On the call's loop only, but
 * for {@link #isOver} and {@link #over}, which any thread may ask.
 */
final class Departure {

    private static final Logger log = LoggerFactory.getLogger(Departure.class);

    private final AgentCall call;
    private final Agent agent;
    private final AgentWork work;
    private final AgentMetrics metrics;
    private final Runnable stop;
    private final CompletableFuture<String> over = new CompletableFuture<>();
    private boolean failing;

    /**
     * The agent does not leave yet.
     *
     * @param stop ends all that the agent does
     */
    Departure(AgentCall call, Agent agent, AgentWork work, AgentMetrics metrics, Runnable stop) {
        this.call = call;
        this.agent = agent;
        this.work = work;
        this.metrics = metrics;
        this.stop = stop;
    }

    /** Whether it has left. */
    boolean isOver() {
        return over.isDone();
    }

    /** How it left, in a word or two; a copy. */
    CompletableFuture<String> over() {
        return over.copy();
    }

    /** Whether it leaves because something has failed, though it may still say so. */
    boolean isFailing() {
        return failing;
    }

    /**
     * The agent cannot go on.
     *
     * @param doing what it was doing, in a word
     * @return how it is to leave: somebody else goes on, where there is somebody
     */
    Then failed(String doing, Throwable why) {
        log.warn(
                "agent.failed call={} tenant={} agent={} doing={} reason=\"{}\"",
                call.id(),
                call.tenant(),
                agent.name(),
                doing,
                why.getMessage());
        metrics.failed(agent.name(), doing);
        failing = true;
        return agent.handOver() == null ? Then.HANG_UP : Then.HAND_OVER;
    }

    /** The agent leaves, and whoever carries the call is told what becomes of it. */
    void depart(Then then, String reason) {
        AgentHandOver to = agent.handOver();
        if (then == Then.HAND_OVER && to != null) {
            call.handOver(to.number(), reason);
            end("hand-over");
        } else {
            end(reason);
            call.hangUp(reason);
        }
    }

    /** The agent has left; what follows is none of its business. */
    void end(String how) {
        if (over.complete(how)) {
            stop.run();
            work.over(how);
            metrics.ended(agent.name(), how);
        }
    }
}
