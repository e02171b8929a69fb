package org.caravox.providers;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a provider stands, as one credential sees it.
 *
 * @param use         what it is for
 * @param provider    its name
 * @param credential  the credential's name; null for providers inside the hub, and where there is none
 * @param state       {@code closed} when it is asked, {@code open} or {@code forced_open} when it is left alone, {@code
 *                    half_open} when a few calls try it, {@code no_credential} when it cannot be asked
 * @param retryAt     until when it is left alone; null when it is not
 * @param models      what it offers, the default first
 * @param underWay    calls under way
 * @param concurrent  how many may be
 * @param latencyMs   how long its answers have taken of late, in milliseconds; null without recent ones
 * @param lastFailure what went wrong last: {@code timeout}, {@code quota} ...; null when nothing has
 * @param failedAt    when
 * @param reason      what it said then; only operators see it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Standing(
        Use use,
        String provider,
        @Nullable String credential,
        String state,
        @Nullable Instant retryAt,
        List<String> models,
        int underWay,
        int concurrent,
        @Nullable Long latencyMs,
        @Nullable String lastFailure,
        @Nullable Instant failedAt,
        @Nullable String reason) {

    /** The state of a provider whose credential is missing. */
    public static final String NO_CREDENTIAL = "no_credential";

    static Standing of(Line line, Provider<?> provider) {
        Line.State state = line.state();
        Line.Failed failed = line.lastFailure().orElse(null);
        return new Standing(
                line.use(),
                line.provider(),
                provider.needsCredential() ? line.credential() : null,
                state.word(),
                state == Line.State.OPEN ? line.coolUntil() : null,
                provider.models().named(),
                line.underWay(),
                line.concurrent(),
                line.latency().map(latency -> latency.toMillis()).orElse(null),
                failed == null ? null : failed.why().word(),
                failed == null ? null : failed.at(),
                failed == null ? null : failed.message());
    }

    static Standing withoutCredential(Use use, Provider<?> provider) {
        return new Standing(
                use,
                provider.provider(),
                null,
                NO_CREDENTIAL,
                null,
                provider.models().named(),
                0,
                0,
                null,
                null,
                null,
                null);
    }

    /** The same as a tenant may see it. */
    public Standing forTenant() {
        return new Standing(
                use,
                provider,
                null,
                state,
                retryAt,
                models,
                underWay,
                concurrent,
                latencyMs,
                lastFailure,
                failedAt,
                null);
    }

    /** Whether requests can be carried to it now. */
    public boolean available() {
        return state.equals(Line.State.CLOSED.word()) || state.equals(Line.State.HALF_OPEN.word());
    }
}
