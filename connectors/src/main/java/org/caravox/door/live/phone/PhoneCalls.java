package org.caravox.door.live.phone;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.SignalLeg;
import org.caravox.door.live.phone.PhoneRinging.Asked;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSession;
import org.caravox.live.LiveSessions;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;
import org.caravox.transcription.Options;

/** Opens sessions for the calls of platforms, or has them answered: finds out whose a call is, and what is wished of it. */
public final class PhoneCalls {

    private static final int LONGEST_WISH = 256;
    private static final int LARGEST_METADATA = 16 * 1024;
    private static final String NO_USER_ID = "phone";

    private final Function<String, Caller> callers;
    private final Function<String, Optional<String>> twilioTokens;
    private final LiveSessions sessions;
    private final PhoneRinging ringing;
    private final Duration silentAfter;
    private final Executor openers;
    private final Clock clock;

    /**
     * Opens calls.
     *
     * @param callers      who has an API key; refuses those that are not known
     * @param twilioTokens the auth token of a tenant's Twilio account: where there is one, calls of Twilio must be signed
     * @param ringing      takes those that are to be answered
     * @param silentAfter  how long nothing may come of one that was answered
     * @param openers      threads that may wait; they refuse what is too much
     */
    public PhoneCalls(
            Function<String, Caller> callers,
            Function<String, Optional<String>> twilioTokens,
            LiveSessions sessions,
            PhoneRinging ringing,
            Duration silentAfter,
            Executor openers,
            Clock clock) {
        this.callers = callers;
        this.twilioTokens = twilioTokens;
        this.sessions = sessions;
        this.ringing = ringing;
        this.silentAfter = silentAfter;
        this.openers = openers;
        this.clock = clock;
    }

    /**
     * Opens a session; blocks nobody.
     *
     * @param loop the thread of the platform's connection
     * @return the session once a provider listens; it fails with a {@link Refusal} or with what the chain threw
     */
    CompletableFuture<LiveSession> open(PhoneHandshake handshake, PhoneStart start, ScheduledExecutorService loop) {
        return opening(opened -> open(handshake, start, loop, opened));
    }

    /**
     * Has a call answered; blocks nobody.
     *
     * @return told of what becomes of it; fails with a {@link Refusal} when nobody takes it
     */
    CompletableFuture<LegListener> ring(PhoneHandshake handshake, PhoneStart start, SignalLeg leg) {
        return opening(taken -> {
            Asked asked = new Asked(
                    tenant(handshake, caller(handshake, start)),
                    wish(start, "agent").orElse(null),
                    wish(start, "number").orElse(null));
            taken.complete(ringing.rings(leg, asked));
        });
    }

    /** How long nothing may come of a call that was answered. */
    Duration silentAfter() {
        return silentAfter;
    }

    private <T> CompletableFuture<T> opening(Consumer<CompletableFuture<T>> work) {
        CompletableFuture<T> opened = new CompletableFuture<>();
        try {
            openers.execute(() -> {
                try {
                    work.accept(opened);
                } catch (RuntimeException e) {
                    opened.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            opened.completeExceptionally(new Refusal(
                    Refusal.Reason.OVERLOADED,
                    "too many streams are being opened at once, try again",
                    Duration.ofSeconds(1),
                    e));
        }
        return opened;
    }

    private void open(
            PhoneHandshake handshake,
            PhoneStart start,
            ScheduledExecutorService loop,
            CompletableFuture<LiveSession> opened) {
        var unused = sessions.open(request(handshake, start), loop, false).whenComplete((session, why) -> {
            if (why == null) {
                opened.complete(session);
            } else {
                opened.completeExceptionally(why);
            }
        });
    }

    private LiveRequest request(PhoneHandshake handshake, PhoneStart start) {
        Caller caller = caller(handshake, start);
        return new LiveRequest(
                handshake.id(),
                tenant(handshake, caller),
                caller.keyId(),
                wish(start, "userId").orElse(NO_USER_ID),
                handshake.door(),
                start.audio(),
                wish(start, "language").orElse(null),
                wish(start, "model").orElse(null),
                wish(start, "provider").orElse(null),
                Options.NONE,
                isWished(start, "interim_results"),
                null,
                null,
                false,
                start.wish("record").isEmpty() ? null : isWished(start, "record"),
                metadata(handshake, start),
                clock.instant());
    }

    private String tenant(PhoneHandshake handshake, Caller caller) {
        String tenant = caller.requireTenant();
        if (handshake.door().equals(PhonePlatform.TWILIO.word())) {
            checkSignature(tenant, handshake);
        }
        return tenant;
    }

    private Caller caller(PhoneHandshake handshake, PhoneStart start) {
        if (handshake.caller().isPresent()) {
            return handshake.caller().get();
        }
        String key = start.key();
        if (key == null || key.isBlank()) {
            throw new Refusal(
                    Refusal.Reason.UNAUTHENTICATED,
                    "no API key: put it into the password, the path or the parameter \"key\" of the stream");
        }
        return callers.apply(key);
    }

    private void checkSignature(String tenant, PhoneHandshake handshake) {
        Optional<String> token = twilioTokens.apply(tenant);
        if (token.isEmpty()) {
            return;
        }
        boolean signed = handshake
                .signature()
                .filter(signature -> TwilioSignature.matches(token.get(), handshake.url(), signature))
                .isPresent();
        if (!signed) {
            throw new Refusal(
                    Refusal.Reason.UNAUTHENTICATED,
                    "X-Twilio-Signature does not fit: check the auth token, and that caravox.public-url is the address"
                            + " that Twilio calls");
        }
    }

    private static Optional<String> wish(PhoneStart start, String name) {
        Optional<String> wish = start.wish(name);
        if (wish.filter(value -> value.length() > LONGEST_WISH).isPresent()) {
            throw Refusal.invalid(name + " is longer than " + LONGEST_WISH + " characters");
        }
        return wish;
    }

    private static boolean isWished(PhoneStart start, String name) {
        String wish = start.wish(name).orElse("false");
        if (!wish.equals("true") && !wish.equals("false")) {
            throw Refusal.invalid(name + " must be true or false");
        }
        return wish.equals("true");
    }

    private static ObjectNode metadata(PhoneHandshake handshake, PhoneStart start) {
        ObjectNode metadata = PhoneJson.object();
        metadata.set(handshake.door(), start.call());
        if (PhoneJson.text(metadata).length() > LARGEST_METADATA) {
            throw Refusal.invalid("what is told of the call is longer than " + LARGEST_METADATA + " characters");
        }
        return metadata;
    }
}
