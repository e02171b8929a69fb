package org.caravox.agents;

import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;

/**
 * Whether a caller who speaks while the agent is heard breaks in, or only shows that they listen ("uh-huh"): that is known
 * at once, by their words, or by how long they go on. On the call's loop only.
 */
final class BargeIn {

    private final AgentBargeIn settings;
    private final BooleanSupplier speaking;
    private final Runnable brokeIn;
    private final Alarm tooLong;

    /** They have spoken, and may have broken in. */
    private boolean suspected;

    /**
     * Nobody has broken in.
     *
     * @param speaking whether the caller speaks
     * @param brokeIn  the agent is to stop
     */
    BargeIn(AgentBargeIn settings, ScheduledExecutorService loop, BooleanSupplier speaking, Runnable brokeIn) {
        this.settings = settings;
        this.speaking = speaking;
        this.brokeIn = brokeIn;
        this.tooLong = new Alarm(loop);
    }

    /** Whether the agent stops at all. */
    boolean isOn() {
        return settings.on();
    }

    /** The caller has begun to speak while the agent is heard. */
    void spokenOver() {
        if (!settings.on()) {
            return;
        }
        if (settings.ignoreBackchannels()) {
            suspected = true;
            tooLong.set(settings.backchannel().minus(settings.after()), this::tooLong);
        } else {
            brokeIn.run();
        }
    }

    private void tooLong() {
        if (suspected && speaking.getAsBoolean()) {
            brokeIn.run();
        }
    }

    /** What the caller has said so far. */
    void heard(String words) {
        if (suspected && !Backchannels.only(words)) {
            brokeIn.run();
        }
    }

    /** Whether the caller spoke over the agent, and what they said by it shows only that they listen. */
    boolean isBackchannel(String words) {
        return suspected && Backchannels.only(words);
    }

    /** They have broken in, or have not. */
    void settled() {
        suspected = false;
        tooLong.cancel();
    }
}
