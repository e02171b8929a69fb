package org.caravox.agents;

import java.time.Clock;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.caravox.agents.Answer.Then;
import org.jspecify.annotations.Nullable;

/**
 * What the agent says, one answer at a time: spoken while the model is still writing it, broken off when the caller breaks in,
 * and kept as far as it was heard. On the call's loop only, where it tells too.
 */
final class Answering {

    /** Told how an answer ends that is not interrupted. */
    interface Told {

        /** All of it was heard; what follows, and why. */
        void spoken(Then then, String reason);

        /**
         * The model does not answer, or the voice does not speak.
         *
         * @param doing what the agent was doing, in a word
         */
        void failed(String doing, Throwable why);
    }

    private final AgentCall call;
    private final Agent agent;
    private final AgentWork work;
    private final AgentMetrics metrics;
    private final LongSupplier nanos;
    private final Clock clock;
    private final Told told;

    private final History history = new History();
    private final KeptTurns kept;
    private final Mouth mouth;
    private final Filler filler;
    private final Thinking thinking;

    private @Nullable Answer answer;
    private int turns;

    Answering(
            AgentCall call,
            Agent agent,
            AgentWork work,
            AgentMetrics metrics,
            LongSupplier nanos,
            Clock clock,
            Told told) {
        this.call = call;
        this.agent = agent;
        this.work = work;
        this.metrics = metrics;
        this.nanos = nanos;
        this.clock = clock;
        this.told = told;
        this.kept = new KeptTurns(work, metrics, clock);
        this.mouth = new Mouth(call.player(), call.loop(), work::speak, new Spoken());
        this.filler = new Filler(agent.filler(), mouth, call.loop());
        this.thinking = new Thinking(call, agent, work, history, new Thought());
    }

    /** The model is told of what was said in earlier calls, as soon as that is known. */
    void recall() {
        work.recall(history::before);
    }

    // ---- what is to be said
    // -----------------------------------------------------------------------------------------

    /** Answers a turn of the caller; nothing is being said. */
    void answer(CallerTurn turn) {
        Answer next = new Answer(turn, nanos, clock.instant());
        become(next);
        AgentTurn asked = new AgentTurn(
                call.id(),
                call.tenant(),
                agent.name(),
                call.caller(),
                ++turns,
                turn.said(),
                history.copy(),
                agent.prompt(),
                agent.model().provider(),
                agent.model().model(),
                null);
        history.caller(turn.said());
        mouth.begin();
        filler.begin(next);
        thinking.begin(next, asked);
    }

    /**
     * Says something of itself; nothing is being said.
     *
     * @param then   what follows once it was heard
     * @param reason why that follows
     */
    void say(String text, Then then, String reason) {
        Answer own = new Answer(CallerTurn.none(nanos.getAsLong()), nanos, clock.instant());
        own.follow(then, reason);
        become(own);
        mouth.begin();
        own.write(text).forEach(this::speak);
        own.rest().ifPresent(this::speak);
        mouth.finish();
    }

    private void become(@Nullable Answer next) {
        if (answer != null) {
            answer.end();
        }
        answer = next;
    }

    private void speak(String sentence) {
        filler.cancel();
        mouth.say(sentence, true);
    }

    private final class Thought implements Thinking.Told {

        @Override
        public void sentence(String sentence) {
            speak(sentence);
        }

        @Override
        public void callsTools(Answer current) {
            filler.begin(current);
        }

        @Override
        public void whole() {
            mouth.finish();
        }

        @Override
        public void failed(Throwable why) {
            told.failed("thinking", why);
        }
    }

    // ---- how it goes
    // -----------------------------------------------------------------------------------------

    /** Whether anything is said, or thought about. */
    boolean goesOn() {
        return answer != null;
    }

    /** What the caller said that is being answered, empty when the agent speaks of itself; none when it does not speak. */
    Optional<String> said() {
        return Optional.ofNullable(answer).map(Answer::said);
    }

    /** Whether an answer to the caller goes on. */
    boolean answers() {
        return answer != null && answer.answers();
    }

    /** Whether the caller hears it already. */
    boolean audible() {
        return mouth.audible();
    }

    /**
     * Whether it goes on and may be broken off: what the agent leaves with is said whole, and what it has asked to be done is
     * not given up before anything of it was heard.
     */
    boolean mayBeInterrupted() {
        Answer current = answer;
        return current != null && current.then() == Then.LISTEN && (current.rounds() == 0 || mouth.audible());
    }

    private final class Spoken implements Mouth.Told {

        @Override
        public void firstAudio() {
            if (answer != null) {
                answer.audioCame();
            }
        }

        @Override
        public void firstPacket() {
            if (answer != null) {
                answer.isHeard();
            }
        }

        @Override
        public void spoken() {
            Answer current = answer;
            if (current != null) {
                ended(current);
            }
        }

        @Override
        public void failed(Throwable why) {
            told.failed("speaking", why);
        }
    }

    private void ended(Answer current) {
        become(null);
        filler.cancel();
        keep(current, current.text(), false);
        told.spoken(current.then(), current.reason());
    }

    private void keep(Answer current, String text, boolean interrupted) {
        if (text.isEmpty()) {
            kept.unanswered(current);
        } else {
            history.agent(text, interrupted);
            kept.answered(current, text, interrupted);
        }
    }

    // ---- when it is broken off
    // -----------------------------------------------------------------------------------------

    /**
     * Stops what is being said, if anything is; what was not heard was not said.
     *
     * @return what the caller said, when they go on with it because nothing was done about it yet; empty otherwise
     */
    Optional<String> interrupt() {
        Answer current = answer;
        if (current == null) {
            return Optional.empty();
        }
        String heard = mouth.stop();
        current.hangUp().hangUp();
        filler.cancel();
        become(null);
        if (heard.isEmpty() && current.answers() && current.rounds() == 0) {
            history.takeBack();
            return Optional.of(current.said());
        }
        keep(current, heard, true);
        if (!heard.isEmpty()) {
            metrics.interrupted(agent.name());
        }
        return Optional.empty();
    }

    /** The call is over: nothing is said any more, and what was heard is kept. */
    void end() {
        filler.cancel();
        Answer current = answer;
        if (current != null) {
            String heard = mouth.stop();
            current.hangUp().hangUp();
            keep(current, heard, true);
            become(null);
        }
        mouth.hush();
    }
}
