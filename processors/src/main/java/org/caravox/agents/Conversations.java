package org.caravox.agents;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.caravox.audio.activity.LoudnessDetector;
import org.caravox.audio.activity.SileroModel;
import org.caravox.audio.activity.SpeechDetector;

/** Has agents take calls. */
public final class Conversations {

    private final AgentOutside outside;
    private final SileroModel silero;
    private final AgentMetrics metrics;
    private final LongSupplier nanos;

    /** @param nanos {@code System::nanoTime} */
    public Conversations(AgentOutside outside, SileroModel silero, AgentMetrics metrics, LongSupplier nanos) {
        this.outside = outside;
        this.silero = silero;
        this.metrics = metrics;
        this.nanos = nanos;
    }

    /**
     * An agent takes a call that was answered. The conversation is told of the call on the call's loop from then on; it ends
     * the call, or hands it over, of itself.
     */
    public Conversation begin(AgentCall call, Agent agent) {
        ChainWork work = new ChainWork(call, agent, outside);
        Conversation conversation = new Conversation(
                call, agent, work, detector(agent, call.player().sampleRateHz()), metrics, nanos, outside.clock());
        metrics.begun();
        work.begun();
        try {
            call.loop().execute(conversation::begin);
        } catch (RejectedExecutionException e) {
            conversation.ended();
        }
        return conversation;
    }

    private SpeechDetector detector(Agent agent, int sampleRateHz) {
        return switch (agent.turn().detector()) {
            case SILERO -> silero.detector(sampleRateHz);
            case ENERGY -> new LoudnessDetector(sampleRateHz);
        };
    }
}
