package org.caravox.providers;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a provider could not answer, named by what the caller does about it. Messages are for operators and name no
 * secret; what a provider says itself is shortened before it gets into one.
 */
public abstract sealed class ProviderFailure extends RuntimeException {

    /** What went wrong, as metrics and {@code GET /providers} call it. */
    public enum Cause {
        CONNECT,
        TIMEOUT,
        BROKEN_OFF,
        GARBAGE,
        SERVER_ERROR,
        RATE_LIMITED,
        NO_CAPACITY,
        REJECTED,
        CREDENTIAL,
        QUOTA;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final String provider;
    private final Cause why;

    ProviderFailure(String provider, Cause why, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.provider = provider;
        this.why = why;
    }

    public String provider() {
        return provider;
    }

    public Cause why() {
        return why;
    }

    /** It may answer another time: try the next provider, or come back after {@link #retryAfter()}. */
    public static final class ProviderBusy extends ProviderFailure {
        private final @Nullable Duration retryAfter;

        /** @param retryAfter when the provider itself says that it is worth coming back; null when it does not say */
        public ProviderBusy(
                String provider, Cause why, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
            super(provider, why, message, cause);
            this.retryAfter = retryAfter;
        }

        public Optional<Duration> retryAfter() {
            return Optional.ofNullable(retryAfter);
        }
    }

    /**
     * It does not take this recording, text or option. Its breaker is left alone; another provider may take it, and when
     * none does the caller is told.
     */
    public static final class ProviderRejected extends ProviderFailure {
        public ProviderRejected(String provider, String message) {
            super(provider, Cause.REJECTED, message, null);
        }
    }

    /** Its credential is refused, or its quota is used up: it is left alone for long. */
    public static final class ProviderGone extends ProviderFailure {

        /** @param why CREDENTIAL or QUOTA */
        public ProviderGone(String provider, Cause why, String message) {
            super(provider, why, message, null);
        }
    }
}
