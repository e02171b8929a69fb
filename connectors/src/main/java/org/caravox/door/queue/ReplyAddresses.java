package org.caravox.door.queue;

import java.util.Optional;
import java.util.regex.Pattern;
import org.caravox.jobs.Broker;
import org.caravox.jobs.QueueMessage;
import org.caravox.jobs.RefusedMessages.ReplyTo;
import org.caravox.requests.Refusal;

/**
 * Where senders are answered: in a queue or topic whose name begins with a prefix and their tenant's name, so that
 * nobody writes into another's.
 */
public final class ReplyAddresses {

    private static final Pattern REST = Pattern.compile("(\\.[A-Za-z0-9._-]{1,128})?");

    private final String prefix;
    private final String usualTopic;

    /**
     * Addresses.
     *
     * @param prefix     like {@code caravox.reply.}
     * @param usualTopic where replies to Kafka's messages go that name no topic; empty is nowhere
     */
    public ReplyAddresses(String prefix, String usualTopic) {
        this.prefix = prefix;
        this.usualTopic = usualTopic;
    }

    /**
     * Where this one is answered; empty when its sender does not want it.
     *
     * @param messageId by which the sender knows the reply, unless the message has a correlation id
     * @throws Refusal FORBIDDEN for an address that is not the tenant's
     */
    Optional<ReplyTo> of(QueueMessage message, String tenant, String messageId) {
        boolean kafka = message.broker() == Broker.KAFKA;
        Optional<String> named = message.header(kafka ? IntakeHeaders.REPLY_TOPIC : IntakeHeaders.REPLY_TO);
        named.ifPresent(address -> check(address, tenant, kafka));
        Optional<String> usual = Optional.of(usualTopic).filter(topic -> kafka && !topic.isEmpty());
        String key = message.header(IntakeHeaders.CORRELATION_ID).orElse(messageId);
        return named.or(() -> usual).map(address -> new ReplyTo(message.broker(), address, key));
    }

    private void check(String address, String tenant, boolean kafka) {
        String own = prefix + tenant;
        if (!address.startsWith(own)
                || !REST.matcher(address.substring(own.length())).matches()) {
            throw new Refusal(
                    Refusal.Reason.FORBIDDEN,
                    (kafka ? IntakeHeaders.REPLY_TOPIC : "reply-to") + " must be " + own + " or begin with " + own
                            + ". (letters, digits, dots, dashes and underscores)");
        }
    }
}
