package org.caravox.providers;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** All providers that could be asked failed, or are left alone for now. */
public final class NobodyAnswered extends RuntimeException {

    private final Use use;
    private final List<ProviderFailure> failures;
    private final Duration retryAfter;

    /**
     * Nobody answered.
     *
     * @param failures what those that were asked said, in order; empty when none could be asked
     * @param retryAfter when the first of them may be back
     */
    public NobodyAnswered(Use use, List<ProviderFailure> failures, Duration retryAfter) {
        super(
                use.word() + " failed: "
                        + (failures.isEmpty()
                                ? "all providers are left alone for now"
                                : failures.stream()
                                        .map(failure -> failure.provider() + " "
                                                + failure.why().word() + " (" + failure.getMessage() + ")")
                                        .collect(Collectors.joining(", "))),
                failures.isEmpty() ? null : failures.get(failures.size() - 1));
        this.use = use;
        this.failures = List.copyOf(failures);
        this.retryAfter = retryAfter;
    }

    public Use use() {
        return use;
    }

    public List<ProviderFailure> failures() {
        return failures;
    }

    /** When the first of them may be back; at least a second. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** Whether each one that was asked found fault with the request: then the caller can mend it. */
    public boolean rejected() {
        return !failures.isEmpty()
                && failures.stream().allMatch(failure -> failure instanceof ProviderFailure.ProviderRejected);
    }
}
