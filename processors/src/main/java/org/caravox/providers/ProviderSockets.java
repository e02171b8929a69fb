package org.caravox.providers;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.caravox.requests.Patience;

/** The way out to providers that are spoken with over WebSockets (RFC 6455). */
@FunctionalInterface
public interface ProviderSockets {

    /**
     * Whom to connect to.
     *
     * @param provider     its name, for failures
     * @param uri          {@code ws}, {@code wss}, {@code http} or {@code https}, with its query; it holds no secret
     * @param headers      of the handshake, with the credential; never logged
     * @param subprotocols that are offered, the best first; empty is none
     */
    record SocketCall(String provider, URI uri, Map<String, String> headers, List<String> subprotocols) {
        public SocketCall {
            headers = Map.copyOf(headers);
            subprotocols = List.copyOf(subprotocols);
        }

        @Override
        public String toString() {
            return "SocketCall[" + provider + "]";
        }
    }

    /** Whoever listens to a socket; told on its loop, in order, nothing after the end. */
    interface Listener {

        /** It is open; told before anything else. */
        void opened(ProviderSocket socket);

        /** A whole text message came. */
        void text(String message);

        /** A whole binary message came. */
        void binary(byte[] message);

        /** It takes messages again after {@link ProviderSocket#isFull()}. */
        void writable();

        /**
         * The provider closed it. Nothing follows.
         *
         * @param code as in RFC 6455 §7.4; 1005 when none was told
         */
        void closed(int code, String reason);

        /** The connection broke, or the other side says nothing any more. Nothing follows. */
        void broken(IOException why);
    }

    /**
     * Connects, and returns once the handshake is done. What has come by then may have been told already.
     *
     * @param patience how long it may take; it is called off when the caller hangs up
     * @param loop     one thread, on which the listener is told; the event loop of the one who implements this is best
     * @throws ProviderFailure when the provider refuses the handshake: the same as for an HTTP answer
     * @throws IOException     when it cannot be reached, does not answer in time or breaks off
     */
    ProviderSocket open(SocketCall call, Patience patience, Listener listener, ScheduledExecutorService loop)
            throws IOException, InterruptedException;
}
