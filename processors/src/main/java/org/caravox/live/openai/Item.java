package org.caravox.live.openai;

import java.util.List;
import org.caravox.live.Phrase;
import org.jspecify.annotations.Nullable;

/** A stretch of one channel that is sent, is transcribed, or waits to be told. For one thread. */
final class Item {

    private final int channel;
    private final double start;
    private final StringBuilder words = new StringBuilder();
    private @Nullable String id;
    private double end;
    private boolean committed;
    private boolean endpoint;
    private boolean asked;
    private boolean transcribed;

    /** @param start seconds from the beginning of the channel */
    Item(int channel, double start) {
        this.channel = channel;
        this.start = start;
    }

    /** A stretch in which nothing is said, and which is not sent. */
    static Item silence(int channel, double start, double until, boolean endpoint, boolean asked) {
        Item silence = new Item(channel, start);
        silence.id = "";
        silence.commit(until, endpoint, asked);
        silence.transcribed("");
        return silence;
    }

    double start() {
        return start;
    }

    boolean isCommitted() {
        return committed;
    }

    boolean isTranscribed() {
        return transcribed;
    }

    /** Whether it is the one that its provider calls so; one without a name gets this one. */
    boolean is(String name) {
        if (id == null) {
            id = name;
        }
        return id.equals(name);
    }

    /** Nothing more of it is sent. */
    void commit(double until, boolean atEndpoint, boolean becauseAsked) {
        committed = true;
        end = until;
        endpoint = atEndpoint;
        asked = becauseAsked;
    }

    void add(String delta) {
        words.append(delta);
    }

    void transcribed(String transcript) {
        transcribed = true;
        words.setLength(0);
        words.append(transcript);
    }

    /** What is known of it, which will not change once it is transcribed. */
    Phrase phrase(double now) {
        double until = committed ? end : now;
        return new Phrase(
                channel,
                start,
                until - start,
                words.toString().strip(),
                null,
                List.of(),
                transcribed,
                transcribed && endpoint,
                transcribed && asked);
    }
}
