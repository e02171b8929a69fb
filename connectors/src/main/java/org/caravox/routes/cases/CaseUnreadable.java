package org.caravox.routes.cases;

/** A file of cases that cannot be understood, and why. */
final class CaseUnreadable extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int line;

    /** @param line from 1; 0 when nobody knows */
    CaseUnreadable(int line, String problem) {
        super(problem);
        this.line = line;
    }

    int line() {
        return line;
    }
}
