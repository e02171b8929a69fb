package org.caravox.live;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Up to where words were asked for before their time, by the client or by the hub itself; whoever takes over is asked
 * again. For the session's loop. What is looked at with each frame goes without streams: mostly nothing is open.
 */
final class Settles {

    /** Providers do not tell times to the byte. */
    private static final double SLACK_SECONDS = 0.02;

    /** A provider that has nothing to tell may not answer; what it settles so much later tells that it will not. */
    private static final double UNANSWERED_SECONDS = 1;

    /** A client may ask after every word; more than so many need not be told apart. */
    private static final int MOST_OPEN = 64;

    private static final class Asked {
        private final long at;
        private final BitSet answered = new BitSet();
        private boolean byClient;
        private @Nullable LiveRun of;

        Asked(long at, boolean byClient) {
            this.at = at;
            this.byClient = byClient;
        }
    }

    private final Positions positions;
    private final List<Asked> open = new ArrayList<>();

    Settles(Positions positions) {
        this.positions = positions;
    }

    /** The client wants to have what was said up to a position, the newest. */
    void wish(long at) {
        Asked last = open.isEmpty() ? null : open.get(open.size() - 1);
        if (last != null && last.at == at) {
            last.byClient = true;
        } else {
            if (open.size() >= MOST_OPEN) { // the newest covers the one before
                open.remove(open.size() - 1);
            }
            open.add(new Asked(at, true));
        }
    }

    /** The hub wants to have it, up to where audio was given out. */
    void need(long at) {
        int place = (int) open.stream().filter(one -> one.at <= at).count();
        open.add(place, new Asked(at, false));
    }

    /** Whether the hub wants it, and has not got it. */
    boolean isNeeded() {
        return open.stream().anyMatch(one -> !one.byClient);
    }

    /** The hub wants it no more. */
    void forgetNeeds() {
        open.removeIf(one -> !one.byClient);
    }

    /**
     * Whether a provider is to be asked now; it counts as asked then.
     *
     * @param until how far it was given audio
     */
    boolean isDue(LiveRun run, long until) {
        boolean isDue = false;
        for (Asked one : open) {
            if (one.of != run && one.at >= run.base() && one.at <= until) {
                one.of = run;
                isDue = true;
            }
        }
        return isDue;
    }

    /** How far a provider may be given audio before it is asked next; the largest number when it is not. */
    long next(LiveRun run, long from) {
        long next = Long.MAX_VALUE;
        for (Asked one : open) {
            if (one.of != run && one.at > from) {
                next = Math.min(next, one.at);
            }
        }
        return next;
    }

    /** What the client asked for and has not got. */
    List<Long> wished() {
        return open.stream().filter(one -> one.byClient).map(one -> one.at).toList();
    }

    /**
     * A phrase is settled.
     *
     * @param by    who heard it
     * @param asked whether it says that it was asked for
     * @return whether the client asked for it
     */
    boolean answered(LiveRun by, int channel, double end, boolean asked) {
        List<Asked> answered = new ArrayList<>();
        for (Asked one : open) {
            boolean unanswered = !one.answered.get(channel);
            if (unanswered && isAnswered(one, by, end, asked, answered.isEmpty())) {
                one.answered.set(channel);
                answered.add(one);
            }
        }
        open.removeIf(one -> one.answered.cardinality() == positions.audio().channels());
        return asked && answered.stream().anyMatch(one -> one.byClient);
    }

    private boolean isAnswered(Asked one, LiveRun by, double end, boolean asked, boolean first) {
        double at = positions.seconds(one.at);
        boolean reached = end >= at - SLACK_SECONDS;
        if (asked && one.of == by) {
            return first || reached;
        }
        return one.byClient ? end >= at + UNANSWERED_SECONDS : reached;
    }
}
