package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.stack.SIPServerTransaction;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntConsumer;
import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.LegListener.Ended;
import org.caravox.calls.signalling.LegListener.Ended.Who;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.calls.signalling.SignalFailure;
import org.caravox.calls.signalling.SignalLeg;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One dialog: what is common to calls that come in and calls that we make. All of its state belongs to its line. */
abstract class Leg implements SignalLeg {

    private static final Logger log = LoggerFactory.getLogger(Leg.class);

    private final Core core;
    private final Executor line;
    private Dialog dialog;
    private final @Nullable Trunk trunk;
    private final Parties parties;
    private final SdpWriter sdp = new SdpWriter();
    private final Negotiation negotiation;
    private final SessionTimer timer;
    private final Transfer transfer;
    private LegListener listener = new Nobody();
    private boolean established;
    private boolean over;

    @SuppressWarnings("this-escape") // they only keep it
    Leg(Core core, Executor line, Dialog dialog, @Nullable Trunk trunk, Parties parties) {
        this.core = core;
        this.line = line;
        this.dialog = dialog;
        this.trunk = trunk;
        this.parties = parties;
        this.timer = new SessionTimer(this);
        this.negotiation = new Negotiation(this);
        this.transfer = new Transfer(this);
    }

    /** Their answer to an INVITE of ours came again, or late. */
    abstract void answeredAgain(SIPResponse ok);

    /** ACK to the INVITE that began it. */
    abstract void acknowledged(SIPRequest ack);

    /** PRACK. */
    abstract void acknowledgedProvisional(SIPRequest request, SIPServerTransaction transaction);

    /** Ends a call that has no answer yet. */
    abstract void giveUp(String reason);

    /** Whether an offer of theirs waits for our answer. */
    abstract boolean owesAnswer();

    Core core() {
        return core;
    }

    Executor line() {
        return line;
    }

    Dialog dialog() {
        return dialog;
    }

    @Nullable
    Trunk trunk() {
        return trunk;
    }

    SdpWriter sdp() {
        return sdp;
    }

    Negotiation negotiation() {
        return negotiation;
    }

    SessionTimer timer() {
        return timer;
    }

    LegListener listener() {
        return listener;
    }

    void tells(LegListener told) {
        this.listener = told;
    }

    boolean isEstablished() {
        return established;
    }

    boolean isOver() {
        return over;
    }

    void established() {
        this.established = true;
    }

    @Override
    public Parties parties() {
        return parties;
    }

    /** Has something done when its turn has come; nothing that goes wrong in it stops what comes after. */
    void later(Runnable task) {
        try {
            line.execute(() -> safely(task));
        } catch (RejectedExecutionException e) {
            core.meters().rejected("overload");
            log.warn("sip.overload call={}", parties.callId());
        }
    }

    /** The same for what somebody waits for: what goes wrong is told. */
    private void later(Runnable task, CompletableFuture<?> done) {
        try {
            line.execute(() -> {
                safely(task, done);
            });
        } catch (RejectedExecutionException e) {
            core.meters().rejected("overload");
            done.completeExceptionally(new SignalFailure(503, "too much is to be done at once"));
        }
    }

    private void safely(Runnable task) {
        safely(task, new CompletableFuture<>());
    }

    private void safely(Runnable task, CompletableFuture<?> done) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("sip.trouble call={}", parties.callId(), e);
            done.completeExceptionally(e);
        }
    }

    /** A request within the dialog. */
    void received(SIPRequest request, @Nullable SIPServerTransaction transaction) {
        later(() -> {
            try {
                handle(request, transaction);
            } catch (RuntimeException e) {
                if (transaction != null) {
                    reply(request, transaction, 500);
                }
                throw e;
            }
        });
    }

    private void handle(SIPRequest request, @Nullable SIPServerTransaction transaction) {
        if (transaction == null) {
            negotiation.acknowledged(request);
            acknowledged(request);
            return;
        }
        if (!isOfThisDialog(request)) {
            reply(request, transaction, 481);
        } else if (!dialog.isInOrder(request)) {
            reply(request, transaction, 500, "Retry-After: 1");
        } else if (request.getMethod().equals("BYE")) {
            hungUp(request, transaction);
        } else if (over) {
            reply(request, transaction, 481);
        } else {
            handleWhileOn(request, transaction);
        }
    }

    private boolean isOfThisDialog(SIPRequest request) {
        String theirs = dialog.remoteTag();
        return theirs == null || theirs.equals(request.getFromTag());
    }

    private void handleWhileOn(SIPRequest request, SIPServerTransaction transaction) {
        List<String> unknown = Reception.unknownDemands(request);
        if (!unknown.isEmpty()) {
            reply(request, transaction, 420, "Unsupported: " + String.join(", ", unknown));
            return;
        }
        switch (request.getMethod()) {
            case "INVITE" -> negotiation.invited(request, transaction);
            case "UPDATE" -> negotiation.updated(request, transaction);
            case "PRACK" -> acknowledgedProvisional(request, transaction);
            case "INFO" -> informed(request, transaction);
            case "REFER" -> transfer.asked(request, transaction);
            case "NOTIFY" -> transfer.notified(request, transaction);
            case "OPTIONS" -> reply(request, transaction, 200, "Accept: " + Messages.ACCEPT);
            default ->
                Reception.refuseMethod(request, (status, headers) -> reply(request, transaction, status, headers));
        }
    }

    private void informed(SIPRequest request, SIPServerTransaction transaction) {
        String type = Messages.contentType(request);
        if (!Messages.hasBody(request)) {
            reply(request, transaction, 200);
            return;
        }
        Optional<Keys> keys = Keys.read(type, Messages.text(request));
        if (keys.isEmpty()) {
            reply(request, transaction, Keys.isKnown(type) ? 400 : 415, "Accept: " + Messages.ACCEPT);
            return;
        }
        reply(request, transaction, 200);
        listener.digit(keys.get().digit(), keys.get().length());
    }

    private void hungUp(SIPRequest request, SIPServerTransaction transaction) {
        reply(request, transaction, 200);
        if (over) {
            return;
        }
        if (!established) {
            giveUp("hung up");
        }
        String reason = Messages.value(request, "Reason")
                .flatMap(value -> Messages.parameter(value, "text"))
                .map(text -> text.replace("\"", ""))
                .orElse("they hung up");
        ended(Who.THEM, established ? 0 : 487, reason);
        forget();
    }

    /**
     * Another dialog takes the place of this one (RFC 3891): whoever is on the call goes on with somebody else.
     *
     * @param theirTag which the one that is replaced must have
     */
    void replacedBy(SIPRequest invite, SIPServerTransaction transaction, Dialog next, String theirTag) {
        later(() -> {
            Dialog before = dialog;
            if (over || !theirTag.equals(before.remoteTag())) {
                reply(invite, transaction, 481);
            } else if (!established || negotiation.isBusy()) {
                reply(invite, transaction, established ? 491 : 603);
            } else {
                dialog = next;
                core.legs().add(this);
                if (negotiation.invited(invite, transaction)) {
                    sayBye(before, "replaced");
                } else {
                    core.legs().remove(next);
                    dialog = before;
                }
            }
        });
    }

    /** Whoever should be there is not: the call is ended. */
    void lost(String why) {
        if (over) {
            return;
        }
        log.info("sip.lost call={} why={}", parties.callId(), why);
        sayBye(why);
        ended(Who.NETWORK, 0, why);
    }

    /** Says BYE; the dialog is forgotten when that is answered. */
    void sayBye(String reason) {
        sayBye(dialog, reason);
    }

    private void sayBye(Dialog ending, String reason) {
        new Exchange(
                        core,
                        line,
                        trunk,
                        ending::hop,
                        () -> ending.request(
                                "BYE", List.of("Reason: SIP;cause=200;text=" + Messages.quoted(reason)), null),
                        response -> {
                            if (response.getStatusCode() >= 200) {
                                core.legs().remove(ending);
                            }
                        })
                .start();
    }

    /** Tells that it is over, once. */
    void ended(Who who, int status, String reason) {
        if (over) {
            return;
        }
        over = true;
        timer.stop();
        negotiation.stop();
        transfer.stop();
        listener.ended(new Ended(who, status, reason));
        listener = new Nobody();
    }

    /** No request can belong to it any more. */
    void forget() {
        core.legs().remove(dialog);
    }

    /** A response of this dialog. */
    SIPResponse response(SIPRequest request, int status) {
        SIPResponse response = request.createResponse(status);
        if (status > 100 && response.getToTag() == null) {
            response.setToTag(dialog.localTag());
        }
        if (status > 100 && status < 400) {
            Messages.header(response, "Contact", core.wire().contact(dialog.transport()));
        }
        Messages.header(response, "Server", core.settings().userAgent());
        if (status == 200 || status == 405 || status == 501) {
            Messages.header(response, "Allow", Messages.ALLOW);
        }
        if (status == 200) {
            Messages.header(response, "Supported", Messages.SUPPORTED);
        }
        return response;
    }

    /** @param headers whole lines */
    void reply(SIPRequest request, SIPServerTransaction transaction, int status, String... headers) {
        SIPResponse response = response(request, status);
        for (String header : headers) {
            String[] nameAndValue = header.split(":\\s*", 2);
            Messages.header(response, nameAndValue[0], nameAndValue[1]);
        }
        core.wire().answer(transaction, response);
        core.meters().answered(request.getMethod(), status);
    }

    String warning(int code, @Nullable String text) {
        return "Warning: " + code + " " + HostPort.inAddress(core.wire().host()) + " "
                + Messages.quoted(text == null ? "" : text);
    }

    /** Sends an ACK. */
    void send(SIPRequest ack) {
        try {
            core.wire().ack(ack, dialog.hop());
        } catch (UnknownHostException e) {
            log.info("sip.unknown-host method=ACK host={}", e.getMessage());
        }
    }

    /** Their session description; empty when there is none that can be read. */
    Optional<Sdp> read(SIPMessage message) {
        try {
            return Bodies.sdp(message);
        } catch (Sdp.Unreadable e) {
            log.info("sip.sdp.unreadable call={} why={}", parties.callId(), e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void hangUp(String reason) {
        later(() -> {
            if (over) {
                return;
            }
            if (established) {
                sayBye(reason);
                ended(Who.US, 0, reason);
            } else {
                giveUp(reason);
                ended(Who.US, 487, reason);
            }
        });
    }

    @Override
    public CompletionStage<SessionDescription> offerAnew(SessionDescription offer) {
        var done = new CompletableFuture<SessionDescription>();
        later(() -> negotiation.offer(offer, done), done);
        return done;
    }

    @Override
    public CompletionStage<Void> refer(String to, @Nullable SignalLeg replaces, IntConsumer progress, Duration within) {
        var done = new CompletableFuture<Void>();
        String whole = Addresses.complete(to, trunk, core.wire());
        if (replaces == null) {
            later(() -> transfer.ask(whole, null, progress, within, done), done);
            return done;
        }
        Leg other = (Leg) replaces;
        other.later(
                () -> {
                    // Seen from the one who is rung, its own tag is the to-tag
                    String seen = other.dialog.replaces();
                    String target = other.dialog.target();
                    later(() -> transfer.ask(target, seen, progress, within, done), done);
                },
                done);
        return done;
    }

    @Override
    public void info(char digit, Duration length) {
        later(() -> {
            if (over || !established) {
                return;
            }
            new Exchange(
                            core,
                            line,
                            trunk,
                            dialog::hop,
                            () -> dialog.request("INFO", List.of(), Keys.write(digit, length)),
                            response -> {})
                    .start();
        });
    }

    /** Hears what is told of a call that is over, or has not been taken yet. */
    private static final class Nobody implements LegListener {

        @Override
        public SessionDescription offered(@Nullable SessionDescription offer)
                throws org.caravox.calls.media.NoCommonCodec {
            throw new org.caravox.calls.media.NoCommonCodec("nobody is on this call");
        }

        @Override
        public void ended(Ended ended) {}
    }
}
