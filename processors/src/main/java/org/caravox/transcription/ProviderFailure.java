package org.caravox.transcription;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a provider could not answer, named by what the caller does about it. */
public abstract sealed class ProviderFailure extends RuntimeException {

    private final String provider;

    ProviderFailure(String provider, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.provider = provider;
    }

    public String provider() {
        return provider;
    }

    /** Try the next provider, or come back after {@link #retryAfter()}. */
    public static final class ProviderBusy extends ProviderFailure {
        private final Duration retryAfter;

        public ProviderBusy(String provider, String message, Duration retryAfter) {
            super(provider, message, null);
            this.retryAfter = retryAfter;
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** Credential, quota or outage: leave this provider alone for a while. */
    public static final class ProviderGone extends ProviderFailure {
        public ProviderGone(String provider, String message, Throwable cause) {
            super(provider, message, cause);
        }
    }
}
