package org.caravox.agents;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the caller has said in one turn.
 *
 * @param said  its words; empty of none, when the agent speaks of itself
 * @param since when the caller stopped speaking, by the clock of the conversation's latencies
 * @param heard how long after that the last words were settled; null when they were settled before
 */
record CallerTurn(String said, long since, @Nullable Duration heard) {

    /** Nobody has said anything: the agent speaks of itself. */
    static CallerTurn none(long now) {
        return new CallerTurn("", now, null);
    }

    /** The same turn, with something more in it. */
    CallerTurn and(String more) {
        return new CallerTurn(said.isEmpty() ? more : said + " " + more, since, heard);
    }
}
