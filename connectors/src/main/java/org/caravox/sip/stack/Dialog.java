package org.caravox.sip.stack;

import gov.nist.javax.sip.header.Contact;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sip.address.Hop;
import org.caravox.sip.stack.Messages.Body;
import org.jspecify.annotations.Nullable;

/**
 * What two parties must know to tell a dialog from others: names, tags, numbers, and the way to each other. Source: RFC 3261,
 * section 12. For one thread at a time.
 */
final class Dialog {

    private final Wire wire;
    private final String callId;
    private final String localTag;
    private final String local;
    private final String remote;
    private final String transport;
    private final String userAgent;
    private @Nullable String remoteTag;
    private long localSequence;
    private long remoteSequence = -1;
    private List<String> routes = List.of();
    private String target;
    private @Nullable Hop source;
    private @Nullable Hop chosen;

    private Dialog(
            Core core, String callId, String localTag, String local, String remote, String transport, String target) {
        this.wire = core.wire();
        this.userAgent = core.settings().userAgent();
        this.callId = callId;
        this.localTag = localTag;
        this.local = local;
        this.remote = remote;
        this.transport = transport;
        this.target = target;
    }

    /** Of an INVITE that came in. */
    static Dialog ofInvite(Core core, SIPRequest invite, Hop source) {
        var dialog = new Dialog(
                core,
                invite.getCallId().getCallId(),
                Messages.random(8),
                invite.getTo().getAddress().toString(),
                invite.getFrom().getAddress().toString(),
                source.getTransport().toLowerCase(Locale.ROOT),
                contact(invite).orElse(invite.getFrom().getAddress().getURI().toString()));
        dialog.remoteTag = invite.getFromTag();
        dialog.remoteSequence = invite.getCSeq().getSeqNumber();
        dialog.routes = List.copyOf(Messages.values(invite, "Record-Route"));
        dialog.source = source;
        return dialog;
    }

    /** Of an answer that we do not want any more. */
    static Dialog ofUnwanted(Core core, SIPResponse ok) {
        var dialog = new Dialog(
                core,
                ok.getCallId().getCallId(),
                ok.getFromTag(),
                ok.getFrom().getAddress().toString(),
                ok.getTo().getAddress().toString(),
                ok.getTopmostVia().getTransport().toLowerCase(Locale.ROOT),
                ok.getTo().getAddress().getURI().toString());
        dialog.localSequence = ok.getCSeq().getSeqNumber();
        dialog.answered(ok);
        return dialog;
    }

    /**
     * Of a call that we make.
     *
     * @param local  as in From, without a tag
     * @param target the request address
     */
    static Dialog toBe(Core core, String local, String target, String transport) {
        String callId =
                Messages.random(12) + "@" + HostPort.inAddress(core.wire().host());
        return new Dialog(core, callId, Messages.random(8), local, "<" + target + ">", transport, target);
    }

    String callId() {
        return callId;
    }

    String localTag() {
        return localTag;
    }

    @Nullable
    String remoteTag() {
        return remoteTag;
    }

    String transport() {
        return transport;
    }

    String target() {
        return target;
    }

    /** As in From and To. */
    String local() {
        return local;
    }

    /** Without routes, where the first request goes. */
    void goesTo(Hop hop) {
        this.chosen = hop;
    }

    /** Their answer to our INVITE has brought their tag, their address and the way there. */
    void answered(SIPResponse response) {
        this.remoteTag = response.getToTag();
        var recorded = new ArrayList<>(Messages.values(response, "Record-Route"));
        Collections.reverse(recorded);
        this.routes = List.copyOf(recorded);
        refresh(response);
    }

    /** Each INVITE and UPDATE may bring another address (RFC 3261, section 12.2). */
    void refresh(SIPMessage message) {
        contact(message).ifPresent(found -> target = found);
    }

    private static Optional<String> contact(SIPMessage message) {
        var contacts = message.getContactHeaders();
        if (contacts == null || contacts.isEmpty()) {
            return Optional.empty();
        }
        Contact first = (Contact) contacts.getFirst();
        return first.getAddress() == null || first.isWildCard()
                ? Optional.empty()
                : Optional.of(first.getAddress().getURI().toString());
    }

    /** Whether a request of theirs is newer than those before; notes it. */
    boolean isInOrder(SIPRequest request) {
        long sequence = request.getCSeq().getSeqNumber();
        if (sequence < remoteSequence) {
            return false;
        }
        remoteSequence = sequence;
        return true;
    }

    /** The number that the next request will have. */
    long nextSequence() {
        return ++localSequence;
    }

    SIPRequest request(String method, List<String> headers, @Nullable Body body) {
        return request(method, nextSequence(), headers, body);
    }

    /** An ACK to a 2xx, which has the number of its INVITE. */
    SIPRequest ack(long sequence, @Nullable Body body) {
        return request("ACK", sequence, List.of(), body);
    }

    private SIPRequest request(String method, long sequence, List<String> headers, @Nullable Body body) {
        var lines = new ArrayList<String>();
        lines.add(wire.via(transport));
        routes.forEach(route -> lines.add("Route: " + route));
        lines.add("Max-Forwards: 70");
        lines.add("From: " + local + ";tag=" + localTag);
        lines.add("To: " + remote + (remoteTag == null ? "" : ";tag=" + remoteTag));
        lines.add("Call-ID: " + callId);
        lines.add("CSeq: " + sequence + " " + method);
        if (!method.equals("BYE") && !method.equals("ACK")) {
            lines.add("Contact: " + wire.contact(transport));
        }
        lines.add("User-Agent: " + userAgent);
        lines.addAll(headers);
        return Messages.request(method + " " + target + " SIP/2.0", lines, body);
    }

    /**
     * Where its requests go to. May look up a name.
     *
     * @throws UnknownHostException when it has no address
     */
    Hop hop() throws UnknownHostException {
        if (remoteTag == null && chosen != null) {
            return chosen;
        }
        String next = routes.isEmpty() ? target : uri(routes.get(0));
        Hop hop = Hops.ofUri(next, transport).orElseThrow(() -> new UnknownHostException(next));
        Hop from = source == null ? chosen : source;
        return routes.isEmpty() && from != null && Hops.isHidden(hop, from) ? from : hop;
    }

    private static String uri(String route) {
        int begin = route.indexOf('<');
        int end = route.indexOf('>', begin);
        return begin < 0 || end < 0 ? route : route.substring(begin + 1, end);
    }

    /** As in Replaces (RFC 3891), seen by the other side. */
    String replaces() {
        return callId + ";to-tag=" + (remoteTag == null ? "0" : remoteTag) + ";from-tag=" + localTag;
    }
}
