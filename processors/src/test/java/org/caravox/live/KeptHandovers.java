package org.caravox.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Sessions that are left for other hubs, as the JSON that a database would keep. */
public final class KeptHandovers implements Handovers {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Map<UUID, String> kept = new ConcurrentHashMap<>();

    @Override
    public void keep(LiveHandover handover) {
        try {
            kept.put(handover.request().id(), JSON.writeValueAsString(handover));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Optional<LiveHandover> claim(String tenant, UUID id) {
        return Optional.ofNullable(kept.remove(id)).map(KeptHandovers::read);
    }

    private static LiveHandover read(String json) {
        try {
            return JSON.readValue(json, LiveHandover.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
