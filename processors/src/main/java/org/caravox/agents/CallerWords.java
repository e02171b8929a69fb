package org.caravox.agents;

import org.caravox.live.Phrase;

/** What the caller has said since the last turn: words that are settled, and words that may change. */
final class CallerWords {

    /** Two providers, or two tellings, may differ by so much about where a word ends; seconds. */
    private static final double NEAR = 0.05;

    private final StringBuilder settled = new StringBuilder();
    private String open = "";
    private double openUntil;
    private double takenUntil = -1;

    /** Whether the phrase told anything new. */
    boolean add(Phrase phrase) {
        if (phrase.start() < takenUntil - NEAR) {
            return false;
        }
        openUntil = phrase.end();
        if (phrase.settled()) {
            open = "";
            append(phrase.transcript());
        } else {
            open = phrase.transcript();
        }
        return !phrase.isSilence();
    }

    private void append(String text) {
        if (!text.isBlank()) {
            settled.append(settled.isEmpty() ? "" : " ").append(text.strip());
        }
    }

    /** What was said before all of it. */
    void putBack(String text) {
        settled.insert(0, settled.isEmpty() ? text : text + " ");
    }

    String text() {
        return (settled + " " + open).strip();
    }

    /** All of it, once; what is told again of words that might still have changed does not count. */
    String take() {
        String text = text();
        takenUntil = open.isBlank() ? takenUntil : openUntil;
        settled.setLength(0);
        open = "";
        return text;
    }

    /** Nothing of it counts, nor what is still to be told of what was said so far; seconds from the beginning. */
    void forget(double until) {
        settled.setLength(0);
        open = "";
        takenUntil = until;
    }
}
