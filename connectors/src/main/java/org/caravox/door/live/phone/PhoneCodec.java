package org.caravox.door.live.phone;

import java.util.Optional;
import org.caravox.live.LiveEvent;

/** One platform's protocol on one connection: it reads what the platform sends, and writes what it takes. */
public interface PhoneCodec {

    /**
     * Reads a text message.
     *
     * @throws org.caravox.requests.Refusal when the platform does not speak its protocol; the connection is closed
     */
    void text(String message, PhoneLine line);

    /**
     * Reads a binary message.
     *
     * @throws org.caravox.requests.Refusal when the platform does not speak its protocol; the connection is closed
     */
    void binary(byte[] message, PhoneLine line);

    /** How the platform is told of something; empty where it has no message for that. */
    default Optional<String> told(LiveEvent event) {
        return Optional.empty();
    }
}
