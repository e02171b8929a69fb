package org.caravox.jobs;

import java.util.List;
import java.util.stream.Collectors;
import org.caravox.providers.NobodyAnswered;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.requests.Refusal;

/**
 * Why an attempt at a job failed.
 *
 * @param reason   one sentence that the job's owner may read
 * @param fault    whose doing it is
 * @param hopeless whether another attempt cannot help
 * @param told     whether the sentence says all there is to know; otherwise the log has to
 */
record Failure(String reason, Fault fault, boolean hopeless, boolean told) {

    Failure {
        reason = reason.replace("\0", ""); // PostgreSQL keeps no NUL characters
    }

    static Failure of(Exception failure) {
        if (failure instanceof Refusal refusal) {
            return new Failure(refusal.getMessage(), fault(refusal), !refusal.mayPass(), true);
        }
        if (failure instanceof NobodyAnswered nobody) {
            return nobody.rejected() ? rejected(nobody) : unanswered(nobody);
        }
        return new Failure("Transcription failed", Fault.HUB, false, false);
    }

    private static Failure rejected(NobodyAnswered nobody) {
        ProviderFailure first = nobody.failures().get(0);
        return new Failure(
                "no provider takes this request: " + first.provider() + " " + first.getMessage(),
                Fault.CALLER,
                true,
                true);
    }

    private static Failure unanswered(NobodyAnswered nobody) {
        List<ProviderFailure> failures = nobody.failures();
        boolean callers = !failures.isEmpty() && failures.stream().allMatch(Failure::callers);
        return new Failure(brief(nobody), callers ? Fault.CALLER : Fault.HUB, false, false);
    }

    /** A provider that said no to the request, or could not get the recording from where its owner has it. */
    private static boolean callers(ProviderFailure failure) {
        return failure instanceof ProviderRejected
                || (failure.getCause() instanceof Refusal refusal && fault(refusal) == Fault.CALLER);
    }

    /** Who failed and how; what providers said of it is for the log. */
    private static String brief(NobodyAnswered nobody) {
        return "no provider could answer: "
                + (nobody.failures().isEmpty()
                        ? "all are busy or out of order"
                        : nobody.failures().stream()
                                .map(failure ->
                                        failure.provider() + " " + failure.why().word())
                                .collect(Collectors.joining(", ")));
    }

    /** A recording that cannot be had, or is none, is its owner's; what has no room or no time here is ours. */
    private static Fault fault(Refusal refusal) {
        return switch (refusal.reason()) {
            case MALFORMED,
                    UNAUTHENTICATED,
                    OVER_BUDGET,
                    FORBIDDEN,
                    NOT_FOUND,
                    UNKNOWN_MODEL,
                    CONFLICT,
                    TOO_LARGE,
                    NOT_AUDIO,
                    INVALID,
                    OUT_OF_RANGE,
                    TOO_MANY,
                    UNREACHABLE,
                    TIMED_OUT -> Fault.CALLER;
            case NOT_BUILT, TOO_SLOW, LOST, CALLER_GONE, OVERLOADED -> Fault.HUB;
        };
    }
}
