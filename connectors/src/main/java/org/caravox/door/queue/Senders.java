package org.caravox.door.queue;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.caravox.jobs.QueueMessage;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Tenants;

/**
 * Whose messages they are: RabbitMQ vouches for its user (the property {@code user-id}), or the tenant has signed the
 * message with its webhook secret, as Standard Webhooks 1.0 says. How long a message waits in a queue is nobody's fault,
 * so that a signature does not grow old; a message that is sent again is the same job by its id.
 */
public final class Senders {

    private final Map<String, String> users;
    private final Tenants tenants;

    /** @param users the tenants of RabbitMQ's users */
    public Senders(Map<String, String> users, Tenants tenants) {
        this.users = Map.copyOf(users);
        this.tenants = tenants;
    }

    /**
     * The tenant who sent it.
     *
     * @throws Refusal UNAUTHENTICATED
     */
    String tenant(QueueMessage message) {
        Optional<String> named = message.header(IntakeHeaders.TENANT);
        Optional<String> user = message.header(IntakeHeaders.USER).map(users::get);
        if (user.isEmpty()) {
            return signed(
                    message,
                    named.orElseThrow(() -> refused(
                            "it does not say whose it is: set the property user-id, or sign it and name the tenant in the header "
                                    + IntakeHeaders.TENANT)));
        }
        if (!user.equals(named.or(() -> user))) {
            throw refused("its user-id is of tenant " + user.get() + ", its header " + IntakeHeaders.TENANT
                    + " names another");
        }
        return user.get();
    }

    private String signed(QueueMessage message, String tenant) {
        String id = signedHeader(message, IntakeHeaders.WEBHOOK_ID);
        String timestamp = signedHeader(message, IntakeHeaders.TIMESTAMP);
        String signatures = signedHeader(message, IntakeHeaders.SIGNATURE);
        boolean right = tenants.secretOf(tenant)
                .map(secret -> sign(secret, id, timestamp, message.text()))
                .filter(expected -> Arrays.stream(signatures.split(" ", -1)).anyMatch(given -> same(expected, given)))
                .isPresent();
        if (!right) {
            throw refused("its " + IntakeHeaders.SIGNATURE
                    + " is not what the secret of the tenant that it names makes of its id, timestamp and body");
        }
        return tenant;
    }

    private static String signedHeader(QueueMessage message, String name) {
        return message.header(name)
                .orElseThrow(() -> refused("it has neither a user-id that is a tenant's nor the header " + name));
    }

    private static String sign(String secret, String id, String timestamp, String body) {
        try {
            return new Webhook(secret).sign(id, Long.parseLong(timestamp), body);
        } catch (NumberFormatException e) {
            throw refused(IntakeHeaders.TIMESTAMP + " must be seconds since 1970");
        } catch (EmptyWebhookSecretException | WebhookSigningException e) {
            throw new IllegalStateException("a tenant's secret signs nothing", e);
        }
    }

    private static boolean same(String expected, String given) {
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.US_ASCII), given.getBytes(StandardCharsets.UTF_8));
    }

    private static Refusal refused(String why) {
        return new Refusal(Refusal.Reason.UNAUTHENTICATED, why);
    }
}
