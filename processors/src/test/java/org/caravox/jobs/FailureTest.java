package org.caravox.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.caravox.providers.NobodyAnswered;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderGone;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.providers.Use;
import org.caravox.requests.Refusal;
import org.caravox.requests.Refusal.Reason;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whose doing a failure is, and whether it is tried again. */
class FailureTest {

    private static final boolean AGAIN = false;
    private static final boolean HOPELESS = true;

    static Stream<Arguments> failures() {
        ProviderFailure slowAddress = busy(
                Cause.TIMEOUT, new Refusal(Reason.TIMED_OUT, "audioUrl: recordings.example did not answer in time"));
        ProviderFailure rejected = new ProviderRejected("deepgram", "answered 400: corrupt or unsupported data");
        ProviderFailure down = busy(Cause.SERVER_ERROR, null);
        return Stream.of(
                // what the caller named or sent
                row("the address answers 404", refusal(Reason.INVALID), Fault.CALLER, HOPELESS),
                row("the address answers 500", refusal(Reason.UNREACHABLE), Fault.CALLER, AGAIN),
                row("the host is not known", refusal(Reason.UNREACHABLE), Fault.CALLER, AGAIN),
                row("the address takes no connections", refusal(Reason.UNREACHABLE), Fault.CALLER, AGAIN),
                row("the address does not answer in time", refusal(Reason.TIMED_OUT), Fault.CALLER, AGAIN),
                row("it is no recording", refusal(Reason.NOT_AUDIO), Fault.CALLER, HOPELESS),
                row("it is cut off, or too long", refusal(Reason.INVALID), Fault.CALLER, HOPELESS),
                row("it is too large", refusal(Reason.TOO_LARGE), Fault.CALLER, HOPELESS),
                row("there is no such model", refusal(Reason.UNKNOWN_MODEL), Fault.CALLER, HOPELESS),
                row("the budget is spent", refusal(Reason.OVER_BUDGET), Fault.CALLER, HOPELESS),
                row("all providers say no to it", nobody(rejected, rejected), Fault.CALLER, HOPELESS),
                row("no provider got it from its address", nobody(slowAddress), Fault.CALLER, AGAIN),
                row("one could not get it, one says no", nobody(slowAddress, rejected), Fault.CALLER, AGAIN),
                // the hub, its providers and their accounts
                row("a provider answers 500", nobody(down), Fault.HUB, AGAIN),
                row("a provider answers 429", nobody(busy(Cause.RATE_LIMITED, null)), Fault.HUB, AGAIN),
                row("a provider answers 401", nobody(gone(Cause.CREDENTIAL)), Fault.HUB, AGAIN),
                row("a provider's account is empty", nobody(gone(Cause.QUOTA)), Fault.HUB, AGAIN),
                row("a provider does not answer in time", nobody(busy(Cause.TIMEOUT, null)), Fault.HUB, AGAIN),
                row("one provider is down, one says no", nobody(down, rejected), Fault.HUB, AGAIN),
                row("all breakers are open", nobody(), Fault.HUB, AGAIN),
                row("the hub's own recogniser is too slow", refusal(Reason.TOO_SLOW), Fault.HUB, AGAIN),
                row("no provider has a credential", refusal(Reason.OVERLOADED), Fault.HUB, AGAIN),
                row("there is no provider", refusal(Reason.NOT_BUILT), Fault.HUB, HOPELESS),
                row("the database is away", new ConnectionException(new IOException("reset")), Fault.HUB, AGAIN),
                row("the upload is not on the disk", new NoSuchFileException("recordings/1"), Fault.HUB, AGAIN),
                row("the hub has a bug", new NullPointerException("bug"), Fault.HUB, AGAIN));
    }

    private static Arguments row(String what, Exception failure, Fault fault, boolean hopeless) {
        return Arguments.of(what, failure, fault, hopeless);
    }

    private static Refusal refusal(Reason reason) {
        return new Refusal(reason, "because of it");
    }

    private static ProviderBusy busy(Cause why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new ProviderBusy("openai", why, "said so", null, cause);
    }

    private static ProviderGone gone(Cause why) {
        return new ProviderGone("openai", why, "said so");
    }

    private static NobodyAnswered nobody(ProviderFailure... failures) {
        return new NobodyAnswered(Use.TRANSCRIPTION, List.of(failures), Duration.ofSeconds(1));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("failures")
    void it_is_told_whose_fault_it_is_and_whether_it_is_tried_again(
            String what, Exception failure, Fault fault, boolean hopeless) {
        Failure why = Failure.of(failure);

        assertThat(why.fault()).isEqualTo(fault);
        assertThat(why.hopeless()).isEqualTo(hopeless);
        assertThat(why.reason()).isNotBlank();
    }

    @Test
    void what_is_told_to_the_owner_holds_nothing_of_what_broke_inside() {
        assertThat(Failure.of(new NoSuchFileException("/var/caravox/recordings/1"))
                        .reason())
                .isEqualTo("Transcription failed");
        assertThat(Failure.of(nobody(busy(Cause.SERVER_ERROR, null))).reason())
                .isEqualTo("no provider could answer: openai server_error");
    }
}
