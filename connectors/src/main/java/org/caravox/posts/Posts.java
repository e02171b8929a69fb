package org.caravox.posts;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;
import org.caravox.deliveries.ParkedDelivery;
import org.caravox.outbound.AddressGuard;
import org.caravox.outbound.GuardedClient;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;

/** Posts JSON through the guarded client, and decides what an answer means: done, tried again, or never again. */
public final class Posts {

    private static final int MOST_BYTES = 1024 * 1024;

    /** What was answered: the body of a 2xx. */
    @SuppressWarnings("ArrayRecordComponent") // read once, by the step that asked
    record Answered(int status, byte[] body, Optional<Duration> retryAfter) {}

    private final GuardedClient client;
    private final AddressGuard guard;
    private final Function<String, Optional<String>> secrets;
    private final Clock clock;

    /** @param secrets by name; empty when there is none */
    public Posts(GuardedClient client, AddressGuard guard, Function<String, Optional<String>> secrets, Clock clock) {
        this.client = client;
        this.guard = guard;
        this.secrets = secrets;
        this.clock = clock;
    }

    /**
     * A secret.
     *
     * @throws IllegalStateException when there is none, with what to write
     */
    String secret(String name) {
        return secrets.apply(name)
                .orElseThrow(() -> new IllegalStateException(
                        "there is no secret \"" + name + "\", or it is empty: write caravox.secrets." + name));
    }

    Clock clock() {
        return clock;
    }

    /**
     * Posts.
     *
     * @param what the parameter that named the address, for messages
     * @return the body of the answer; at most 1 MB of it
     * @throws Refusal        UNREACHABLE, TIMED_OUT or OVERLOADED when it may work another time, INVALID for an address
     *                        that may not be called
     * @throws ParkedDelivery when the other side refuses what was sent
     */
    byte[] post(String what, String address, byte[] body, Map<String, String> headers, Duration within)
            throws InterruptedException {
        URI url = guard.check(what, address);
        HttpPost post = new HttpPost(url);
        post.setConfig(RequestConfig.custom()
                .setRedirectsEnabled(false)
                .setConnectionRequestTimeout(Timeout.of(within))
                .setResponseTimeout(Timeout.of(within))
                .build());
        headers.forEach(post::setHeader);
        post.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        Answered answered = client.call(what, post, Deadline.in(within, clock), Posts::read);
        return judged(what, url.getHost(), answered);
    }

    private static Answered read(ClassicHttpResponse response) throws IOException {
        byte[] body = new byte[0];
        if (response.getEntity() != null) {
            try (InputStream in = response.getEntity().getContent()) {
                body = in.readNBytes(MOST_BYTES);
            }
        }
        Header wait = response.getFirstHeader("Retry-After");
        return new Answered(
                response.getCode(),
                body,
                Optional.ofNullable(wait)
                        .map(Header::getValue)
                        .filter(seconds -> seconds.matches("\\d{1,6}"))
                        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds))));
    }

    private static byte[] judged(String what, String host, Answered answered) {
        int status = answered.status();
        if (status >= 200 && status <= 299) {
            return answered.body();
        }
        String said = what + ": " + host + " answered " + status;
        if (status >= 500 || status == 408 || status == 425 || status == 429) {
            throw new Refusal(
                    Refusal.Reason.OVERLOADED, said, answered.retryAfter().orElse(null), null);
        }
        throw new ParkedDelivery(status < 400 ? said + ": redirects are not followed" : said);
    }
}
