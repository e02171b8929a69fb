package org.caravox.agents;

import java.util.List;
import org.caravox.agents.AgentWork.Called;
import org.caravox.agents.Answer.Then;

/**
 * Has the model answer a turn: asks it, has done what it asks for, and asks it again until it has nothing more to ask, a few
 * times at most. On the call's loop only, where the model's pieces come and are told too; what is still told of an answer that
 * is over is dropped.
 */
final class Thinking {

    /** Told what the model answers. */
    interface Told {

        /** The next sentence. */
        void sentence(String sentence);

        /** Tools are called before the answer goes on. */
        void callsTools(Answer answer);

        /** No sentence follows. */
        void whole();

        void failed(Throwable why);
    }

    private static final int MOST_ROUNDS = 5;

    private final Agent agent;
    private final AgentWork work;
    private final History history;
    private final ToolCalls tools;
    private final Told told;

    Thinking(AgentCall call, Agent agent, AgentWork work, History history, Told told) {
        this.agent = agent;
        this.work = work;
        this.history = history;
        this.tools = new ToolCalls(call, agent, work, history);
        this.told = told;
    }

    /** Thinks about a turn; the route is asked first. */
    void begin(Answer answer, AgentTurn turn) {
        work.think(turn, history.copy(), true, answer.hangUp(), new Round(answer, turn));
    }

    /** The model is asked once. */
    private final class Round implements AgentWork.Thoughts {

        private final Answer answer;
        private final StringBuilder written = new StringBuilder();
        private AgentTurn turn;

        Round(Answer answer, AgentTurn turn) {
            this.answer = answer;
            this.turn = turn;
        }

        @Override
        public void turned(AgentTurn changed) {
            turn = changed;
        }

        @Override
        public void said(String piece) {
            if (!answer.isOver()) {
                written.append(piece);
                write(answer, piece);
            }
        }

        @Override
        public void done(List<Called> calls) {
            if (answer.isOver()) {
                return;
            }
            answer.rest().ifPresent(told::sentence);
            if (calls.isEmpty() || answer.rounds() >= MOST_ROUNDS) {
                told.whole();
                return;
            }
            answer.round();
            history.called(written.toString(), calls);
            told.callsTools(answer);
            tools.call(answer, calls, this::called);
        }

        private void called() {
            if (answer.then() == Then.LISTEN) {
                work.think(turn, history.copy(), false, answer.hangUp(), new Round(answer, turn));
            } else {
                leave(answer);
            }
        }

        @Override
        public void failed(Throwable why) {
            if (!answer.isOver()) {
                told.failed(why);
            }
        }
    }

    private void write(Answer answer, String piece) {
        answer.modelWrites();
        answer.write(piece).forEach(told::sentence);
    }

    /** The agent leaves the call; not without a word. */
    private void leave(Answer answer) {
        if (answer.text().isEmpty()) {
            write(answer, answer.then() == Then.HANG_UP ? agent.goodbye() : handOverText());
            answer.rest().ifPresent(told::sentence);
        }
        told.whole();
    }

    private String handOverText() {
        AgentHandOver to = agent.handOver();
        return to == null ? "" : to.text();
    }
}
