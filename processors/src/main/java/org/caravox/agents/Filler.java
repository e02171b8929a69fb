package org.caravox.agents;

import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

/** Says a word or two when the model takes long, so that the caller does not hear nothing. On the call's loop only. */
final class Filler {

    private final AgentFiller settings;
    private final Mouth mouth;
    private final Alarm due;
    private int said;

    Filler(AgentFiller settings, Mouth mouth, ScheduledExecutorService loop) {
        this.settings = settings;
        this.mouth = mouth;
        this.due = new Alarm(loop);
    }

    /** The model thinks about an answer from now on. */
    void begin(Answer answer) {
        List<String> texts = settings.texts();
        if (settings.after().isZero() || texts.isEmpty()) {
            return;
        }
        due.set(settings.after(), () -> {
            if (!answer.isOver() && !mouth.occupied()) {
                mouth.say(texts.get(said++ % texts.size()), false);
            }
        });
    }

    /** There is something better to say, or nothing more. */
    void cancel() {
        due.cancel();
    }
}
