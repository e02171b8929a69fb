package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.stack.SIPServerTransaction;
import java.text.ParseException;
import java.util.function.Consumer;
import javax.sip.ClientTransaction;
import javax.sip.DialogTerminatedEvent;
import javax.sip.IOExceptionEvent;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.ServerTransaction;
import javax.sip.SipException;
import javax.sip.SipListener;
import javax.sip.SipProvider;
import javax.sip.TimeoutEvent;
import javax.sip.TransactionAlreadyExistsException;
import javax.sip.TransactionTerminatedEvent;
import javax.sip.TransactionUnavailableException;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What comes in, as the library tells of it. Nothing that goes wrong may reach its threads. */
final class Arrivals implements SipListener {

    /** Told of what comes in, on the library's threads: nothing may block. */
    interface Inbox {

        /** A request, with its transaction; ACK has none. */
        void request(SIPRequest request, @Nullable SIPServerTransaction transaction);

        /** A response to none of our transactions: one that has ended, or never was. */
        void stray(SIPResponse response);
    }

    private static final Logger log = LoggerFactory.getLogger(Arrivals.class);

    private final SipProvider provider;
    private final Inbox inbox;

    Arrivals(SipProvider provider, Inbox inbox) {
        this.provider = provider;
        this.inbox = inbox;
    }

    @Override
    public void processRequest(RequestEvent event) {
        try {
            var request = (SIPRequest) event.getRequest();
            if (request.getMethod().equals(Request.ACK)) {
                inbox.request(request, null);
                return;
            }
            ServerTransaction transaction = event.getServerTransaction();
            inbox.request(request, (SIPServerTransaction)
                    (transaction == null ? provider.getNewServerTransaction(request) : transaction));
        } catch (TransactionAlreadyExistsException e) {
            log.debug("sip.repeated");
        } catch (TransactionUnavailableException e) {
            refuse((SIPRequest) event.getRequest(), e);
        } catch (Throwable e) { // an Error here would end the thread that reads the port
            log.warn("sip.request.trouble", e);
        }
    }

    /** A header that must be there is not, or there are too many transactions. */
    private void refuse(SIPRequest request, TransactionUnavailableException why) {
        SIPResponse response = why.getCause() instanceof ParseException unreadable
                ? request.createResponse(Response.BAD_REQUEST, unreadable.getMessage())
                : request.createResponse(Response.SERVICE_UNAVAILABLE);
        try {
            provider.sendResponse(response);
        } catch (SipException | RuntimeException e) {
            log.info("sip.unanswered status={} why={}", response.getStatusCode(), e.toString());
        }
    }

    @Override
    @SuppressWarnings("unchecked") // put there by ask
    public void processResponse(ResponseEvent event) {
        try {
            var response = (SIPResponse) event.getResponse();
            ClientTransaction transaction = event.getClientTransaction();
            if (transaction != null && transaction.getApplicationData() instanceof Consumer<?> told) {
                ((Consumer<SIPResponse>) told).accept(response);
                return;
            }
            inbox.stray(response);
        } catch (Throwable e) { // as above
            log.warn("sip.response.trouble", e);
        }
    }

    @Override
    @SuppressWarnings("unchecked") // put there by ask
    public void processTimeout(TimeoutEvent event) {
        try {
            if (event.isServerTransaction()) {
                return;
            }
            ClientTransaction transaction = event.getClientTransaction();
            if (transaction.getApplicationData() instanceof Consumer<?> told) {
                var request = (SIPRequest) transaction.getRequest();
                ((Consumer<SIPResponse>) told).accept(request.createResponse(Response.REQUEST_TIMEOUT, "No answer"));
            }
        } catch (Throwable e) { // as above
            log.warn("sip.timeout.trouble", e);
        }
    }

    @Override
    public void processIOException(IOExceptionEvent event) {
        log.info("sip.connection.lost host={} port={}", event.getHost(), event.getPort());
    }

    @Override
    public void processTransactionTerminated(TransactionTerminatedEvent event) {}

    @Override
    public void processDialogTerminated(DialogTerminatedEvent event) {}
}
