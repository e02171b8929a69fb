package org.caravox.routes.cases;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.caravox.calls.CallEnded;
import org.caravox.deliveries.ParkedDelivery;
import org.caravox.providers.NobodyAnswered;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderGone;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.providers.Use;
import org.caravox.requests.Refusal;
import org.caravox.requests.Refusal.Reason;

/** The ways to fail that cases name. */
final class Failures {

    private static final String PROVIDER = "provider-of-the-case";
    private static final Duration LATER = Duration.ofSeconds(1);

    private Failures() {}

    /**
     * A failure.
     *
     * @param way     as cases name it, or the message of a plain failure
     * @param message why; empty when nobody says
     */
    static Exception of(String way, String message, Use use) {
        String why = message.isEmpty() ? way : message;
        return switch (way) {
            case "busy" ->
                new NobodyAnswered(
                        use, List.of(new ProviderBusy(PROVIDER, Cause.NO_CAPACITY, why, LATER, null)), LATER);
            case "rejected" -> new NobodyAnswered(use, List.of(new ProviderRejected(PROVIDER, why)), LATER);
            case "gone" -> new NobodyAnswered(use, List.of(new ProviderGone(PROVIDER, Cause.QUOTA, why)), LATER);
            case "parked" -> new ParkedDelivery(why);
            case "called-off" -> new InterruptedException(why);
            case "call-ended" -> new CallEnded(why);
            default ->
                reason(way)
                        .<Exception>map(reason -> new Refusal(reason, why))
                        .orElseGet(() -> new FailedAsGiven(message.isEmpty() ? way : way + ": " + message));
        };
    }

    private static Optional<Reason> reason(String way) {
        return Arrays.stream(Reason.values())
                .filter(each ->
                        each.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(way))
                .findFirst();
    }

    /** A failure of no special kind. */
    static final class FailedAsGiven extends RuntimeException {

        private static final long serialVersionUID = 1;

        FailedAsGiven(String message) {
            super(message);
        }
    }
}
