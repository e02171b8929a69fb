package org.caravox.agents;

import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.caravox.agents.Answer.Then;
import org.caravox.audio.activity.SpeechDetector;
import org.jspecify.annotations.Nullable;

/**
 * An agent on a call: hears until the caller has had a turn, has the model answer, and speaks while it is still writing;
 * stops when the caller breaks in. Here it is decided whose turn it is, and when the agent leaves.
 *
 * <p>All of its state, and of the parts that it consists of, belongs to the call's loop, on which its public methods are called
 * too, and the parts tell; nothing in it blocks. Only {@link #isOver} and {@link #over} may be asked from any thread.
 */
public final class Conversation {

    private final AgentCall call;
    private final Agent agent;
    private final AgentWork work;
    private final AgentMetrics metrics;

    private final CallerAudio audio;
    private final Endpointing endpointing;
    private final BargeIn bargeIn;
    private final PressedKeys keys;
    private final Silence silence;
    private final Answering answering;
    private final @Nullable Screening screening;
    private final Alarm longest;
    private final Departure departure;

    Conversation(
            AgentCall call,
            Agent agent,
            AgentWork work,
            SpeechDetector detector,
            AgentMetrics metrics,
            LongSupplier nanos,
            Clock clock) {
        this.call = call;
        this.agent = agent;
        this.work = work;
        this.metrics = metrics;
        this.answering = new Answering(call, agent, work, metrics, nanos, clock, new AgentSpeaks());
        this.endpointing = new Endpointing(
                agent.turn(), detector, agent.bargeIn().after(), call.loop(), nanos, new CallerSpeaks());
        this.audio = new CallerAudio(work, endpointing::phrase, why -> fail("listening", why));
        this.bargeIn = new BargeIn(agent.bargeIn(), call.loop(), endpointing::speaking, this::interrupt);
        this.keys = new PressedKeys(
                agent.keys(),
                call.loop(),
                () -> !answering.goesOn(),
                pressed -> answer(endpointing.takeNow().and(pressed)));
        this.silence = new Silence(agent.silence(), call.loop(), this::say, () -> leave("silence"));
        AgentVoicemail voicemail = agent.voicemail();
        this.screening = call.outbound() && voicemail != null
                ? new Screening(voicemail, call.loop(), call.player().sampleRateHz(), new Screened(voicemail))
                : null;
        this.longest = new Alarm(call.loop());
        this.departure = new Departure(call, agent, work, metrics, this::stop);
    }

    // ---- what the call tells
    // -----------------------------------------------------------------------------------------

    void begin() {
        endpointing.begin();
        audio.begin();
        if (!agent.resumeWithin().isZero()) {
            answering.recall();
        }
        longest.set(agent.longest(), () -> leave("longest"));
        if (screening == null) {
            greet();
        } else {
            screening.begin();
        }
    }

    /**
     * What the caller says.
     *
     * @param pcm 20 ms or so of signed 16-bit little-endian PCM at the player's rate; not changed afterwards
     */
    public void heard(byte[] pcm) {
        if (isOver()) {
            return;
        }
        audio.hear(pcm);
        if (screening != null) {
            screening.heard(pcm);
        }
        endpointing.hear(pcm);
    }

    /** A key was pressed: 0-9, *, #, A-D. What the agent says ends, and the keys become a turn. */
    public void pressed(char key) {
        if (isOver() || departure.isFailing()) {
            return;
        }
        silence.cancel();
        if (answering.mayBeInterrupted()) {
            interrupt();
        }
        keys.press(key);
    }

    /** The call is over, whoever ended it. */
    public void ended() {
        departure.end("caller");
    }

    /** Whether nothing follows. */
    public boolean isOver() {
        return departure.isOver();
    }

    /** How it ended, in a word or two: {@code caller}, {@code hand-over}, {@code silence}, {@code longest} ... */
    public CompletableFuture<String> over() {
        return departure.over();
    }

    // ---- the caller's turn
    // -----------------------------------------------------------------------------------------

    private final class CallerSpeaks implements Endpointing.Told {

        @Override
        public void began() {
            silence.cancel();
            if (screening != null) {
                screening.began();
            }
            spokenOver();
        }

        @Override
        public void ended() {
            audio.settle();
            if (screening != null) {
                screening.ended();
            }
        }

        @Override
        public void words(boolean news) {
            if (news) {
                silence.cancel();
            }
            bargeIn.heard(endpointing.words());
        }

        @Override
        public void paused() {
            turnOver();
        }

        @Override
        public boolean wanted() {
            return !isOver() && !departure.isFailing() && (screening == null || screening.isOver());
        }
    }

    /** The caller speaks, and it may be that the agent does, or thinks. */
    private void spokenOver() {
        if (!answering.mayBeInterrupted()) {
            return;
        }
        if (answering.audible()) {
            bargeIn.spokenOver();
        } else if (answering.answers()) {
            interrupt(); // they go on: all of it is one turn
        }
    }

    private void interrupt() {
        bargeIn.settled();
        answering.interrupt().ifPresent(endpointing::putBack);
    }

    private void turnOver() {
        String said = endpointing.words();
        if (said.isEmpty()) {
            bargeIn.settled();
            awaitSpeech();
        } else if (!answering.goesOn()) {
            answer(endpointing.take());
        } else if (bargeIn.isBackchannel(said)) {
            bargeIn.settled();
            endpointing.drop();
        } else if (bargeIn.isOn() && answering.mayBeInterrupted()) {
            interrupt();
            answer(endpointing.take());
        } // else it is their turn once the agent has spoken
    }

    private void awaitSpeech() {
        if (endpointing.speaking() || answering.goesOn() || isOver()) {
            return;
        }
        if (!endpointing.words().isEmpty()) {
            endpointing.awaitTurn();
        } else if (keys.isEmpty()) {
            silence.begin();
        }
    }

    // ---- the agent's turn
    // -----------------------------------------------------------------------------------------

    private void answer(CallerTurn turn) {
        silence.reset();
        answering.answer(turn);
    }

    private void greet() {
        if (agent.greeting().isBlank()) {
            awaitSpeech();
        } else {
            say(agent.greeting());
        }
    }

    private void say(String text) {
        answering.say(text, Then.LISTEN, "");
    }

    private final class AgentSpeaks implements Answering.Told {

        @Override
        public void spoken(Then then, String reason) {
            bargeIn.settled();
            if (then == Then.LISTEN) {
                awaitSpeech();
            } else {
                departure.depart(then, reason);
            }
        }

        @Override
        public void failed(String doing, Throwable why) {
            fail(doing, why);
        }
    }

    // ---- machines that answer
    // -----------------------------------------------------------------------------------------

    private final class Screened implements Screening.Told {

        private final AgentVoicemail voicemail;

        Screened(AgentVoicemail voicemail) {
            this.voicemail = voicemail;
        }

        @Override
        public void human() {
            if (agent.greeting().isBlank()) {
                endpointing.awaitTurn();
            } else {
                endpointing.forget(call.player().sampleRateHz());
                greet();
            }
        }

        @Override
        public void machine() {
            metrics.machine(agent.name());
            work.machineAnswered();
            if (voicemail.action() == AgentVoicemail.Action.HANG_UP) {
                departure.depart(Then.HANG_UP, "machine");
            }
        }

        @Override
        public void listens() {
            answering.say(voicemail.message(), Then.HANG_UP, "message left");
        }
    }

    // ---- the end
    // -----------------------------------------------------------------------------------------

    /** Says goodbye and hangs up. */
    private void leave(String reason) {
        stopAll();
        answering.say(agent.goodbye(), Then.HANG_UP, reason);
    }

    private void stopAll() {
        if (answering.goesOn()) {
            interrupt();
        }
        endpointing.cancel();
        silence.cancel();
        keys.cancel();
    }

    /** The agent cannot go on: somebody else does, where there is somebody. */
    private void fail(String doing, Throwable why) {
        if (isOver()) {
            return;
        }
        boolean mute = departure.isFailing() || doing.equals("speaking");
        Then then = departure.failed(doing, why);
        String said = answering.said().orElseGet(endpointing::words);
        String reason = then == Then.HANG_UP ? "failed" : said.isEmpty() ? "" : "The caller said: " + said;
        stopAll();
        if (mute) {
            departure.depart(then, reason);
        } else {
            answering.say(agent.apology(), then, reason);
        }
    }

    /** Nothing is done any more. */
    private void stop() {
        endpointing.end();
        bargeIn.settled();
        silence.cancel();
        keys.cancel();
        longest.cancel();
        if (screening != null) {
            screening.end();
        }
        answering.end();
        audio.end();
    }
}
