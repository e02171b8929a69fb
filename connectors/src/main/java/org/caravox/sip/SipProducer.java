package org.caravox.sip;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.caravox.calls.Agents;
import org.caravox.calls.Call;
import org.caravox.calls.Gather;
import org.caravox.calls.Gather.Gathered;
import org.jspecify.annotations.Nullable;

/** Has one thing done with the call of an exchange; no thread waits for it. */
final class SipProducer extends DefaultAsyncProducer {

    /** The exchange property that holds the call. */
    static final String CALL = "call";

    private static final Duration PRESSED = Duration.ofMillis(160);
    private static final Duration RINGS = Duration.ofSeconds(30);

    private final SipComponent component;
    private final Verb verb;
    private final Wishes wishes;

    SipProducer(SipEndpoint endpoint, SipComponent component, Verb verb, Wishes wishes) {
        super(endpoint);
        this.component = component;
        this.verb = verb;
        this.wishes = wishes;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        CompletionStage<?> done;
        try {
            Call call = exchange.getProperty(CALL, Call.class);
            if (call == null) {
                throw new IllegalStateException("sip:" + verb.word() + " needs a call: its route begins at sip:inbound,"
                        + " or is called by one that does");
            }
            done = begin(call, exchange);
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        CompletableFuture<?> future = done.toCompletableFuture();
        if (future.isDone()) {
            end(exchange, future);
            callback.done(true);
            return true;
        }
        var unused = future.whenComplete((result, why) -> {
            end(exchange, future);
            goOn(exchange, callback);
        });
        return false;
    }

    private void goOn(Exchange exchange, AsyncCallback callback) {
        try {
            component.routes().execute(() -> callback.done(false));
        } catch (RejectedExecutionException e) { // the hub stops
            exchange.setException(e);
            callback.done(false);
        }
    }

    private static void end(Exchange exchange, CompletableFuture<?> done) {
        try {
            Object result = done.join();
            if (result != null) {
                exchange.getMessage().setBody(result);
            }
        } catch (CompletionException e) {
            exchange.setException(e.getCause() == null ? e : e.getCause());
        } catch (RuntimeException e) {
            exchange.setException(e);
        }
    }

    /** What comes of the stage becomes the body, unless it is null. */
    private CompletionStage<?> begin(Call call, Exchange in) {
        switch (verb) {
            case RING -> call.ring();
            case EARLY_MEDIA -> call.progress();
            case DECLINE ->
                call.decline(
                        wishes.number(in, "status", 603),
                        wishes.text(in, "reason", "Decline"),
                        wishes.text(in, "retryAfter") == null ? null : wishes.time(in, "retryAfter", Duration.ZERO));
            case QUIET -> call.quiet();
            case HANG_UP -> call.hangUp(wishes.text(in, "reason", "the route hung up"));
            case ANSWER -> {
                return call.answer();
            }
            case SAY -> {
                String body = in.getMessage().getBody(String.class);
                return quietly(call.say(saying(in, wishes.text(in, "text", body == null ? "" : body))));
            }
            case PLAY -> {
                return quietly(call.play(wishes.required(in, "source"), wishes.number(in, "times", 1)));
            }
            case PRESS -> {
                return quietly(call.press(wishes.required(in, "digits"), wishes.time(in, "each", PRESSED)));
            }
            case MARK -> {
                return quietly(call.mark());
            }
            case GATHER -> {
                return gather(call, in).thenApply(SipProducer::map);
            }
            case LISTEN -> {
                return call.listen(
                        wishes.text(in, "language"),
                        wishes.text(in, "provider"),
                        wishes.text(in, "model"),
                        wishes.text(in, "parties", "caller").equals("both"));
            }
            case RECORD -> {
                return call.recordAudio(speaking(in, wishes.text(in, "consent")));
            }
            case HOLD -> {
                return call.hold(true);
            }
            case RESUME -> {
                return call.hold(false);
            }
            case DIAL -> {
                return call.join(joining(in)).thenApply(SipProducer::map);
            }
            case TRANSFER -> {
                return transfer(call, in);
            }
            case QUEUE -> {
                Duration time = wishes.text(in, "for") == null ? null : wishes.time(in, "for", Duration.ZERO);
                return call.awaitPlace(time, wishes.text(in, "play"));
            }
            case STAY -> {
                return call.stay(wishes.time(in, "for", Duration.ZERO));
            }
            case CONVERSE -> {
                return call.converse(wishes.text(in, "agent")).thenApply(SipProducer::map);
            }
        }
        return CompletableFuture.completedStage(null);
    }

    /** What was said stays the body: whether it was heard to its end is not what the next step wants. */
    private static CompletionStage<Void> quietly(CompletionStage<Boolean> said) {
        return said.thenAccept(heard -> {});
    }

    private Call.Speaking saying(Exchange in, String text) {
        Call.Speaking speaking = speaking(in, text);
        if (speaking == null) {
            throw new IllegalArgumentException("sip:say has nothing to say: its parameter text and the body are empty");
        }
        return speaking;
    }

    private Call.@Nullable Speaking speaking(Exchange in, @Nullable String text) {
        return text == null || text.isBlank()
                ? null
                : new Call.Speaking(
                        text,
                        wishes.text(in, "language"),
                        wishes.text(in, "provider"),
                        wishes.text(in, "voice"),
                        wishes.decimal(in, "speed"));
    }

    private CompletionStage<Gathered> gather(Call call, Exchange in) {
        String input = wishes.text(in, "input", "speech,digits");
        String last = wishes.text(in, "finishOn");
        Gather wish = new Gather(
                input.contains("speech"),
                input.contains("digits") ? wishes.number(in, "digits", 1) : 0,
                last == null ? null : last.charAt(0),
                wishes.time(in, "timeout", Duration.ofSeconds(5)),
                wishes.time(in, "betweenDigits", Duration.ofSeconds(3)),
                wishes.text(in, "language"));
        return call.gather(wish, speaking(in, wishes.text(in, "say")));
    }

    private Call.Joining joining(Exchange in) {
        return new Call.Joining(
                wishes.required(in, "to"),
                wishes.text(in, "trunk"),
                wishes.text(in, "from"),
                wishes.time(in, "within", RINGS),
                speaking(in, wishes.text(in, "briefing")));
    }

    private CompletionStage<?> transfer(Call call, Exchange in) {
        String mode = wishes.text(in, "mode", "blind");
        return switch (mode) {
            case "blind" ->
                call.transfer(wishes.required(in, "to"), wishes.time(in, "within", RINGS))
                        .thenApply(SipProducer::map);
            case "warm" -> call.join(joining(in)).thenApply(SipProducer::map);
            case "attended" -> call.transferAttended(joining(in)).thenApply(SipProducer::map);
            default ->
                throw new IllegalArgumentException(
                        "sip:transfer: mode is blind, warm or attended, was \"" + mode + "\"");
        };
    }

    private static Map<String, Object> map(Gathered gathered) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("how", gathered.how().word());
        map.put("speech", gathered.speech());
        map.put("digits", gathered.digits());
        return map;
    }

    private static Map<String, Object> map(Call.Joined joined) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("answered", joined.answered());
        map.put("status", joined.status());
        map.put("reason", joined.reason());
        map.put("talkedSeconds", joined.talked().toMillis() / 1000.0);
        return map;
    }

    private static Map<String, Object> map(Agents.Conversed conversed) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("how", conversed.how());
        map.put("handOverTo", conversed.handOverTo() == null ? "" : conversed.handOverTo());
        map.put("briefing", conversed.briefing() == null ? "" : conversed.briefing());
        return map;
    }
}
