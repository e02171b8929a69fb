package org.caravox.outbound;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.apache.hc.core5.util.Timeout;
import org.caravox.outbound.AddressGuard.ForbiddenAddress;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;

/** Calls addresses that customers named: guarded, without cookies or credentials, and never longer than a deadline. */
public final class GuardedClient implements AutoCloseable {

    private static final int CONNECTIONS = 200;
    private static final int CONNECTIONS_A_HOST = 50;
    private static final int REDIRECTS = 5;

    private final CloseableHttpClient client;
    private final ScheduledExecutorService alarms = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "outbound-deadlines");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * A client that follows redirects, each through the guard.
     *
     * @param trust   decides on the certificates that are shown to us
     * @param silence how long the other side may say nothing
     */
    public GuardedClient(AddressGuard guard, Trust trust, Duration silence) {
        ConnectionConfig connections = ConnectionConfig.custom()
                .setConnectTimeout(Timeout.ofSeconds(5))
                .setSocketTimeout(Timeout.of(silence))
                .build();
        RequestConfig requests = RequestConfig.custom()
                .setMaxRedirects(REDIRECTS)
                .setResponseTimeout(Timeout.of(silence))
                .setConnectionRequestTimeout(Timeout.of(silence))
                .build();
        this.client = HttpClientBuilder.create()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(guard)
                        .setTlsSocketStrategy(ClientTlsStrategyBuilder.create()
                                .setSslContext(trust.context())
                                .buildClassic())
                        .setDefaultConnectionConfig(connections)
                        .setMaxConnTotal(CONNECTIONS)
                        .setMaxConnPerRoute(CONNECTIONS_A_HOST)
                        .build())
                .setDefaultRequestConfig(requests)
                .setUserAgent("Caravox")
                .disableAuthCaching()
                .disableAutomaticRetries()
                .disableContentCompression()
                .disableCookieManagement()
                .build();
    }

    /**
     * Calls, and reads the answer with a handler; at the deadline the connection is cut, whatever it is doing.
     *
     * @param what the field that named the address, for messages
     * @throws Refusal INVALID for a forbidden address, UNREACHABLE or TIMED_OUT when the other side does not answer
     */
    public <T> T call(String what, HttpUriRequestBase request, Deadline deadline, HttpClientResponseHandler<T> handler)
            throws InterruptedException {
        Future<?> alarm =
                alarms.schedule(request::cancel, Math.max(1, deadline.left().toMillis()), TimeUnit.MILLISECONDS);
        try {
            return client.execute(request, handler);
        } catch (ForbiddenAddress e) {
            throw Refusal.invalid(what + " must be a public address: " + e.getMessage());
        } catch (UnknownHostException e) {
            throw unreachable(what + ": the host " + host(request) + " is not known", e);
        } catch (ClientProtocolException e) {
            throw Refusal.invalid(what + ": " + host(request) + " redirects in circles, or to what is not http");
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException(what + ": called off");
            }
            throw deadline.passed() || e instanceof InterruptedIOException
                    ? new Refusal(
                            Refusal.Reason.TIMED_OUT, what + ": " + host(request) + " did not answer in time", null, e)
                    : unreachable(what + ": " + host(request) + " could not be read (" + kind(e) + ")", e);
        } finally {
            alarm.cancel(false);
        }
    }

    private static Refusal unreachable(String message, Exception cause) {
        return new Refusal(Refusal.Reason.UNREACHABLE, message, null, cause);
    }

    private static String host(HttpUriRequestBase request) {
        try {
            URI uri = request.getUri();
            return uri.getHost();
        } catch (java.net.URISyntaxException e) {
            return "the host";
        }
    }

    private static String kind(IOException failure) {
        return failure.getClass().getSimpleName().replaceFirst("Exception$", "");
    }

    @Override
    public void close() throws IOException {
        alarms.shutdownNow();
        client.close();
    }
}
