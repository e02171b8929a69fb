package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.stack.SIPServerTransaction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.caravox.calls.media.NoCommonCodec;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.calls.signalling.SignalFailure;
import org.caravox.sip.stack.Messages.Body;
import org.jspecify.annotations.Nullable;

/**
 * Offers and answers within a dialog, both ways, one at a time: re-INVITE (RFC 3261, section 14) and UPDATE (RFC 3311). For one
 * thread at a time.
 */
final class Negotiation {

    private static final int MOST_TRIES = 4;

    private final Leg leg;
    private final Core core;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final List<CompletableFuture<SessionDescription>> asked = new ArrayList<>();
    private boolean oursIsOpen;
    private @Nullable Repeated theirs;
    private long theirSequence = -1;
    private boolean awaitsAnswerInAck;
    private boolean theyUpdate;
    private @Nullable SIPRequest lastAck;

    Negotiation(Leg leg) {
        this.leg = leg;
        this.core = leg.core();
    }

    /** What they say that they understand. */
    void note(gov.nist.javax.sip.message.SIPMessage message) {
        if (Messages.value(message, "Allow").isPresent()) {
            theyUpdate = Messages.value(message, "Allow")
                    .orElse("")
                    .toUpperCase(Locale.ROOT)
                    .contains("UPDATE");
        }
    }

    boolean isBusy() {
        return oursIsOpen || (theirs != null && !theirs.isAcknowledged());
    }

    /** INVITE within the dialog; whether it was agreed to. */
    boolean invited(SIPRequest request, SIPServerTransaction transaction) {
        if (oursIsOpen) {
            leg.reply(request, transaction, 491);
        } else if (!leg.isEstablished()) {
            leg.reply(
                    request,
                    transaction,
                    500,
                    "Retry-After: " + ThreadLocalRandom.current().nextInt(10));
        } else {
            if (theirs != null) {
                // Whoever asks again has our last answer, though its ACK may be late or lost
                theirs.acknowledged();
                awaitsAnswerInAck = false;
            }
            Optional<SIPResponse> agreed = accepted(request, transaction);
            agreed.ifPresent(ok -> {
                theirSequence = request.getCSeq().getSeqNumber();
                core.wire().answer(transaction, ok);
                core.meters().answered("INVITE", 200);
                theirs = new Repeated(core, leg.line(), ok, () -> leg.lost("our answer was not acknowledged"));
            });
            return agreed.isPresent();
        }
        return false;
    }

    /** UPDATE. */
    void updated(SIPRequest request, SIPServerTransaction transaction) {
        if (Messages.hasBody(request) && oursIsOpen) {
            leg.reply(request, transaction, 491);
        } else if (Messages.hasBody(request) && (awaitsAnswerInAck || leg.owesAnswer())) {
            leg.reply(
                    request,
                    transaction,
                    500,
                    "Retry-After: " + ThreadLocalRandom.current().nextInt(10));
        } else {
            accepted(request, transaction).ifPresent(ok -> {
                core.wire().answer(transaction, ok);
                core.meters().answered("UPDATE", 200);
            });
        }
    }

    /** Our answer to an offer of theirs; empty when it was refused. */
    private Optional<SIPResponse> accepted(SIPRequest request, SIPServerTransaction transaction) {
        Duration least = core.settings().sessions().least();
        if (SessionTimer.isTooSmall(request, least)) {
            leg.reply(request, transaction, 422, "Min-SE: " + least.toSeconds());
            return Optional.empty();
        }
        try {
            SIPResponse ok = leg.response(request, 200);
            Optional<Sdp> offer = Bodies.sdp(request);
            if (offer.isPresent() || request.getMethod().equals("INVITE")) {
                Messages.body(ok, Body.sdp(answer(offer)));
            }
            note(request);
            leg.dialog().refresh(request);
            leg.timer().agree(request, ok);
            return Optional.of(ok);
        } catch (Sdp.Unreadable e) {
            leg.reply(request, transaction, 400, leg.warning(399, e.getMessage()));
        } catch (NoCommonCodec e) {
            leg.reply(request, transaction, 488, leg.warning(305, e.getMessage()));
        }
        return Optional.empty();
    }

    private String answer(Optional<Sdp> offer) throws NoCommonCodec {
        SessionDescription ours =
                leg.listener().offered(offer.map(Sdp::description).orElse(null));
        if (offer.isEmpty()) {
            awaitsAnswerInAck = true;
            return leg.sdp().offer(ours);
        }
        return leg.sdp().answer(ours, offer.get().lines());
    }

    /** ACK to our 2xx to a re-INVITE. */
    void acknowledged(SIPRequest ack) {
        if (theirs == null || theirs.isAcknowledged() || ack.getCSeq().getSeqNumber() != theirSequence) {
            return;
        }
        theirs.acknowledged();
        if (awaitsAnswerInAck) {
            awaitsAnswerInAck = false;
            leg.read(ack).ifPresent(answer -> leg.listener().answered(answer.description()));
        }
        goOn();
    }

    /** A re-INVITE of ours. */
    void offer(SessionDescription offer, CompletableFuture<SessionDescription> done) {
        if (leg.isOver() || !leg.isEstablished()) {
            done.completeExceptionally(new SignalFailure(481, "the call is not there, or not answered"));
            return;
        }
        if (isBusy()) {
            waiting.add(() -> offer(offer, done));
            return;
        }
        asked.removeIf(CompletableFuture::isDone);
        asked.add(done);
        invite(leg.sdp().offer(offer), List.of(), MOST_TRIES, ok -> answeredOffer(ok, done), failed -> {
            done.completeExceptionally(new SignalFailure(failed.getStatusCode(), failed.getReasonPhrase()));
        });
    }

    private void answeredOffer(SIPResponse ok, CompletableFuture<SessionDescription> done) {
        Optional<Sdp> answer = leg.read(ok);
        if (answer.isPresent()) {
            done.complete(answer.get().description());
        } else {
            done.completeExceptionally(new SignalFailure(488, "their answer has no session description"));
        }
    }

    private void invite(
            String sdp, List<String> headers, int tries, Consumer<SIPResponse> agreed, Consumer<SIPResponse> refused) {
        oursIsOpen = true;
        var all = new ArrayList<>(headers.isEmpty() ? leg.timer().headers(true) : headers);
        all.add("Allow: " + Messages.ALLOW);
        all.add("Supported: " + Messages.SUPPORTED);
        new Exchange(
                        core,
                        leg.line(),
                        leg.trunk(),
                        leg.dialog()::hop,
                        () -> leg.dialog().request("INVITE", all, Body.sdp(sdp)),
                        response -> inviteAnswered(response, sdp, tries, agreed, refused))
                .start();
    }

    private void inviteAnswered(
            SIPResponse response, String sdp, int tries, Consumer<SIPResponse> agreed, Consumer<SIPResponse> refused) {
        int status = response.getStatusCode();
        if (status < 200) {
            return;
        }
        if (status < 300) {
            acknowledge(response);
            oursIsOpen = false;
            note(response);
            leg.timer().agreed(response);
            agreed.accept(response);
            goOn();
        } else if (status == 491 && tries > 1) {
            oursIsOpen = false;
            core.timers().after(glare(), leg.line(), () -> again(sdp, tries, agreed, refused));
        } else if (status == 500
                && tries > 1
                && Messages.seconds(response, "Retry-After").isPresent()) {
            oursIsOpen = false;
            Duration wait = Messages.seconds(response, "Retry-After").orElse(Duration.ZERO);
            core.timers().after(wait, leg.line(), () -> again(sdp, tries, agreed, refused));
        } else if (status == 422 && tries > 1 && leg.timer().isRaised(response)) {
            invite(sdp, leg.timer().headers(true), tries - 1, agreed, refused);
        } else {
            oursIsOpen = false;
            refused.accept(response);
            if (status == 408 || status == 481) {
                leg.lost(status + " " + response.getReasonPhrase());
            }
            goOn();
        }
    }

    private void again(String sdp, int tries, Consumer<SIPResponse> agreed, Consumer<SIPResponse> refused) {
        if (leg.isOver()) {
            return;
        }
        if (isBusy()) {
            core.timers().after(glare(), leg.line(), () -> again(sdp, tries, agreed, refused));
            return;
        }
        invite(sdp, List.of(), tries - 1, agreed, refused);
    }

    /** RFC 3261, section 14.1: whoever made the Call-ID waits longer. */
    private Duration glare() {
        int units = ThreadLocalRandom.current().nextInt(leg.parties().inbound() ? 200 : 190);
        return Duration.ofMillis((leg.parties().inbound() ? 0 : 2_100) + 10L * units);
    }

    private void acknowledge(SIPResponse ok) {
        leg.dialog().refresh(ok);
        SIPRequest ack = leg.dialog().ack(ok.getCSeq().getSeqNumber(), null);
        lastAck = ack;
        leg.send(ack);
    }

    /** Their 2xx has come again: so must our ACK. */
    boolean acknowledgesAgain(SIPResponse ok) {
        SIPRequest ack = lastAck;
        if (ack == null || ack.getCSeq().getSeqNumber() != ok.getCSeq().getSeqNumber()) {
            return false;
        }
        leg.send((SIPRequest) ack.clone());
        return true;
    }

    /** That the session goes on (RFC 4028): by UPDATE where they understand it, otherwise by the same offer again. */
    void refresh() {
        if (leg.isOver()) {
            return;
        }
        if (isBusy()) {
            waiting.add(this::refresh);
        } else if (theyUpdate) {
            update(MOST_TRIES);
        } else {
            refreshByInvite();
        }
    }

    private void refreshByInvite() {
        String same = leg.sdp().last();
        if (same == null) {
            return;
        }
        invite(same, List.of(), MOST_TRIES, ok -> {}, failed -> leg.lost("not refreshed: " + failed.getStatusCode()));
    }

    private void update(int tries) {
        new Exchange(
                        core,
                        leg.line(),
                        leg.trunk(),
                        leg.dialog()::hop,
                        () -> {
                            var headers = new ArrayList<>(leg.timer().headers(true));
                            headers.add("Supported: " + Messages.SUPPORTED);
                            return leg.dialog().request("UPDATE", headers, null);
                        },
                        response -> updateAnswered(response, tries))
                .start();
    }

    private void updateAnswered(SIPResponse response, int tries) {
        int status = response.getStatusCode();
        if (status < 200 || leg.isOver()) {
            return;
        }
        if (status < 300) {
            leg.timer().agreed(response);
        } else if (status == 422 && tries > 1 && leg.timer().isRaised(response)) {
            update(tries - 1);
        } else if ((status == 491 || status == 500) && tries > 1) {
            core.timers().after(glare(), leg.line(), () -> update(tries - 1));
        } else if (status == 405 || status == 501) {
            theyUpdate = false;
            refresh();
        } else {
            leg.lost("not refreshed: " + status + " " + response.getReasonPhrase());
        }
    }

    private void goOn() {
        while (!isBusy() && !waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    void stop() {
        if (theirs != null) {
            theirs.acknowledged();
        }
        List<Runnable> left = List.copyOf(waiting);
        waiting.clear();
        left.forEach(Runnable::run);
        asked.forEach(done -> done.completeExceptionally(new SignalFailure(481, "the call has ended")));
        asked.clear();
    }
}
