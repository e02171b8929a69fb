package org.caravox.agents;

import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/** A caller who says nothing is asked whether they are there, a few times, and then given up. On the call's loop only. */
final class Silence {

    private final AgentSilence settings;
    private final Consumer<String> prompt;
    private final Runnable givenUp;
    private final Alarm due;
    private int prompts;

    /**
     * Nobody is waited for yet.
     *
     * @param prompt  says something to the caller
     * @param givenUp the caller was asked often enough
     */
    Silence(AgentSilence settings, ScheduledExecutorService loop, Consumer<String> prompt, Runnable givenUp) {
        this.settings = settings;
        this.prompt = prompt;
        this.givenUp = givenUp;
        this.due = new Alarm(loop);
    }

    /** It is the caller's turn to speak, from now on. */
    void begin() {
        if (!settings.after().isZero()) {
            due.set(settings.after(), this::tooLong);
        }
    }

    private void tooLong() {
        List<String> texts = settings.prompts();
        if (prompts < texts.size()) {
            prompt.accept(texts.get(prompts++));
        } else {
            givenUp.run();
        }
    }

    /** Somebody says or does something, or the agent leaves. */
    void cancel() {
        due.cancel();
    }

    /** The caller has had a turn: all prompts are to be said again before they are given up. */
    void reset() {
        prompts = 0;
        due.cancel();
    }
}
