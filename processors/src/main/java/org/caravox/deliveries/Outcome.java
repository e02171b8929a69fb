package org.caravox.deliveries;

import java.time.Duration;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What came of one attempt to deliver.
 *
 * @param next       what is to happen to the delivery
 * @param status     of HTTP; null when there was no answer
 * @param fault      null when it arrived
 * @param error      in plain words, without secrets; null when it arrived
 * @param response   the beginning of what was answered, at most {@link #MOST_RESPONSE_BYTES}; null for nothing
 * @param retryAfter what the other side asks for; null when it does not
 */
public record Outcome(
        Next next,
        @Nullable Integer status,
        @Nullable Fault fault,
        @Nullable String error,
        @Nullable String response,
        @Nullable Duration retryAfter) {

    /** How much of a response is kept, in bytes. */
    public static final int MOST_RESPONSE_BYTES = 20 * 1024;

    private static final int GONE = 410;

    /** What happens to a delivery after an attempt. */
    public enum Next {
        /** It has arrived. */
        DELIVERED,
        /** It is tried again, as long as there are retries left. */
        RETRY,
        /** It is tried again later, and the attempt does not count. */
        POSTPONE,
        /** It is a dead letter now. */
        PARK,
        /** It is a dead letter, and its endpoint wants nothing any more. */
        DISABLE
    }

    /** It has arrived, without an answer to keep. */
    public static Outcome delivered() {
        return new Outcome(Next.DELIVERED, null, null, null, null, null);
    }

    /** There was no answer. */
    public static Outcome failed(Fault fault, String error) {
        return new Outcome(Next.RETRY, null, fault, error, null, null);
    }

    /** It was answered: 2xx is delivered, 410 is not wanted any more, the rest is tried again. */
    public static Outcome answered(int status, String response, @Nullable Duration retryAfter) {
        if (status / 100 == 2) {
            return new Outcome(Next.DELIVERED, status, null, null, response, null);
        }
        String error = status / 100 == 3
                ? "answered with HTTP status " + status + ": redirects are not followed"
                : "answered with HTTP status " + status;
        return new Outcome(
                status == GONE ? Next.DISABLE : Next.RETRY, status, Fault.STATUS, error, response, retryAfter);
    }

    /** What a failure of the one who delivers means. */
    public static Outcome of(Throwable failure) {
        if (failure instanceof ParkedDelivery) {
            return new Outcome(Next.PARK, null, Fault.MAPPING, failure.getMessage(), null, null);
        }
        if (failure instanceof Postponed postponed) {
            return new Outcome(Next.POSTPONE, null, Fault.STATUS, postponed.getMessage(), null, postponed.retryAfter());
        }
        if (failure instanceof Refusal refusal) {
            return new Outcome(
                    Next.RETRY,
                    null,
                    fault(refusal),
                    refusal.getMessage(),
                    null,
                    refusal.retryAfter().orElse(null));
        }
        return failed(
                Fault.HUB, "the hub could not deliver it (" + failure.getClass().getSimpleName() + ")");
    }

    private static Fault fault(Refusal refusal) {
        return switch (refusal.reason()) {
            case TIMED_OUT, TOO_SLOW -> Fault.TIMEOUT;
            case UNREACHABLE -> Fault.CONNECTION;
            case UNAUTHENTICATED, FORBIDDEN -> Fault.AUTH;
            case INVALID, MALFORMED -> Fault.MAPPING;
            case TOO_MANY, OVERLOADED -> Fault.STATUS;
            default -> Fault.HUB;
        };
    }
}
