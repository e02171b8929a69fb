package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.stack.DefaultRouter;
import java.util.ListIterator;
import javax.sip.SipException;
import javax.sip.SipStack;
import javax.sip.address.Hop;
import javax.sip.address.Router;
import javax.sip.message.Request;
import org.jspecify.annotations.Nullable;

/** Sends a request where whoever made it says, so that no name is resolved while the library holds its locks. */
public final class ChosenHops implements Router {

    private final Router otherwise;

    /** As the library calls it. */
    public ChosenHops(SipStack stack, @Nullable String proxy) {
        this.otherwise = new DefaultRouter(stack, proxy);
    }

    @Override
    public Hop getNextHop(Request request) throws SipException {
        return ((SIPMessage) request).getApplicationData() instanceof Hop hop ? hop : otherwise.getNextHop(request);
    }

    @Override
    @SuppressWarnings({"rawtypes", "deprecation"}) // as the interface has it
    public ListIterator getNextHops(Request request) {
        return otherwise.getNextHops(request);
    }

    @Override
    public Hop getOutboundProxy() {
        return otherwise.getOutboundProxy();
    }
}
