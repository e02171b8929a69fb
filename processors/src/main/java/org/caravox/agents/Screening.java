package org.caravox.agents;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Finds out who has answered a call of ours: a person says a word or two and waits; a machine has a long greeting, and a beep
 * after it. On the call's loop only.
 */
final class Screening {

    /** Told who it is. */
    interface Told {

        /** Nothing follows. */
        void human();

        /** {@link #listens} follows, unless it is ended. */
        void machine();

        /** The machine records now. */
        void listens();
    }

    private enum Phase {
        ASKING,
        MACHINE,
        OVER
    }

    /** A person waits for an answer after such a pause. */
    private static final Duration PAUSE = Duration.ofMillis(700);

    /** A machine that says nothing more for so long records without a beep. */
    private static final Duration NO_BEEP = Duration.ofMillis(2_500);

    private final AgentVoicemail settings;
    private final Told told;
    private final Beep beep;
    private final Alarm greetingTooLong;
    private final Alarm pause;
    private Phase phase = Phase.ASKING;
    private boolean spoke;

    Screening(AgentVoicemail settings, ScheduledExecutorService loop, int sampleRateHz, Told told) {
        this.settings = settings;
        this.told = told;
        this.beep = new Beep(sampleRateHz);
        this.greetingTooLong = new Alarm(loop);
        this.pause = new Alarm(loop);
    }

    void begin() {
        pause.set(settings.within(), this::human);
    }

    boolean isOver() {
        return phase == Phase.OVER;
    }

    void heard(byte[] pcm) {
        if (phase != Phase.OVER && beep.hear(pcm)) {
            machine();
            listens();
        }
    }

    /** Somebody begins to speak. */
    void began() {
        pause.cancel();
        if (phase == Phase.ASKING && !spoke) {
            spoke = true;
            greetingTooLong.set(settings.longerThan(), this::machine);
        }
    }

    /** Nobody speaks any more. */
    void ended() {
        switch (phase) {
            case ASKING -> pause.set(PAUSE.minus(Endpointing.QUIET), this::human);
            case MACHINE -> pause.set(NO_BEEP, this::listens);
            case OVER -> {}
        }
    }

    private void human() {
        end();
        told.human();
    }

    private void machine() {
        if (phase == Phase.ASKING) {
            phase = Phase.MACHINE;
            greetingTooLong.set(settings.beepWithin(), this::listens);
            told.machine();
        }
    }

    private void listens() {
        if (phase == Phase.MACHINE) {
            end();
            told.listens();
        }
    }

    /** Nothing is told any more. */
    void end() {
        phase = Phase.OVER;
        greetingTooLong.cancel();
        pause.cancel();
    }
}
