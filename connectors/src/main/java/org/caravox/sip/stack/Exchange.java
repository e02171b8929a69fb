package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import java.net.UnknownHostException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sip.ClientTransaction;
import javax.sip.SipException;
import javax.sip.address.Hop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request of ours and its responses; a digest that is demanded is given (RFC 3261, section 22.2). For one thread at a time. */
final class Exchange {

    private static final Logger log = LoggerFactory.getLogger(Exchange.class);

    /** A second one is for a nonce that is stale, a third for a proxy behind the first. */
    private static final int MOST_PROOFS = 3;

    /** Where it is sent; may look up a name. */
    interface Way {
        Hop hop() throws UnknownHostException;
    }

    private final Core core;
    private final Executor line;
    private final @Nullable Trunk trunk;
    private final Way way;
    private final Supplier<SIPRequest> build;
    private final Consumer<SIPResponse> told;
    private SIPRequest request;
    private @Nullable ClientTransaction transaction;
    private int proofs;

    /**
     * @param trunk whose password is given when one is demanded; null is nobody's
     * @param build the request, with a number and a branch of its own each time
     * @param told  of all responses but 100 to 199 that demand nothing, on the line; 408 or 503 when there is none
     */
    Exchange(
            Core core,
            Executor line,
            @Nullable Trunk trunk,
            Way way,
            Supplier<SIPRequest> build,
            Consumer<SIPResponse> told) {
        this.core = core;
        this.line = line;
        this.trunk = trunk;
        this.way = way;
        this.build = build;
        this.told = told;
        this.request = build.get();
    }

    Exchange start() {
        send();
        return this;
    }

    private void send() {
        try {
            transaction = core.wire().ask(request, way.hop(), response -> onLine(request, response));
        } catch (UnknownHostException e) {
            log.info("sip.unknown-host method={} host={}", request.getMethod(), e.getMessage());
            told.accept(request.createResponse(503, "Unknown host"));
        }
    }

    private void onLine(SIPRequest asked, SIPResponse response) {
        try {
            line.execute(() -> answered(asked, response));
        } catch (RejectedExecutionException e) {
            core.meters().rejected("overload");
        }
    }

    @SuppressWarnings("ReferenceEquality") // that very one, not one like it
    private void answered(SIPRequest asked, SIPResponse response) {
        if (asked != request) {
            return;
        }
        int status = response.getStatusCode();
        if ((status == 401 || status == 407) && proves(response)) {
            return;
        }
        told.accept(response);
    }

    private boolean proves(SIPResponse challenged) {
        if (trunk == null || trunk.username() == null || ++proofs > MOST_PROOFS) {
            return false;
        }
        boolean again = proofs > 1
                && Messages.value(challenged, "WWW-Authenticate")
                        .or(() -> Messages.value(challenged, "Proxy-Authenticate"))
                        .filter(value ->
                                value.toLowerCase(java.util.Locale.ROOT).contains("stale=true"))
                        .isEmpty()
                && request.getHeader(challenged.getStatusCode() == 407 ? "Proxy-Authorization" : "Authorization")
                        != null;
        SIPRequest next = build.get();
        if (again || !DigestProof.add(next, challenged, trunk)) {
            return false;
        }
        request = next;
        send();
        return true;
    }

    /** What was sent last. */
    SIPRequest request() {
        return request;
    }

    /** CANCEL; only after a provisional response (RFC 3261, section 9.1). */
    void cancel() {
        ClientTransaction open = transaction;
        if (open == null) {
            return;
        }
        try {
            core.wire().ask((SIPRequest) open.createCancel(), way.hop(), response -> {});
        } catch (SipException | UnknownHostException e) {
            log.info("sip.uncancelled why={}", e.toString());
        }
    }

    /** Nothing is awaited any more. */
    void drop() {
        ClientTransaction open = transaction;
        if (open == null) {
            return;
        }
        try {
            open.terminate();
        } catch (javax.sip.ObjectInUseException e) {
            log.debug("sip.undropped", e);
        }
    }
}
