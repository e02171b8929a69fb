package org.caravox.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.caravox.live.Phrase;
import org.caravox.requests.HangUp;

/** What a conversation has others do. Nothing here blocks, and all is told on the call's loop. */
interface AgentWork {

    /** A function that the model calls, as it names it. */
    record Called(String id, String name, String arguments) {}

    /** What comes of asking the model. */
    interface Thoughts {

        /** The route has had its say. */
        void turned(AgentTurn turn);

        /** The next piece of the answer. */
        void said(String piece);

        /** It is whole; the functions are to be called before it is asked again. */
        void done(List<Called> calls);

        void failed(Throwable why);
    }

    /** What comes of speaking. */
    interface Sounds {

        /** Whole samples. */
        void audio(byte[] pcm);

        void done();

        void failed(Throwable why);
    }

    /** What comes of listening. */
    interface Hearing {

        void opened(Ear ear);

        void phrase(Phrase phrase);

        void failed(Throwable why);
    }

    /** Somebody who listens. */
    interface Ear {

        void hear(byte[] pcm);

        /** Words of what was heard so far are wanted now. */
        void settle();

        void end();
    }

    /**
     * Asks the model.
     *
     * @param route whether the route is asked first
     */
    void think(AgentTurn turn, ArrayNode messages, boolean route, HangUp hangUp, Thoughts told);

    void speak(String text, HangUp hangUp, Sounds told);

    void listen(HangUp hangUp, Hearing told);

    /** Does what the model asks for; what it is told of it comes back, also when it fails. */
    void tool(ToolCall called, Duration within, HangUp hangUp, Consumer<JsonNode> told);

    /** What was said to this caller before; not told at all when there is nothing. */
    void recall(Consumer<List<ConversationTurn>> told);

    /** A machine has answered. */
    void machineAnswered();

    /** Keeps a turn. */
    void keep(ConversationTurn turn);

    /** The conversation is over. */
    void over(String how);
}
