package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests outside of dialogs that go the same way again and again: REGISTER and OPTIONS. For one thread at a time. */
final class Upkeep {

    private final Core core;
    private final String callId;
    private final String tag = Messages.random(8);
    private long sequence;

    /** @param callId null makes one */
    Upkeep(Core core, @Nullable String callId) {
        this.core = core;
        this.callId = callId == null
                ? Messages.random(12) + "@" + HostPort.inAddress(core.wire().host())
                : callId;
    }

    /**
     * A request.
     *
     * @param who the address in From and To
     */
    SIPRequest request(String method, String uri, String who, String transport, List<String> headers) {
        var lines = new ArrayList<>(List.of(
                core.wire().via(transport),
                "Max-Forwards: 70",
                "From: <" + who + ">;tag=" + tag,
                "To: <" + (method.equals("REGISTER") ? who : uri) + ">",
                "Call-ID: " + callId,
                "CSeq: " + ++sequence + " " + method,
                "Contact: " + core.wire().contact(transport),
                "User-Agent: " + core.settings().userAgent()));
        lines.addAll(headers);
        return Messages.request(method + " " + uri + " SIP/2.0", lines, null);
    }
}
