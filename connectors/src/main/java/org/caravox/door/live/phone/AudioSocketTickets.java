package org.caravox.door.live.phone;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.caravox.tenants.Caller;

/**
 * Says whose an AudioSocket is. The protocol carries nothing but a UUID: so a call gets one for itself, with an API key,
 * before it connects. It holds for one connection to this hub, for a minute.
 */
public final class AudioSocketTickets {

    /** How long a UUID may wait for its connection. */
    public static final Duration VALID = Duration.ofMinutes(1);

    private static final int MOST = 10_000;

    /** Whose a call is, and what is wished of its stream. */
    record Ticket(Caller caller, Map<String, String> wishes) {}

    private final Cache<UUID, Ticket> tickets;

    public AudioSocketTickets() {
        this(Ticker.systemTicker());
    }

    AudioSocketTickets(Ticker ticker) {
        this.tickets = Caffeine.newBuilder()
                .expireAfterWrite(VALID)
                .maximumSize(MOST)
                .ticker(ticker)
                .build();
    }

    /**
     * A UUID for one call.
     *
     * @param wishes of its stream, by the names of {@link PhoneStart#WISHES}; others are kept with the transcript
     */
    public UUID issue(Caller caller, Map<String, String> wishes) {
        UUID id = UUID.randomUUID();
        tickets.put(id, new Ticket(caller, Map.copyOf(wishes)));
        return id;
    }

    /** Whose it is, once. */
    Optional<Ticket> take(UUID id) {
        return Optional.ofNullable(tickets.asMap().remove(id));
    }
}
