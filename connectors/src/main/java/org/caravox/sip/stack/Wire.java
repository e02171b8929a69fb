package org.caravox.sip.stack;

import gov.nist.javax.sip.ListeningPointExt;
import gov.nist.javax.sip.SipStackImpl;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.stack.SIPMessageValve;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.text.ParseException;
import java.util.Map;
import java.util.Properties;
import java.util.TooManyListenersException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sip.ClientTransaction;
import javax.sip.ServerTransaction;
import javax.sip.SipException;
import javax.sip.SipProvider;
import javax.sip.address.Hop;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages and transactions (RFC 3261, section 17), by the library. Its dialogs are not used: they send and refuse on their own,
 * and hold locks while they do.
 */
final class Wire implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Wire.class);

    /** One, so that what came in order stays in order: an ACK and the re-INVITE after it. */
    private static final String THREADS = "1";

    private final SipStackImpl stack;
    private final SipProvider provider;
    private final String host;
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();

    Wire(SipSettings.Listening listening, SIPMessageValve valve) {
        this.host = publicHost(listening);
        try {
            this.stack = new SipStackImpl(properties(listening));
            stack.sipMessageValves.add(valve);
            stack.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            stack.setEnabledCipherSuites(javax.net.ssl.SSLContext.getDefault()
                    .getDefaultSSLParameters()
                    .getCipherSuites());
        } catch (javax.sip.PeerUnavailableException | java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("the SIP stack cannot be set up: " + e.getMessage(), e);
        }
        try {
            this.provider = listen(listening);
            stack.start();
        } catch (RuntimeException e) {
            stack.stop();
            throw e;
        } catch (SipException e) {
            stack.stop();
            throw new IllegalStateException("the SIP stack cannot be started", e);
        }
    }

    private SipProvider listen(SipSettings.Listening listening) {
        SipProvider first = null;
        first = listen(first, listening.host(), listening.udpPort(), "udp");
        first = listen(first, listening.host(), listening.tcpPort(), "tcp");
        first = listen(first, listening.host(), listening.tlsPort(), "tls");
        if (first == null) {
            throw new IllegalStateException("caravox.calls.sip needs at least one of udp-port, tcp-port and tls-port");
        }
        return first;
    }

    private @Nullable SipProvider listen(@Nullable SipProvider first, String address, int port, String transport) {
        if (port == 0) {
            return first;
        }
        try {
            var point = (ListeningPointExt) stack.createListeningPoint(address, port, transport);
            point.setSentBy(HostPort.inAddress(host) + ":" + port);
            ports.put(transport, port);
            if (first != null) {
                first.addListeningPoint(point);
                return first;
            }
            return stack.createSipProvider(point);
        } catch (SipException | javax.sip.InvalidArgumentException | ParseException | RuntimeException e) {
            throw new IllegalStateException(
                    "caravox.calls.sip.%s-port %d of %s cannot be listened to: it is taken, or no address of this machine; choose another"
                            .formatted(transport, port, address),
                    e);
        }
    }

    private static Properties properties(SipSettings.Listening listening) {
        var properties = new Properties();
        properties.setProperty("javax.sip.STACK_NAME", "caravox-" + Messages.random(4));
        properties.setProperty("javax.sip.AUTOMATIC_DIALOG_SUPPORT", "off");
        properties.setProperty("gov.nist.javax.sip.AUTOMATIC_DIALOG_ERROR_HANDLING", "false");
        properties.setProperty("gov.nist.javax.sip.DELIVER_UNSOLICITED_NOTIFY", "true");
        properties.setProperty("gov.nist.javax.sip.REENTRANT_LISTENER", "true");
        properties.setProperty("gov.nist.javax.sip.THREAD_POOL_SIZE", THREADS);
        properties.setProperty("gov.nist.javax.sip.THREAD_PRIORITY", Integer.toString(Thread.NORM_PRIORITY));
        properties.setProperty("gov.nist.javax.sip.STACK_LOGGER", StackLog.class.getName());
        properties.setProperty("gov.nist.javax.sip.SERVER_LOGGER", NoMessageLog.class.getName());
        properties.setProperty("gov.nist.javax.sip.MESSAGE_PARSER_FACTORY", SafeParsers.class.getName());
        properties.setProperty("gov.nist.javax.sip.MESSAGE_PROCESSOR_FACTORY", BoundedReading.class.getName());
        properties.setProperty("javax.sip.ROUTER_PATH", ChosenHops.class.getName());
        properties.setProperty("gov.nist.javax.sip.MAX_MESSAGE_SIZE", Integer.toString(SafeParsers.LARGEST));
        properties.setProperty("gov.nist.javax.sip.MAX_CONNECTIONS", "500");
        properties.setProperty("gov.nist.javax.sip.CONNECTION_TIMEOUT", "4000");
        properties.setProperty("gov.nist.javax.sip.READ_TIMEOUT", "10000");
        properties.setProperty("gov.nist.javax.sip.SSL_HANDSHAKE_TIMEOUT", "5000");
        properties.setProperty("gov.nist.javax.sip.MAX_LISTENER_RESPONSE_TIME", "10");
        properties.setProperty("gov.nist.javax.sip.AGGRESSIVE_CLEANUP", "true");
        properties.setProperty("gov.nist.javax.sip.RECEIVE_UDP_BUFFER_SIZE", "4194304");
        properties.setProperty("gov.nist.javax.sip.SEND_UDP_BUFFER_SIZE", "1048576");
        SipSettings.Tls tls = listening.tls();
        if (tls != null) {
            properties.setProperty("javax.net.ssl.keyStore", tls.keyStore().toString());
            properties.setProperty("javax.net.ssl.keyStoreType", "PKCS12");
            properties.setProperty(
                    "javax.net.ssl.keyStorePassword", tls.password().get());
            properties.setProperty(
                    "javax.net.ssl.trustStore",
                    (tls.trustStore() == null ? tls.keyStore() : tls.trustStore()).toString());
            properties.setProperty("javax.net.ssl.trustStoreType", "PKCS12");
            properties.setProperty(
                    "javax.net.ssl.trustStorePassword", tls.password().get());
            properties.setProperty(
                    "gov.nist.javax.sip.TLS_CLIENT_AUTH_TYPE", tls.demandsCertificate() ? "Enabled" : "Disabled");
        }
        return properties;
    }

    private static String publicHost(SipSettings.Listening listening) {
        String external = listening.externalAddress();
        if (external != null) {
            return external;
        }
        try {
            if (!InetAddress.getByName(listening.host()).isAnyLocalAddress()) {
                return listening.host();
            }
            try (var socket = new DatagramSocket()) {
                // Nothing is sent: it asks the routing table which of our addresses the world would see
                socket.connect(new InetSocketAddress("192.0.2.1", 9));
                return socket.getLocalAddress().getHostAddress();
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new IllegalStateException(
                    "caravox.calls.sip.external-address must be set: no address of this machine can be found for "
                            + listening.host(),
                    e);
        }
    }

    /** From now on what comes in is told of. */
    void open(Arrivals.Inbox inbox) {
        try {
            provider.addSipListener(new Arrivals(provider, inbox));
        } catch (TooManyListenersException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What others reach us by. */
    String host() {
        return host;
    }

    /** The first that we listen for. */
    String transport() {
        return Stream.of("udp", "tcp", "tls")
                .filter(ports::containsKey)
                .findFirst()
                .orElse("udp");
    }

    /** Where we reach ourselves by {@link #transport}. */
    String ownAddress() {
        String address = provider.getListeningPoint(transport()).getIPAddress();
        boolean any = address.equals("0.0.0.0") || address.equals("::");
        return HostPort.inAddress(any ? "127.0.0.1" : address) + ":" + ports.get(transport());
    }

    boolean speaks(String transport) {
        return ports.containsKey(transport);
    }

    /** {@code <sip:host:port;transport=...>} */
    String contact(String transport) {
        return "<sip:caravox@%s:%d%s>"
                .formatted(
                        HostPort.inAddress(host),
                        ports.getOrDefault(transport, 5060),
                        transport.equals("udp") ? "" : ";transport=" + transport);
    }

    String via(String transport) {
        return "Via: SIP/2.0/%s %s:%d;branch=%s;rport"
                .formatted(
                        transport.toUpperCase(java.util.Locale.ROOT),
                        HostPort.inAddress(host),
                        ports.getOrDefault(transport, 5060),
                        Messages.branch());
    }

    /**
     * Sends a request and tells of every response to it; 408 and 503 of our own making when there is none.
     *
     * @return its transaction; null when it could not be sent
     */
    @Nullable
    ClientTransaction ask(SIPRequest request, Hop hop, Consumer<SIPResponse> told) {
        request.setApplicationData(hop);
        try {
            ClientTransaction transaction = provider.getNewClientTransaction(request);
            transaction.setApplicationData(told);
            transaction.sendRequest();
            return transaction;
        } catch (SipException | RuntimeException e) {
            log.info("sip.unsent method={} to={} why={}", request.getMethod(), hop, e.toString());
            told.accept(request.createResponse(Response.SERVICE_UNAVAILABLE, "Not reached"));
            return null;
        }
    }

    /** Sends an ACK, which has no transaction. */
    void ack(SIPRequest ack, Hop hop) {
        ack.setApplicationData(hop);
        try {
            provider.sendRequest(ack);
        } catch (SipException | RuntimeException e) {
            log.info("sip.unsent method=ACK to={} why={}", hop, e.toString());
        }
    }

    void answer(ServerTransaction transaction, SIPResponse response) {
        try {
            transaction.sendResponse(response);
        } catch (SipException | javax.sip.InvalidArgumentException | RuntimeException e) {
            log.info("sip.unanswered status={} why={}", response.getStatusCode(), e.toString());
        }
    }

    /** Answers without a transaction: again, or to what is not worth one. */
    void answer(SIPResponse response) {
        try {
            provider.sendResponse(response);
        } catch (SipException | RuntimeException e) {
            log.info("sip.unanswered status={} why={}", response.getStatusCode(), e.toString());
        }
    }

    @Override
    public void close() {
        stack.stop();
    }
}
