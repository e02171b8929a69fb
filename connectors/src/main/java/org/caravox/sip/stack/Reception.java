package org.caravox.sip.stack;

import gov.nist.javax.sip.header.SIPHeader;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.stack.HopImpl;
import gov.nist.javax.sip.stack.SIPServerTransaction;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.sip.address.Hop;
import org.caravox.calls.signalling.IncomingCalls;
import org.caravox.calls.signalling.SignalLeg.Parties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what comes in: to the call that it belongs to, or to whoever takes calls; all else is refused as RFC 3261 says. */
final class Reception implements Arrivals.Inbox {

    private static final Logger log = LoggerFactory.getLogger(Reception.class);

    private static final Set<String> DEMANDS = Set.of("100rel", "timer", "replaces", "siprec", "norefersub");

    private static final Duration COME_BACK = Duration.ofSeconds(5);

    /** Headers that are of use to routes, beside those that begin with {@code X-}. */
    private static final Set<String> KEPT = Set.of(
            "diversion",
            "history-info",
            "p-asserted-identity",
            "p-preferred-identity",
            "remote-party-id",
            "privacy",
            "user-agent",
            "subject",
            "call-info",
            "alert-info",
            "referred-by",
            "identity",
            "user-to-user");

    private static final int MOST_HEADERS = 32;
    private static final int LONGEST_HEADER = 1024;

    private final Core core;
    private final Gate gate;
    private final DigestCheck digests;
    private final String probe;
    private volatile IncomingCalls incoming;
    private volatile boolean closing;

    /** @param probe the Call-ID of our own OPTIONS to ourselves */
    Reception(Core core, Gate gate, DigestCheck digests, String probe, IncomingCalls nobody) {
        this.core = core;
        this.gate = gate;
        this.digests = digests;
        this.probe = probe;
        this.incoming = nobody;
    }

    void answeredBy(IncomingCalls calls) {
        this.incoming = calls;
    }

    /** No more calls from now on. */
    void closing() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    @Override
    public void stray(SIPResponse response) {
        if (!response.getCSeq().getMethod().equals("INVITE") || response.getStatusCode() / 100 != 2) {
            return;
        }
        Optional<Leg> leg = core.legs().ofResponse(response);
        if (leg.isPresent()) {
            leg.get().answeredAgain(response);
        } else if (core.legs()
                .wasOurs(response)) { // of a stranger's answer, nobody is told: its Contact may be anybody's
            core.pool().execute(() -> unwanted(core, response));
        }
    }

    /** An answer that nobody waits for any more: acknowledged, and ended at once (RFC 3261, section 13.2.2.4). */
    static void unwanted(Core core, SIPResponse ok) {
        Dialog dialog = Dialog.ofUnwanted(core, ok);
        try {
            core.wire().ack(dialog.ack(ok.getCSeq().getSeqNumber(), null), dialog.hop());
            core.wire().ask(dialog.request("BYE", List.of(), null), dialog.hop(), response -> {});
        } catch (java.net.UnknownHostException e) {
            log.info("sip.unknown-host method=ACK host={}", e.getMessage());
        }
    }

    @Override
    public void request(SIPRequest request, @Nullable SIPServerTransaction transaction) {
        if (transaction == null) {
            core.legs().ofRequest(request).ifPresent(leg -> leg.received(request, null));
        } else if (request.getMethod().equals("CANCEL")) {
            cancelled(request, transaction);
        } else if (request.getToTag() != null) {
            Optional<Leg> leg = core.legs().ofRequest(request);
            if (leg.isPresent()) {
                leg.get().received(request, transaction);
            } else {
                reply(request, transaction, 481);
            }
        } else {
            first(request, transaction);
        }
    }

    private void cancelled(SIPRequest request, SIPServerTransaction transaction) {
        var cancelled = transaction.getCanceledInviteTransaction();
        if (cancelled == null) {
            reply(request, transaction, 481);
            return;
        }
        reply(request, transaction, 200);
        if (cancelled.getApplicationData() instanceof IncomingLeg leg) {
            leg.cancelled("they hung up before an answer");
        }
    }

    private void first(SIPRequest request, SIPServerTransaction transaction) {
        if (request.getMaxForwards() != null
                && request.getMaxForwards().getMaxForwards() == 0
                && !request.getMethod().equals("OPTIONS")) {
            reply(request, transaction, 483);
            return;
        }
        List<String> unknown = unknownDemands(request);
        if (!unknown.isEmpty()) {
            reply(request, transaction, 420, "Unsupported: " + String.join(", ", unknown));
            return;
        }
        switch (request.getMethod()) {
            case "INVITE" -> invited(request, transaction);
            case "OPTIONS" -> asked(request, transaction);
            case "BYE", "UPDATE", "INFO", "PRACK", "NOTIFY" -> reply(request, transaction, 481);
            default -> refuseMethod(request, (status, headers) -> reply(request, transaction, status, headers));
        }
    }

    /** Options that are demanded and that nobody here understands. */
    static List<String> unknownDemands(SIPRequest request) {
        return Messages.tokens(request, "Require").stream()
                .filter(option -> !DEMANDS.contains(option))
                .filter(option -> option.matches("[\\w.!%*+`'~-]{1,64}"))
                .toList();
    }

    /** Answers with a status and more headers. */
    interface Reply {
        void with(int status, String... headers);
    }

    static void refuseMethod(SIPRequest request, Reply reply) {
        switch (request.getMethod()) {
            case "SUBSCRIBE", "PUBLISH" -> reply.with(489, "Allow-Events: refer");
            case "REGISTER", "MESSAGE", "REFER" -> reply.with(405);
            default -> reply.with(501);
        }
    }

    private void asked(SIPRequest request, SIPServerTransaction transaction) {
        boolean ours = request.getCallId().getCallId().equals(probe);
        if (!ours && core.trunks().ofSource(source(request).getHost()).isEmpty() && !mayProve()) {
            refuseStranger(request, transaction);
            return;
        }
        if (closing) {
            reply(request, transaction, 503, "Retry-After: " + COME_BACK.toSeconds());
            return;
        }
        reply(request, transaction, 200, "Accept: " + Messages.ACCEPT, "Accept-Language: en");
    }

    private boolean mayProve() {
        return !core.trunks().fromAnywhere().isEmpty();
    }

    private void refuseStranger(SIPRequest request, SIPServerTransaction transaction) {
        core.meters().rejected("stranger");
        log.info(
                "sip.stranger method={} source={}",
                request.getMethod(),
                source(request).getHost());
        reply(request, transaction, 403);
    }

    private static void drop(SIPServerTransaction transaction) {
        try {
            transaction.terminate();
        } catch (javax.sip.ObjectInUseException e) {
            log.debug("sip.undropped", e);
        }
    }

    private void invited(SIPRequest invite, SIPServerTransaction transaction) {
        Optional<String> before = core.legs().arrived(invite);
        if (before.isPresent()) {
            if (before.get().equals(Legs.branch(invite))) {
                drop(transaction);
            } else {
                reply(invite, transaction, 482);
            }
            return;
        }
        Optional<Trunk> trunk = admitted(invite, transaction);
        if (trunk.isEmpty()) {
            return;
        }
        if (closing || core.legs().count() >= core.settings().mostCalls()) {
            core.meters().rejected(closing ? "closing" : "full");
            reply(invite, transaction, 503, "Retry-After: " + COME_BACK.toSeconds());
            return;
        }
        described(invite, transaction, trunk.get());
    }

    /** Whose call it is; empty when it was refused. */
    private Optional<Trunk> admitted(SIPRequest invite, SIPServerTransaction transaction) {
        Optional<Trunk> bySource = core.trunks().ofSource(source(invite).getHost());
        Optional<Trunk> trunk = bySource.or(() -> byUser(invite));
        if (trunk.isEmpty()) {
            refuseStranger(invite, transaction);
            return Optional.empty();
        }
        if (trunk.get().demandsDigest() && !proves(invite, transaction, trunk.get())) {
            return Optional.empty();
        }
        return trunk;
    }

    private Optional<Trunk> byUser(SIPRequest invite) {
        List<Trunk> candidates = core.trunks().fromAnywhere();
        return DigestCheck.user(invite)
                .flatMap(user -> candidates.stream()
                        .filter(trunk -> user.equals(trunk.username()))
                        .findFirst())
                .or(() -> candidates.stream().findFirst());
    }

    private boolean proves(SIPRequest invite, SIPServerTransaction transaction, Trunk trunk) {
        DigestCheck.Outcome outcome = digests.check(invite, trunk);
        switch (outcome) {
            case PROVEN -> {
                return true;
            }
            case MISSING, STALE -> challenge(invite, transaction, trunk, outcome == DigestCheck.Outcome.STALE);
            case WRONG -> {
                String source = source(invite).getHost();
                Duration delay = gate.failed(source, invite);
                log.warn("sip.wrong-password trunk={} source={}", trunk.name(), source);
                core.timers().after(delay, core.pool(), () -> challenge(invite, transaction, trunk, false));
            }
        }
        return false;
    }

    private void challenge(SIPRequest invite, SIPServerTransaction transaction, Trunk trunk, boolean stale) {
        SIPResponse response = response(invite, 401);
        digests.challenges(trunk.realm(), stale)
                .forEach(challenge -> Messages.add(response, "WWW-Authenticate", challenge));
        core.wire().answer(transaction, response);
        core.meters().answered("INVITE", 401);
    }

    private void described(SIPRequest invite, SIPServerTransaction transaction, Trunk trunk) {
        Duration least = core.settings().sessions().least();
        if (!List.of("sip", "sips", "tel")
                .contains(invite.getRequestURI().getScheme().toLowerCase(Locale.ROOT))) {
            reply(invite, transaction, 416);
        } else if (Messages.hasBody(invite) && !Bodies.isReadable(invite)) {
            reply(invite, transaction, 415, "Accept: application/sdp, multipart/mixed");
        } else if (Messages.value(invite, "Content-Encoding")
                .filter(value -> !value.equalsIgnoreCase("identity"))
                .isPresent()) {
            reply(invite, transaction, 415, "Accept-Encoding: identity");
        } else if (SessionTimer.isTooSmall(invite, least)) {
            reply(invite, transaction, 422, "Min-SE: " + least.toSeconds());
        } else {
            read(invite, transaction, trunk);
        }
    }

    private void read(SIPRequest invite, SIPServerTransaction transaction, Trunk trunk) {
        try {
            Optional<Sdp> offer = Bodies.sdp(invite);
            if (offer.isPresent() && offer.get().description().media().isEmpty()) {
                reply(invite, transaction, 488, warning(304, "no audio is offered"));
                return;
            }
            List<String> replaced = Messages.values(invite, "Replaces");
            if (replaced.isEmpty()) {
                begin(invite, transaction, trunk, offer.orElse(null));
            } else {
                replace(invite, transaction, replaced);
            }
        } catch (Sdp.Unreadable e) {
            core.meters().rejected("sdp");
            reply(invite, transaction, 400, warning(399, e.getMessage()));
        }
    }

    /** RFC 3891: the new dialog takes the place of another. */
    private void replace(SIPRequest invite, SIPServerTransaction transaction, List<String> replaced) {
        String value = replaced.get(0);
        Optional<Leg> leg = replaced.size() > 1
                ? Optional.empty()
                : Messages.parameter(value, "to-tag")
                        .flatMap(tag -> core.legs().find(value.split(";", 2)[0].strip(), tag));
        if (leg.isEmpty()) {
            reply(invite, transaction, replaced.size() > 1 ? 400 : 481);
            return;
        }
        String from = Messages.parameter(value, "from-tag").orElse("");
        leg.get().replacedBy(invite, transaction, Dialog.ofInvite(core, invite, source(invite)), from);
    }

    private void begin(SIPRequest invite, SIPServerTransaction transaction, Trunk trunk, @Nullable Sdp offer) {
        Dialog dialog = Dialog.ofInvite(core, invite, source(invite));
        Executor line = core.line();
        var leg = new IncomingLeg(core, line, dialog, trunk, parties(invite, trunk, offer), invite, transaction, offer);
        transaction.setApplicationData(leg);
        core.wire().answer(transaction, response(invite, 100));
        core.legs().add(leg);
        try {
            line.execute(() -> rings(leg));
        } catch (RejectedExecutionException e) {
            core.legs().remove(dialog);
            core.meters().rejected("overload");
            reply(invite, transaction, 503, "Retry-After: " + COME_BACK.toSeconds());
        }
    }

    private void rings(IncomingLeg leg) {
        try {
            leg.tells(incoming.rings(leg));
        } catch (RuntimeException e) {
            log.error("sip.trouble call={}", leg.parties().callId(), e);
            leg.decline(500, "Trouble", null, null);
        }
    }

    private static Parties parties(SIPRequest invite, Trunk trunk, @Nullable Sdp offer) {
        Hop source = source(invite);
        boolean recording = Messages.understands(invite, "siprec")
                || Messages.values(invite, "Contact").stream()
                        .anyMatch(contact -> contact.toLowerCase(Locale.ROOT).contains("+sip.src"))
                || (offer != null && offer.description().metadata() != null);
        return new Parties(
                invite.getCallId().getCallId(),
                true,
                trunk.name(),
                Addresses.user(invite.getFrom().getAddress().getURI()),
                Addresses.name(invite.getFrom().getAddress()),
                dialled(invite, trunk),
                HostPort.inAddress(source.getHost()) + ":" + source.getPort(),
                source.getTransport().toLowerCase(Locale.ROOT),
                headers(invite),
                recording);
    }

    /** Registered trunks ring our contact: then the number is in To. */
    private static String dialled(SIPRequest invite, Trunk trunk) {
        String user = Addresses.user(invite.getRequestURI());
        boolean contact = trunk.registrar() != null && (user.equals("caravox") || user.equals(trunk.username()));
        return contact ? Addresses.user(invite.getTo().getAddress().getURI()) : user;
    }

    private static Map<String, String> headers(SIPRequest invite) {
        var kept = new LinkedHashMap<String, String>();
        var names = invite.getHeaderNames();
        while (names.hasNext() && kept.size() < MOST_HEADERS) {
            String name = names.next().toString();
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith("x-") || KEPT.contains(lower)) {
                Messages.value(invite, name)
                        .map(value -> value.replaceAll("\\p{Cntrl}", " "))
                        .map(value -> value.length() > LONGEST_HEADER ? value.substring(0, LONGEST_HEADER) : value)
                        .ifPresent(value -> kept.put(canonical(invite, name), value));
            }
        }
        return kept;
    }

    private static String canonical(SIPRequest invite, String name) {
        return invite.getHeader(name) instanceof SIPHeader header && header.getHeaderName() != null
                ? header.getHeaderName()
                : name;
    }

    /** Where it came from, really. */
    static Hop source(SIPRequest request) {
        var address = request.getPeerPacketSourceAddress();
        String transport = request.getTopmostVia().getTransport().toLowerCase(Locale.ROOT);
        return address == null
                ? new HopImpl(
                        request.getTopmostVia().getHost(),
                        request.getTopmostVia().getPort(),
                        transport)
                : new HopImpl(address.getHostAddress(), request.getPeerPacketSourcePort(), transport);
    }

    private String warning(int code, @Nullable String text) {
        return "Warning: " + code + " " + HostPort.inAddress(core.wire().host()) + " "
                + Messages.quoted(text == null ? "" : text);
    }

    private SIPResponse response(SIPRequest request, int status) {
        SIPResponse response = request.createResponse(status);
        if (status > 100 && response.getToTag() == null) {
            response.setToTag(Messages.random(8));
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

    private void reply(SIPRequest request, SIPServerTransaction transaction, int status, String... headers) {
        SIPResponse response = response(request, status);
        for (String header : headers) {
            String[] nameAndValue = header.split(":\\s*", 2);
            Messages.header(response, nameAndValue[0], nameAndValue[1]);
        }
        if (request.getMethod().equals("INVITE")) {
            core.legs().declined(request, status);
        }
        core.wire().answer(transaction, response);
        core.meters().answered(request.getMethod(), status);
    }
}
