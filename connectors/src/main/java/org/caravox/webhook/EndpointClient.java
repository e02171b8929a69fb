package org.caravox.webhook;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.caravox.deliveries.Outcome;
import org.caravox.outbound.AddressGuard;

/**
 * Calls endpoints without a thread that waits: guarded, without cookies, redirects or retries, and never longer than a
 * time in all.
 */
final class EndpointClient implements AutoCloseable {

    private static final Timeout CONNECT_WITHIN = Timeout.ofSeconds(5);
    private static final TimeValue IDLE = TimeValue.ofSeconds(10);

    private final CloseableHttpAsyncClient client;
    private final Duration within;

    /**
     * A client.
     *
     * @param tls         whom it trusts and how it shows who it is
     * @param connections how many at most
     * @param within      how long a call may take
     */
    EndpointClient(AddressGuard guard, SSLContext tls, int connections, Duration within) {
        this.within = within;
        this.client = HttpAsyncClients.custom()
                .setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
                        .setDnsResolver(guard)
                        .setTlsStrategy(ClientTlsStrategyBuilder.create()
                                .setSslContext(tls)
                                // the policy that it has by itself, BUILTIN, looks at no name in asynchronous clients
                                .setHostVerificationPolicy(HostnameVerificationPolicy.BOTH)
                                .buildAsync())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(CONNECT_WITHIN)
                                .setSocketTimeout(Timeout.of(within))
                                .build())
                        .setDefaultTlsConfig(TlsConfig.custom()
                                .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                                .setHandshakeTimeout(CONNECT_WITHIN)
                                .build())
                        .setMaxConnTotal(connections)
                        .setMaxConnPerRoute(connections)
                        .build())
                .setIOReactorConfig(IOReactorConfig.custom()
                        .setSoTimeout(Timeout.of(within))
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setRedirectsEnabled(false)
                        .setConnectionRequestTimeout(Timeout.of(within))
                        .setResponseTimeout(Timeout.of(within))
                        .build())
                .setUserAgent("Caravox")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableAuthCaching()
                .disableCookieManagement()
                .evictExpiredConnections()
                .evictIdleConnections(IDLE)
                .build();
        client.start();
    }

    /** Calls; what is longer than is kept of an answer is not read. */
    CompletableFuture<Answer> call(AsyncRequestProducer request) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Future<Answer> call = client.execute(
                request, new AnswerReader(Outcome.MOST_RESPONSE_BYTES, answer::complete), new FutureCallback<>() {
                    @Override
                    public void completed(Answer result) {
                        answer.complete(result);
                    }

                    @Override
                    public void failed(Exception failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void cancelled() {
                        answer.cancel(false);
                    }
                });
        return answer.orTimeout(within.toMillis(), TimeUnit.MILLISECONDS).whenComplete((result, failure) -> {
            if (!call.isDone()) {
                call.cancel(true);
            }
        });
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }
}
