package org.caravox.calls;

import java.util.Locale;
import org.caravox.calls.signalling.LegListener.Ended;

/**
 * How a call ended.
 *
 * @param by     who ended it
 * @param cause  one word, for reports
 * @param status the SIP status of a call that was not answered; 0 of one that was
 * @param reason in words
 */
public record CallEnd(By by, Cause cause, int status, String reason) {

    /** Who ended it. */
    public enum By {
        HUB,
        OTHER,
        NETWORK;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why, in one word. */
    public enum Cause {
        HUNG_UP,
        CANCELLED,
        BUSY,
        DECLINED,
        NO_ANSWER,
        NOT_FOUND,
        NO_MEDIA,
        TRANSFERRED,
        TOO_LONG,
        LEFT_QUEUE,
        WAITED_TOO_LONG,
        HUB_STOPPED,
        HUB_LOST,
        FAILED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** From what the signalling tells; {@code ours} when we had a reason of our own to end it. */
    static CallEnd of(Ended ended, boolean answered) {
        By by =
                switch (ended.who()) {
                    case US -> By.HUB;
                    case THEM -> By.OTHER;
                    case NETWORK -> By.NETWORK;
                };
        return new CallEnd(by, cause(ended, answered), ended.status(), ended.reason());
    }

    /** The same of a call that was still in a queue, or had waited there for nothing. */
    CallEnd inQueue(boolean tooLong) {
        boolean over = cause == Cause.HUNG_UP || cause == Cause.CANCELLED || cause == Cause.NO_ANSWER;
        if (over && tooLong) {
            return new CallEnd(by, Cause.WAITED_TOO_LONG, status, reason);
        }
        return over && by == By.OTHER ? new CallEnd(by, Cause.LEFT_QUEUE, status, reason) : this;
    }

    private static Cause cause(Ended ended, boolean answered) {
        if (answered) {
            return ended.who() == Ended.Who.NETWORK ? Cause.NO_MEDIA : Cause.HUNG_UP;
        }
        return switch (ended.status()) {
            case 486, 600 -> Cause.BUSY;
            case 403, 603, 607, 608 -> Cause.DECLINED;
            case 408, 480 -> Cause.NO_ANSWER;
            case 404, 410, 484, 604 -> Cause.NOT_FOUND;
            case 0, 487 -> Cause.CANCELLED;
            default -> Cause.FAILED;
        };
    }
}
