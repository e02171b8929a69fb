package org.caravox.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;

/** OAuth 2.0 client credentials (RFC 6749, 4.4): a token is kept until shortly before it expires. */
final class AccessTokens {

    private static final int MOST = 1_000;
    private static final Duration USUALLY = Duration.ofMinutes(5);
    private static final Duration SLACK = Duration.ofSeconds(30);

    private record Token(String value, Duration lasts) {}

    private final AsyncCache<JsonNode, Token> tokens = Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfter(Expiry.<JsonNode, Token>creating((auth, token) -> token.lasts()))
            .buildAsync();
    private final ObjectMapper json;
    private final Function<AsyncRequestProducer, CompletableFuture<Answer>> client;

    /** @param client calls addresses that tenants name */
    AccessTokens(ObjectMapper json, Function<AsyncRequestProducer, CompletableFuture<Answer>> client) {
        this.json = json;
        this.client = client;
    }

    /** A token for an endpoint; it fails with {@link CannotSignIn} when there is none to be had. */
    CompletableFuture<String> get(JsonNode auth) {
        return tokens.get(auth, (key, executor) -> fetch(key)).thenApply(Token::value);
    }

    /** It is not accepted any more. */
    void forget(JsonNode auth) {
        tokens.synchronous().invalidate(auth);
    }

    private CompletableFuture<Token> fetch(JsonNode auth) {
        URI url = URI.create(auth.path("tokenUrl").asText());
        Map<String, String> form = new LinkedHashMap<>(Map.of("grant_type", "client_credentials"));
        if (auth.hasNonNull("scope")) {
            form.put("scope", auth.path("scope").asText());
        }
        String client = encoded(auth.path("clientId").asText()) + ":"
                + encoded(auth.path("clientSecret").asText());
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return this.client
                .apply(AsyncRequestBuilder.post(url)
                        .setHeader(
                                "Authorization",
                                "Basic " + Base64.getEncoder().encodeToString(client.getBytes(StandardCharsets.UTF_8)))
                        .setHeader("Accept", "application/json")
                        .setEntity(body, ContentType.APPLICATION_FORM_URLENCODED)
                        .build())
                .handle((answer, failure) -> {
                    if (failure != null) {
                        throw new CannotSignIn("no token could be had: "
                                + Troubles.of(url.getHost(), failure).error());
                    }
                    return token(url, answer);
                });
    }

    private Token token(URI url, Answer answer) {
        if (answer.status() != 200) {
            throw new CannotSignIn(
                    "no token could be had: " + url.getHost() + " answered with HTTP status " + answer.status());
        }
        try {
            JsonNode told = json.readTree(answer.body());
            if (told.path("access_token").isTextual()) {
                Duration lasts = Duration.ofSeconds(told.path("expires_in").asLong(USUALLY.toSeconds()));
                return new Token(
                        told.path("access_token").asText(),
                        lasts.compareTo(SLACK) > 0 ? lasts.minus(SLACK) : Duration.ofSeconds(1));
            }
        } catch (JsonProcessingException e) {
            throw new CannotSignIn("no token could be had: " + url.getHost() + " answered something else than JSON");
        }
        throw new CannotSignIn("no token could be had: " + url.getHost() + " answered without access_token");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
