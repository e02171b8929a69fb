package org.caravox.jobs;

import java.util.Optional;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Handle;

/** Takes in once more a message that could not become a job. */
@FunctionalInterface
public interface MessageReplay {

    /** Of a hub that takes in no messages. */
    MessageReplay NONE = (handle, message) -> Optional.of(new Refusal(
            Refusal.Reason.CONFLICT,
            "message " + message.id() + " cannot be replayed: this hub takes in nothing from " + message.source()));

    /**
     * Takes it in, as part of the transaction in which it ceases to be a dead letter.
     *
     * @return why it cannot become a job this time either; empty when it has become one
     */
    Optional<Refusal> replay(Handle handle, RefusedMessage message);
}
