package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.stack.SIPServerTransaction;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.caravox.calls.signalling.Dial;
import org.caravox.calls.signalling.LegListener.Ended.Who;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.sip.stack.Messages.Body;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call that we make. */
final class OutgoingLeg extends Leg {

    private static final Logger log = LoggerFactory.getLogger(OutgoingLeg.class);

    private static final Duration AFTER_CANCEL = Duration.ofSeconds(32);

    private final Dial dial;
    private final @Nullable String replaces;
    private final List<String> addresses;
    private int attempt;
    private @Nullable Exchange invite;
    private @Nullable Future<?> deadline;
    private @Nullable SIPRequest ack;
    private @Nullable SessionDescription early;
    private long lastReliable = -1;
    private boolean provisional;
    private boolean cancelling;
    private boolean cancelled;

    /** @param addresses where to try, in order; empty: where the address itself leads */
    OutgoingLeg(
            Core core,
            Executor line,
            Dialog dialog,
            @Nullable Trunk trunk,
            Parties parties,
            Dial dial,
            @Nullable String replaces,
            List<String> addresses) {
        super(core, line, dialog, trunk, parties);
        this.dial = dial;
        this.replaces = replaces;
        this.addresses = addresses;
    }

    void start() {
        later(() -> {
            deadline = core().timers().in(dial.within(), line(), this::notAnswered);
            invite();
        });
    }

    private void invite() {
        String body = sdp().offer(dial.offer());
        provisional = false;
        invite = new Exchange(
                core(),
                line(),
                trunk(),
                this::hop,
                () -> dialog().request("INVITE", headers(), Body.sdp(body)),
                this::told);
        invite.start();
    }

    private javax.sip.address.Hop hop() throws UnknownHostException {
        var hop = addresses.isEmpty()
                ? Hops.ofUri(dialog().target(), dialog().transport())
                        .orElseThrow(() -> new UnknownHostException(dialog().target()))
                : Hops.of(addresses.get(attempt), dialog().transport());
        dialog().goesTo(hop);
        return hop;
    }

    private List<String> headers() {
        var headers = new ArrayList<>(timer().headers(false));
        headers.add("Allow: " + Messages.ALLOW);
        headers.add("Supported: " + Messages.SUPPORTED);
        dial.headers().forEach((name, value) -> headers.add(name + ": " + value));
        if (replaces != null) {
            headers.add("Replaces: " + replaces);
            headers.add("Require: replaces");
        }
        return headers;
    }

    private void told(SIPResponse response) {
        int status = response.getStatusCode();
        if (status < 200) {
            provisionally(response);
        } else if (status < 300) {
            accepted(response);
        } else if (isOver()) {
            forget();
        } else {
            refused(response);
        }
    }

    private void provisionally(SIPResponse response) {
        provisional = true;
        if (cancelling) {
            cancel();
            return;
        }
        if (response.getStatusCode() == 100 || isOver()) {
            return;
        }
        if (Messages.tokens(response, "Require").contains("100rel") && !acknowledgesProvisional(response)) {
            return;
        }
        Optional<Sdp> answer = read(response);
        answer.ifPresent(found -> early = found.description());
        if (answer.isPresent()) {
            listener().progress(answer.get().description());
        }
        if (response.getStatusCode() == 180) {
            listener().ringing();
        }
    }

    /** PRACK; false for one that came before, or too early (RFC 3262, section 4). */
    private boolean acknowledgesProvisional(SIPResponse response) {
        long number =
                Messages.seconds(response, "RSeq").map(Duration::toSeconds).orElse(-1L);
        if (number < 0 || response.getToTag() == null) {
            return false;
        }
        boolean other = !response.getToTag().equals(dialog().remoteTag());
        if (!other && lastReliable >= 0 && number != lastReliable + 1) {
            return false;
        }
        lastReliable = number;
        dialog().answered(response);
        String acknowledged =
                "RAck: %d %d INVITE".formatted(number, response.getCSeq().getSeqNumber());
        new Exchange(
                        core(),
                        line(),
                        trunk(),
                        dialog()::hop,
                        () -> dialog().request("PRACK", List.of(acknowledged), null),
                        answer -> {})
                .start();
        return true;
    }

    private void accepted(SIPResponse response) {
        if (isEstablished()) {
            answeredAgain(response);
            return;
        }
        dialog().answered(response);
        SIPRequest acknowledgement = dialog().ack(response.getCSeq().getSeqNumber(), null);
        ack = acknowledgement;
        send(acknowledgement);
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (isOver()) {
            // It was answered while we gave up
            sayBye("cancelled");
            return;
        }
        established();
        negotiation().note(response);
        timer().agreed(response);
        SessionDescription answer = read(response).map(Sdp::description).orElse(early);
        if (answer == null) {
            sayBye("an answer without a session description");
            ended(Who.NETWORK, 488, "their answer has no session description");
            return;
        }
        listener().answered(answer);
    }

    private void refused(SIPResponse response) {
        int status = response.getStatusCode();
        if (status == 422 && timer().isRaised(response)) {
            invite();
            return;
        }
        boolean elsewhere = (status == 503 || status == 408) && !provisional && attempt + 1 < addresses.size();
        if (elsewhere) {
            log.info(
                    "sip.elsewhere call={} trunk={} status={}",
                    parties().callId(),
                    parties().trunk(),
                    status);
            attempt++;
            invite();
            return;
        }
        if (deadline != null) {
            deadline.cancel(false);
        }
        String phrase = response.getReasonPhrase();
        ended(status == 408 ? Who.NETWORK : Who.THEM, status, phrase == null ? "" : phrase);
        forget();
    }

    private void notAnswered() {
        if (isOver() || isEstablished()) {
            return;
        }
        giveUp("not answered");
        ended(Who.NETWORK, 408, "not answered within " + dial.within().toSeconds() + " s");
    }

    @Override
    void giveUp(String reason) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        cancelling = true;
        core().timers().after(AFTER_CANCEL, line(), this::silent);
        if (provisional) {
            cancel();
        }
    }

    private void silent() {
        if (!isEstablished() && ack == null && invite != null) {
            invite.drop();
            forget();
        }
    }

    private void cancel() {
        if (!cancelled && invite != null) {
            cancelled = true;
            invite.cancel();
        }
    }

    @Override
    void answeredAgain(SIPResponse again) {
        later(() -> {
            if (negotiation().acknowledgesAgain(again)) {
                return;
            }
            SIPRequest before = ack;
            boolean ofUs = again.getToTag() != null && again.getToTag().equals(dialog().remoteTag());
            if (ofUs
                    && before != null
                    && before.getCSeq().getSeqNumber() == again.getCSeq().getSeqNumber()) {
                send((SIPRequest) before.clone());
            } else {
                Reception.unwanted(core(), again);
            }
        });
    }

    @Override
    boolean owesAnswer() {
        return false;
    }

    @Override
    void acknowledged(SIPRequest acknowledgement) {}

    @Override
    void acknowledgedProvisional(SIPRequest request, SIPServerTransaction transaction) {
        reply(request, transaction, 481);
    }

    @Override
    public Optional<SessionDescription> offer() {
        return Optional.empty();
    }

    @Override
    public void ring() {}

    @Override
    public void progress(SessionDescription answer) {}

    @Override
    public void answer(SessionDescription answer) {}

    @Override
    public void decline(int status, String reason, @Nullable Duration retryAfter, @Nullable String contact) {
        hangUp(reason);
    }
}
