package org.caravox.agents;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.caravox.agents.AgentWork.Ear;
import org.caravox.live.Phrase;
import org.caravox.requests.HangUp;
import org.jspecify.annotations.Nullable;

/**
 * Has the caller's audio heard by somebody who tells its words; what is said until they listen is kept for them. On the call's
 * loop only, where it is told of the words too.
 */
final class CallerAudio {

    /** Audio that is kept until somebody listens: 20 ms each. */
    private static final int EARLY_FRAMES = 250;

    private final AgentWork work;
    private final Consumer<Phrase> words;
    private final Consumer<Throwable> failed;
    private final HangUp gone = new HangUp();
    private final Deque<byte[]> early = new ArrayDeque<>();
    private @Nullable Ear ear;
    private boolean over;

    /**
     * Nobody listens yet.
     *
     * @param words  told what is heard, until the end
     * @param failed told that nobody listens any more, or ever, unless it has ended
     */
    CallerAudio(AgentWork work, Consumer<Phrase> words, Consumer<Throwable> failed) {
        this.work = work;
        this.words = words;
        this.failed = failed;
    }

    private final class Hearing implements AgentWork.Hearing {

        @Override
        public void opened(Ear opened) {
            if (over) {
                opened.end();
                return;
            }
            ear = opened;
            early.forEach(opened::hear);
            early.clear();
        }

        @Override
        public void phrase(Phrase phrase) {
            if (!over) {
                words.accept(phrase);
            }
        }

        @Override
        public void failed(Throwable why) {
            if (!over) {
                failed.accept(why);
            }
        }
    }

    /** Somebody is to listen. */
    void begin() {
        work.listen(gone, new Hearing());
    }

    void hear(byte[] pcm) {
        Ear listening = ear;
        if (listening != null) {
            listening.hear(pcm);
        } else if (early.size() < EARLY_FRAMES) {
            early.add(pcm);
        }
    }

    /** Words of what was heard so far are wanted now. */
    void settle() {
        Ear listening = ear;
        if (listening != null) {
            listening.settle();
        }
    }

    /** Nobody listens any more. */
    void end() {
        over = true;
        gone.hangUp();
        Ear listening = ear;
        if (listening != null) {
            listening.end();
        }
        early.clear();
    }
}
