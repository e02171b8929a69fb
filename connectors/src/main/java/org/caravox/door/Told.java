package org.caravox.door;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.coyote.BadRequestException;
import org.caravox.deliveries.ParkedDelivery;
import org.caravox.jobs.DatabaseAway;
import org.caravox.providers.NobodyAnswered;
import org.caravox.providers.ProviderFailure;
import org.caravox.publishing.RoutesRefused;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What a caller is told of a failure, whatever the form of the door's errors.
 *
 * @param status     the HTTP status
 * @param error      what is wrong and what to do, in a short sentence
 * @param retryAfter when it is worth coming back, if waiting helps
 * @param again      whether the same request may succeed if a client sends it again by itself: not when the hub has tried
 *                   everybody already
 */
public record Told(int status, String error, Optional<Duration> retryAfter, boolean again) {

    private static final Duration DATABASE_BACK_IN = Duration.ofSeconds(10);

    private Told(int status, String error) {
        this(status, error, Optional.empty(), false);
    }

    /** What is told of a failure; null is one that nobody knows. */
    public static Told of(@Nullable Throwable failure) {
        if (failure instanceof Refusal refusal) {
            return new Told(status(refusal.reason()), refusal.getMessage(), refusal.retryAfter(), refusal.mayPass());
        }
        if (failure instanceof RoutesRefused refused) {
            return new Told(422, String.valueOf(refused.findings().get(0)));
        }
        if (failure instanceof NobodyAnswered nobody) {
            return of(nobody);
        }
        if (failure instanceof ParkedDelivery parked) { // in a dry run
            return new Told(422, String.valueOf(parked.getMessage()));
        }
        if (failure instanceof ClientAbortException || failure instanceof BadRequestException) {
            return new Told(400, "the request broke off before its end");
        }
        if (failure != null && DatabaseAway.is(failure)) {
            return new Told(503, "the hub's database does not answer, try again", Optional.of(DATABASE_BACK_IN), true);
        }
        if (failure instanceof InterruptedException) {
            return new Told(503, "the hub is stopping, try again", Optional.of(Duration.ofSeconds(10)), true);
        }
        return new Told(500, "the hub failed: quote the requestId to its operator");
    }

    /** What providers said is for the log, except when all of them found fault with the request. */
    private static Told of(NobodyAnswered nobody) {
        String use = nobody.use().word();
        String failed = use.substring(0, 1).toUpperCase(Locale.ROOT) + use.substring(1) + " failed";
        if (nobody.rejected()) {
            return new Told(
                    422,
                    "no provider takes this request: "
                            + nobody.failures().get(0).provider() + " "
                            + nobody.failures().get(0).getMessage());
        }
        return new Told(
                503,
                nobody.failures().stream().allMatch(failure -> failure.why() == ProviderFailure.Cause.NO_CAPACITY)
                        ? failed + ": all providers are busy or out of order, try again"
                        : failed + ": no provider could answer, try again",
                Optional.of(nobody.retryAfter()),
                nobody.failures().isEmpty());
    }

    private static int status(Refusal.Reason reason) {
        return switch (reason) {
            case MALFORMED -> 400;
            case UNAUTHENTICATED -> 401;
            case OVER_BUDGET -> 402;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case TOO_LARGE -> 413;
            case NOT_AUDIO -> 415;
            case INVALID, UNKNOWN_MODEL, UNREACHABLE -> 422;
            case OUT_OF_RANGE -> 416;
            case TOO_MANY -> 429;
            case CALLER_GONE -> 499;
            case LOST -> 500;
            case NOT_BUILT -> 501;
            case OVERLOADED -> 503;
            case TIMED_OUT, TOO_SLOW -> 504;
        };
    }
}
