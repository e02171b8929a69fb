package org.caravox.door.live.phone;

import java.util.Optional;
import java.util.UUID;
import org.caravox.tenants.Caller;

/**
 * What is known of a connection before its first message.
 *
 * @param id        names the session that it becomes
 * @param door      where it came in, as requests name it
 * @param caller    whose it is, if its handshake said so; otherwise its first message has to
 * @param url       the address that was called, as the platform was given it; it may hold a key
 * @param signature the header {@code X-Twilio-Signature}
 */
public record PhoneHandshake(UUID id, String door, Optional<Caller> caller, String url, Optional<String> signature) {

    /** Without the address. */
    @Override
    public String toString() {
        return "PhoneHandshake[id=" + id + ", door=" + door + "]";
    }
}
