package org.caravox.sip.stack;

import gov.nist.javax.sip.stack.DatagramQueuedMessageDispatch;
import gov.nist.javax.sip.stack.MessageProcessor;
import gov.nist.javax.sip.stack.MessageProcessorFactory;
import gov.nist.javax.sip.stack.OIOMessageProcessorFactory;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import gov.nist.javax.sip.stack.UDPMessageProcessor;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Reads datagrams no faster than they are dealt with: the library's queue of them has no bound, and 64 KB for each, so that a
 * flood ends in an OutOfMemoryError. What does not fit waits in the socket's buffer, and is dropped there.
 */
public final class BoundedReading implements MessageProcessorFactory {

    private static final int WAITING = 256;

    private final MessageProcessorFactory usual = new OIOMessageProcessorFactory();

    @Override
    public MessageProcessor createMessageProcessor(
            SIPTransactionStack stack, InetAddress address, int port, String transport) throws IOException {
        MessageProcessor made = usual.createMessageProcessor(stack, address, port, transport);
        if (made instanceof UDPMessageProcessor datagrams) {
            bound(datagrams);
        }
        return made;
    }

    /** It is not started yet. There is no other way: what the library sets besides is not open to subclasses. */
    private static void bound(UDPMessageProcessor datagrams) {
        try {
            Field queue = UDPMessageProcessor.class.getDeclaredField("messageQueue");
            queue.setAccessible(true);
            queue.set(datagrams, new Waiting());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the SIP library is another than " + UDPMessageProcessor.class, e);
        }
    }

    private static final class Waiting extends LinkedBlockingQueue<DatagramQueuedMessageDispatch> {

        private static final long serialVersionUID = 1;

        Waiting() {
            super(WAITING);
        }

        /** Waits for room. */
        @Override
        public boolean offer(DatagramQueuedMessageDispatch message) {
            try {
                put(message);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
