package org.caravox.requests;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that the hub will not or cannot carry out, named by what the caller does about it. The message is one
 * short sentence that the caller reads: it names the thing, the value and the way out, and holds no secret.
 */
public class Refusal extends RuntimeException {

    /** What stands in the way. */
    public enum Reason {
        /** The request cannot be read: mend its syntax. */
        MALFORMED,
        /** No API key, or one that is not known: send a valid one. */
        UNAUTHENTICATED,
        /** The tenant has spent its budget: wait until it renews, or ask the operator for more. */
        OVER_BUDGET,
        /** The key is known but may not do this. */
        FORBIDDEN,
        /** There is no such thing for this tenant. */
        NOT_FOUND,
        /** It asks for a model that nobody here has: name another. */
        UNKNOWN_MODEL,
        /** It contradicts what is already there. */
        CONFLICT,
        /** The body is over the limit. */
        TOO_LARGE,
        /** The bytes are no recording that we know. */
        NOT_AUDIO,
        /** It was read, and a value in it cannot be used. */
        INVALID,
        /** The part that it asks for lies beyond the end. */
        OUT_OF_RANGE,
        /** Over the tenant's limits: come back after {@link #retryAfter()}. */
        TOO_MANY,
        /** This hub does not do that. */
        NOT_BUILT,
        /** Something that the caller named cannot be reached now. */
        UNREACHABLE,
        /** Something that the caller named or sends was not there within the deadline. */
        TIMED_OUT,
        /** The hub itself was not done within the deadline. */
        TOO_SLOW,
        /** What it needs was kept here and is not there any more: send it again. */
        LOST,
        /** The caller has hung up: nobody reads this. */
        CALLER_GONE,
        /** No capacity now: come back after {@link #retryAfter()}. */
        OVERLOADED
    }

    private final Reason reason;
    private final String sentence;
    private final @Nullable Duration retryAfter;

    public Refusal(Reason reason, String message) {
        this(reason, message, null, null);
    }

    public Refusal(Reason reason, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.sentence = message;
        this.retryAfter = retryAfter;
    }

    public static Refusal invalid(String message) {
        return new Refusal(Reason.INVALID, message);
    }

    public static Refusal notFound(String message) {
        return new Refusal(Reason.NOT_FOUND, message);
    }

    /** What else a program may want to know of it: further members of the problem that the caller is told. */
    public Map<String, ?> details() {
        return Map.of();
    }

    public Reason reason() {
        return reason;
    }

    /** The short sentence for the caller. */
    @Override
    public String getMessage() {
        return sentence;
    }

    /** When it is worth asking again, if waiting helps. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Whether the same request may succeed later, unchanged. */
    public boolean mayPass() {
        return switch (reason) {
            case TOO_MANY, UNREACHABLE, TIMED_OUT, TOO_SLOW, OVERLOADED -> true;
            default -> false;
        };
    }
}
