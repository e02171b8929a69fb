package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.stack.SIPServerTransaction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.caravox.calls.media.NoCommonCodec;
import org.caravox.calls.signalling.LegListener.Ended.Who;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.sip.stack.Messages.Body;
import org.jspecify.annotations.Nullable;

/** A call that came in. */
final class IncomingLeg extends Leg {

    private final SIPRequest invite;
    private final SIPServerTransaction transaction;
    private final @Nullable Sdp offer;
    private final Deque<Runnable> afterAcknowledged = new ArrayDeque<>();
    private @Nullable Repeated provisional;
    private long provisionalNumber = ThreadLocalRandom.current().nextInt(1, 1 << 20);
    private @Nullable Repeated ok;
    private @Nullable String byeAfterAck;
    private boolean answered;
    private boolean offeredOurs;
    private boolean answeredOurs;
    private boolean described;

    IncomingLeg(
            Core core,
            Executor line,
            Dialog dialog,
            @Nullable Trunk trunk,
            Parties parties,
            SIPRequest invite,
            SIPServerTransaction transaction,
            @Nullable Sdp offer) {
        super(core, line, dialog, trunk, parties);
        this.invite = invite;
        this.transaction = transaction;
        this.offer = offer;
    }

    @Override
    public Optional<SessionDescription> offer() {
        return Optional.ofNullable(offer).map(Sdp::description);
    }

    @Override
    public void ring() {
        later(() -> provisional(180, null));
    }

    @Override
    public void progress(SessionDescription answer) {
        later(() -> provisional(183, answer));
    }

    private void provisional(int status, @Nullable SessionDescription ours) {
        if (isOver() || answered) {
            return;
        }
        if (provisional != null) {
            afterAcknowledged.add(() -> provisional(status, ours));
            return;
        }
        SIPResponse response = response(invite, status);
        if (ours != null) {
            Messages.body(response, Body.sdp(describe(ours)));
        }
        Messages.header(response, "Allow", Messages.ALLOW);
        boolean demanded = Messages.tokens(invite, "Require").contains("100rel");
        boolean reliable = demanded || (ours != null && Messages.understands(invite, "100rel"));
        if (reliable) {
            Messages.header(response, "Require", "100rel");
            Messages.header(response, "RSeq", Long.toString(++provisionalNumber));
        }
        core().wire().answer(transaction, response);
        core().meters().answered("INVITE", status);
        if (reliable) {
            provisional = new Repeated(core(), line(), response, this::unacknowledged);
        }
    }

    private void unacknowledged() {
        refuse(504, "no PRACK", Who.NETWORK);
    }

    private String describe(SessionDescription ours) {
        described = true;
        if (offer == null) {
            offeredOurs = true;
            return sdp().offer(ours);
        }
        return sdp().answer(ours, offer.lines());
    }

    @Override
    void acknowledgedProvisional(SIPRequest request, SIPServerTransaction prack) {
        String expected =
                "%d %d INVITE".formatted(provisionalNumber, invite.getCSeq().getSeqNumber());
        String given = Messages.value(request, "RAck").orElse("").replaceAll("\\s+", " ");
        if (provisional == null || !expected.equalsIgnoreCase(given)) {
            reply(request, prack, 481);
            return;
        }
        provisional.acknowledged();
        provisional = null;
        if (!answeredPrack(request, prack)) {
            return;
        }
        while (provisional == null && !afterAcknowledged.isEmpty()) {
            afterAcknowledged.remove().run();
        }
    }

    /** PRACK may carry the answer to our offer, or an offer. */
    private boolean answeredPrack(SIPRequest request, SIPServerTransaction prack) {
        Optional<Sdp> theirs = read(request);
        if (theirs.isEmpty()) {
            reply(request, prack, 200);
            return true;
        }
        if (offeredOurs && !answeredOurs) {
            answeredOurs = true;
            reply(request, prack, 200);
            listener().answered(theirs.get().description());
            return true;
        }
        try {
            SessionDescription ours = listener().offered(theirs.get().description());
            SIPResponse response = response(request, 200);
            Messages.body(response, Body.sdp(sdp().answer(ours, theirs.get().lines())));
            core().wire().answer(prack, response);
        } catch (NoCommonCodec e) {
            reply(request, prack, 488, warning(305, e.getMessage()));
        }
        return true;
    }

    @Override
    boolean owesAnswer() {
        return offer != null && !described;
    }

    @Override
    public void answer(SessionDescription ours) {
        later(() -> accept(ours));
    }

    private void accept(SessionDescription ours) {
        if (isOver() || answered) {
            return;
        }
        if (provisional != null) {
            afterAcknowledged.add(() -> accept(ours));
            return;
        }
        answered = true;
        established();
        SIPResponse response = response(invite, 200);
        Messages.body(response, Body.sdp(describe(ours)));
        timer().agree(invite, response);
        negotiation().note(invite);
        core().wire().answer(transaction, response);
        core().meters().answered("INVITE", 200);
        ok = new Repeated(core(), line(), response, this::neverAcknowledged);
    }

    private void neverAcknowledged() {
        String reason = byeAfterAck;
        if (reason == null) {
            lost("our answer was not acknowledged");
        } else {
            super.sayBye(reason);
        }
    }

    @Override
    void acknowledged(SIPRequest ack) {
        if (ok == null
                || ok.isAcknowledged()
                || ack.getCSeq().getSeqNumber() != invite.getCSeq().getSeqNumber()) {
            return;
        }
        ok.acknowledged();
        if (offeredOurs && !answeredOurs) {
            answeredOurs = true;
            listener().answered(read(ack).map(Sdp::description).orElse(null));
        }
        listener().confirmed();
        if (byeAfterAck != null) {
            super.sayBye(byeAfterAck);
        }
    }

    /** RFC 3261, section 15: not before our 2xx is acknowledged. */
    @Override
    void sayBye(String reason) {
        if (ok != null && !ok.isAcknowledged()) {
            byeAfterAck = reason;
        } else {
            super.sayBye(reason);
        }
    }

    /** CANCEL. */
    void cancelled(String reason) {
        later(() -> {
            if (!isOver() && !answered) {
                refuse(487, reason, Who.THEM);
            }
        });
    }

    @Override
    void forget() {
        super.forget();
        if (ok != null) {
            ok.acknowledged();
        }
    }

    @Override
    void giveUp(String reason) {
        answer(487, reason, null, null);
    }

    @Override
    public void decline(int status, String reason, @Nullable Duration retryAfter, @Nullable String contact) {
        if (status < 300 || status > 699) {
            throw new IllegalArgumentException("a call is declined by 300 to 699, not " + status);
        }
        later(() -> {
            if (!isOver() && !answered) {
                answer(status, reason, retryAfter, contact);
                ended(Who.US, status, reason);
                forget();
            }
        });
    }

    @Override
    public void hangUp(String reason) {
        later(() -> {
            if (answered) {
                super.hangUp(reason);
            } else {
                decline(480, reason, null, null);
            }
        });
    }

    private void refuse(int status, String reason, Who who) {
        answer(status, reason, null, null);
        ended(who, status, reason);
        forget();
    }

    private void answer(int status, String reason, @Nullable Duration retryAfter, @Nullable String contact) {
        if (provisional != null) {
            provisional.acknowledged();
            provisional = null;
        }
        answered = true;
        SIPResponse response = response(invite, status);
        if (status != 487) {
            response.setReasonPhrase(reason.replaceAll("\\p{Cntrl}", " "));
        }
        if (retryAfter != null) {
            Messages.header(response, "Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())));
        }
        if (contact != null) {
            Messages.header(response, "Contact", "<" + contact + ">");
        } else {
            response.removeHeader("Contact");
        }
        core().legs().declined(invite, status);
        core().wire().answer(transaction, response);
        core().meters().answered("INVITE", status);
    }

    @Override
    void answeredAgain(SIPResponse again) {
        later(() -> negotiation().acknowledgesAgain(again));
    }
}
