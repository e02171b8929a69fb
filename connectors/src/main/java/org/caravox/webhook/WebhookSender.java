package org.caravox.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ExchangeProperty;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;
import org.caravox.deliveries.Delivery;
import org.caravox.deliveries.DeliverySettings;
import org.caravox.deliveries.Fault;
import org.caravox.deliveries.Outcome;
import org.caravox.deliveries.Target;
import org.caravox.outbound.AddressGuard;
import org.caravox.outbound.Trust;
import org.jspecify.annotations.Nullable;

/**
 * Posts messages to webhooks, signed as Standard Webhooks 1.0 says, anew for each attempt. No thread waits for an answer.
 */
public final class WebhookSender implements AutoCloseable {

    private static final int UNAUTHORIZED = 401;
    private static final int DNS_THREADS = 16;
    private static final int CLIENTS_WITH_CERTIFICATE = 100;
    private static final Duration ADDRESS_KEPT = Duration.ofSeconds(20);
    private static final Set<String> OURS = Set.of("host", "content-length", "transfer-encoding", "connection");

    private final DeliverySettings settings;
    private final ObjectMapper json;
    private final Clock clock;
    private final AddressGuard guard;
    private final EndpointClient usual;
    private final LoadingCache<JsonNode, EndpointClient> withCertificate;
    private final AccessTokens tokens;
    private final ExecutorService names = Executors.newFixedThreadPool(DNS_THREADS, work -> {
        Thread thread = new Thread(work, "deliveries-dns");
        thread.setDaemon(true);
        return thread;
    });
    /** Names are looked up before a connection is asked for, so that a slow name server keeps nobody else waiting. */
    private final AsyncCache<String, Boolean> known = Caffeine.newBuilder()
            .expireAfterWrite(ADDRESS_KEPT)
            .maximumSize(10_000)
            .buildAsync();

    /**
     * A sender.
     *
     * @param guard decides on the addresses that are connected to
     * @param trust decides on the certificates that are shown to us
     */
    public WebhookSender(AddressGuard guard, Trust trust, DeliverySettings settings, ObjectMapper json, Clock clock) {
        this.guard = guard;
        this.settings = settings;
        this.json = json;
        this.clock = clock;
        this.usual = new EndpointClient(guard, trust.context(), settings.inFlight(), settings.timeout());
        this.withCertificate = Caffeine.newBuilder()
                .maximumSize(CLIENTS_WITH_CERTIFICATE)
                .evictionListener(
                        (@Nullable JsonNode auth, @Nullable EndpointClient client, RemovalCause cause) -> close(client))
                .build(auth -> new EndpointClient(
                        guard,
                        ClientTls.of(
                                auth.path("certificate").asText(),
                                auth.path("key").asText(),
                                trust),
                        settings.laneInFlight(),
                        settings.timeout()));
        this.tokens = new AccessTokens(json, usual::call);
    }

    private void close(@Nullable EndpointClient client) {
        if (client != null) {
            // Its last calls may still be under way.
            CompletableFuture.delayedExecutor(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                    .execute(client::close);
        }
    }

    /**
     * Posts a message.
     *
     * @return what came of it; it never fails
     */
    public CompletionStage<Outcome> send(@ExchangeProperty("delivery") Delivery delivery) {
        return sendAt(delivery, clock.instant());
    }

    /** The same, signed with a given time. */
    public CompletionStage<Outcome> sendAt(
            @ExchangeProperty("delivery") Delivery delivery, @ExchangeProperty("signedAt") Instant at) {
        Target target = delivery.target();
        if (target == null) {
            return CompletableFuture.completedFuture(Outcome.failed(Fault.HUB, "the endpoint has no address"));
        }
        String host = target.url().getHost();
        if (settings.httpsOnly()
                && delivery.endpoint() != null
                && !"https".equalsIgnoreCase(target.url().getScheme())) {
            return CompletableFuture.completedFuture(
                    Outcome.failed(Fault.ADDRESS, "the address must begin with https://"));
        }
        JsonNode auth = auth(target);
        return known.get(host, (name, executor) -> lookUp(name, names))
                .thenCompose(done -> attempt(delivery, target, at, auth))
                .thenCompose(answer -> answer.status() == UNAUTHORIZED && oauth(auth)
                        ? again(delivery, target, at, auth)
                        : CompletableFuture.completedFuture(answer))
                .orTimeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .handle((answer, failure) -> failure == null
                        ? Outcome.answered(answer.status(), answer.body(), answer.wait(clock))
                        : Troubles.of(host, failure));
    }

    private CompletableFuture<Answer> again(Delivery delivery, Target target, Instant at, JsonNode auth) {
        tokens.forget(auth);
        return attempt(delivery, target, at, auth);
    }

    private CompletableFuture<Boolean> lookUp(String host, Executor on) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return guard.resolve(host).length > 0;
                    } catch (UnknownHostException e) {
                        throw new CompletionException(e);
                    }
                },
                on);
    }

    private CompletableFuture<Answer> attempt(Delivery delivery, Target target, Instant at, JsonNode auth) {
        try {
            if (oauth(auth)) {
                return tokens.get(auth)
                        .thenCompose(token ->
                                usual.call(request(delivery, target, at, Map.of("Authorization", "Bearer " + token))));
            }
            EndpointClient client = mutual(auth) ? withCertificate.get(auth) : usual;
            return client.call(request(delivery, target, at, Map.of()));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private AsyncRequestProducer request(Delivery delivery, Target target, Instant at, Map<String, String> further) {
        AsyncRequestBuilder request =
                AsyncRequestBuilder.create(target.method()).setUri(target.url());
        target.signedHeaders(delivery.message(), at).forEach((name, value) -> {
            if (!OURS.contains(name.toLowerCase(Locale.ROOT)) && !name.equals("Content-Type")) {
                request.setHeader(name, value);
            }
        });
        further.forEach(request::setHeader);
        return request.setEntity(target.body(), ContentType.create(target.mediaType(), StandardCharsets.UTF_8))
                .build();
    }

    private JsonNode auth(Target target) {
        if (target.auth() == null) {
            return json.nullNode();
        }
        try {
            return json.readTree(target.auth());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what is stored is JSON", e);
        }
    }

    private static boolean oauth(JsonNode auth) {
        return auth.path("type").asText().equals("oauth2");
    }

    private static boolean mutual(JsonNode auth) {
        return auth.path("type").asText().equals("mtls");
    }

    @Override
    public void close() {
        names.shutdownNow();
        usual.close();
        withCertificate.asMap().values().forEach(EndpointClient::close);
    }
}
