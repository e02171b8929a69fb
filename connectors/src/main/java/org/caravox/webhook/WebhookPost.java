package org.caravox.webhook;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.time.Clock;
import java.time.Duration;
import org.apache.camel.Body;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.caravox.jobs.CallbackForm;
import org.caravox.jobs.Notifications.Notification;
import org.caravox.outbound.GuardedClient;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;

/** Tells a webhook how a job ended, signed as Standard Webhooks 1.0 says, anew for each attempt. */
public final class WebhookPost {

    private static final Duration WITHIN = Duration.ofSeconds(15);
    private static final String FIELD = "webhookUrl";

    private final GuardedClient client;
    private final Clock clock;

    /** @param client one that follows no redirects */
    public WebhookPost(GuardedClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Posts it.
     *
     * @throws Refusal UNREACHABLE or TIMED_OUT when the webhook did not answer with a 2xx status
     */
    public void post(@Body Notification notification)
            throws EmptyWebhookSecretException, WebhookSigningException, InterruptedException {
        String id = notification.id();
        long timestamp = clock.instant().getEpochSecond();
        CallbackForm.Call message = notification.message();
        HttpUriRequestBase post = new HttpUriRequestBase(message.method(), notification.url());
        message.headers().forEach(post::setHeader);
        post.setHeader("webhook-id", id);
        post.setHeader("webhook-timestamp", Long.toString(timestamp));
        post.setHeader("webhook-signature", new Webhook(notification.secret()).sign(id, timestamp, message.body()));
        post.setEntity(new StringEntity(message.body(), ContentType.APPLICATION_JSON));
        int status = client.call(FIELD, post, Deadline.in(WITHIN, clock), response -> {
            int code = response.getCode();
            post.cancel();
            return code;
        });
        if (status / 100 != 2) {
            throw new Refusal(Refusal.Reason.UNREACHABLE, FIELD + " answered with HTTP status " + status);
        }
    }
}
