package org.caravox.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.entity.mime.ByteArrayBody;
import org.apache.hc.client5.http.entity.mime.ContentBody;
import org.apache.hc.client5.http.entity.mime.FileBody;
import org.apache.hc.client5.http.entity.mime.FormBodyPartBuilder;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.client5.http.entity.mime.StringBody;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.FileEntity;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.caravox.providers.ProviderAnswer;
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderCall.Bytes;
import org.caravox.providers.ProviderCall.Content;
import org.caravox.providers.ProviderCall.FileContent;
import org.caravox.providers.ProviderCall.Form;
import org.caravox.providers.ProviderCall.Part;
import org.caravox.providers.ProviderHttp;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.jspecify.annotations.Nullable;

/**
 * Calls providers, whose addresses the operator has set: with connections kept open, without cookies, redirects or
 * retries. An answer that is closed before its end breaks the connection.
 */
public final class ProviderClient implements ProviderHttp, AutoCloseable {

    private static final int CONNECTIONS = 4_096;
    private static final int CONNECTIONS_A_HOST = 1_024;
    private static final Timeout CONNECT_WITHIN = Timeout.ofSeconds(5);

    private final CloseableHttpClient client;
    private final ScheduledThreadPoolExecutor alarms = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "provider-deadlines");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * A client.
     *
     * @param trust decides on the certificates that are shown to us
     * @param idle  how long an unused connection is kept
     */
    public ProviderClient(Trust trust, Duration idle) {
        alarms.setRemoveOnCancelPolicy(true);
        ConnectionConfig connections = ConnectionConfig.custom()
                .setConnectTimeout(CONNECT_WITHIN)
                .setTimeToLive(TimeValue.ofMinutes(10))
                .setValidateAfterInactivity(TimeValue.ofSeconds(2))
                .build();
        this.client = HttpClientBuilder.create()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setTlsSocketStrategy(ClientTlsStrategyBuilder.create()
                                .setSslContext(trust.context())
                                .buildClassic())
                        .setDefaultConnectionConfig(connections)
                        .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                        .setMaxConnTotal(CONNECTIONS)
                        .setMaxConnPerRoute(CONNECTIONS_A_HOST)
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setRedirectsEnabled(false)
                        .setExpectContinueEnabled(false)
                        .build())
                .setUserAgent("Caravox")
                .evictIdleConnections(TimeValue.of(idle))
                .disableAuthCaching()
                .disableAutomaticRetries()
                .disableContentCompression()
                .disableCookieManagement()
                .disableRedirectHandling()
                .build();
    }

    @Override
    public ProviderAnswer send(ProviderCall call, Patience patience) throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase(call.method(), call.uri());
        call.headers().forEach(request::setHeader);
        request.setEntity(entity(call.body()));
        Duration left = patience.deadline().left();
        if (left.isZero()) {
            throw new InterruptedIOException("the deadline has passed");
        }
        request.setConfig(RequestConfig.custom()
                .setRedirectsEnabled(false)
                .setConnectionRequestTimeout(Timeout.of(left))
                .setResponseTimeout(Timeout.of(left))
                .build());
        Alarm alarm = new Alarm(request, patience);
        alarm.set(left);
        HangUp.Interest interest = patience.hangUp().whenHungUp(request::cancel);
        try {
            ClassicHttpResponse response = client.executeOpen(HttpHost.create(call.uri()), request, null);
            return new Answer(request, response, alarm, interest);
        } catch (IOException | RuntimeException e) {
            alarm.cancel();
            interest.close();
            if (e instanceof IllegalStateException && request.isCancelled()) { // cut while it connected
                throw (IOException) new InterruptedIOException("the call was called off").initCause(e);
            }
            throw e;
        }
    }

    private static @Nullable HttpEntity entity(Content content) {
        if (content instanceof Bytes bytes) {
            return new ByteArrayEntity(bytes.bytes(), ContentType.parse(bytes.contentType()));
        }
        if (content instanceof FileContent file) {
            return new FileEntity(file.file().toFile(), ContentType.parse(file.contentType()));
        }
        return content instanceof Form form ? form(form) : null;
    }

    private static HttpEntity form(Form form) {
        MultipartEntityBuilder builder = MultipartEntityBuilder.create();
        for (Part part : form.parts()) {
            builder.addPart(FormBodyPartBuilder.create(part.name(), body(part)).build());
        }
        return builder.build();
    }

    private static ContentBody body(Part part) {
        if (part.content() instanceof FileContent file) {
            return new FileBody(file.file().toFile(), ContentType.parse(file.contentType()), part.fileName());
        }
        Bytes bytes = (Bytes) part.content();
        ContentType type = ContentType.parse(bytes.contentType());
        return part.fileName() != null
                ? new ByteArrayBody(bytes.bytes(), type, part.fileName())
                : new StringBody(new String(bytes.bytes(), StandardCharsets.UTF_8), type);
    }

    @Override
    public void close() throws IOException {
        alarms.shutdownNow();
        client.close();
    }

    /** Cuts a call at its deadline, wherever that has been put off to by then. */
    private final class Alarm implements Runnable {
        private final HttpUriRequestBase request;
        private final Patience patience;
        private @Nullable Future<?> due;
        private boolean cancelled;

        Alarm(HttpUriRequestBase request, Patience patience) {
            this.request = request;
            this.patience = patience;
        }

        synchronized void set(Duration in) {
            if (!cancelled) {
                due = alarms.schedule(this, in.toMillis() + 1, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void run() {
            Duration left = patience.deadline().left();
            if (left.isZero()) {
                request.cancel();
            } else {
                set(left);
            }
        }

        synchronized void cancel() {
            cancelled = true;
            if (due != null) {
                due.cancel(false);
            }
        }
    }

    private static final class Answer implements ProviderAnswer {
        private final HttpUriRequestBase request;
        private final ClassicHttpResponse response;
        private final Alarm alarm;
        private final HangUp.Interest interest;
        private @Nullable Counted body;

        Answer(HttpUriRequestBase request, ClassicHttpResponse response, Alarm alarm, HangUp.Interest interest) {
            this.request = request;
            this.response = response;
            this.alarm = alarm;
            this.interest = interest;
        }

        @Override
        public int status() {
            return response.getCode();
        }

        @Override
        public Optional<String> header(String name) {
            return Optional.ofNullable(response.getFirstHeader(name)).map(Header::getValue);
        }

        @Override
        public InputStream body() throws IOException {
            Counted known = body;
            if (known == null) {
                HttpEntity entity = response.getEntity();
                known = new Counted(entity == null ? InputStream.nullInputStream() : entity.getContent());
                body = known;
            }
            return known;
        }

        @Override
        public void close() {
            alarm.cancel();
            interest.close();
            boolean whole = response.getEntity() == null || (body != null && body.ended);
            if (!whole) {
                request.cancel();
            }
            try {
                response.close();
            } catch (IOException e) {
                request.cancel();
            }
        }
    }

    /** Knows whether it was read to its end. */
    private static final class Counted extends java.io.FilterInputStream {
        private boolean ended;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = in.read();
            ended |= one < 0;
            return one;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = in.read(into, offset, length);
            ended |= count < 0;
            return count;
        }
    }
}
