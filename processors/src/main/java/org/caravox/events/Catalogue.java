package org.caravox.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** All types of events that the hub writes, each with a JSON Schema (2020-12) of its data and an example. */
public final class Catalogue {

    /**
     * One type.
     *
     * @param type        its name
     * @param description when it is written
     * @param schema      of the member {@code data} of its envelope
     * @param example     of the same
     */
    public record Entry(String type, String description, JsonNode schema, JsonNode example) {}

    private static final List<String> TYPES = List.of(
            "job.completed",
            "job.failed",
            "job.cancelled",
            "transcript.ready",
            "utterance.final",
            "call.started",
            "call.answered",
            "call.ended",
            "recording.saved",
            "usage.daily",
            "lead.scored",
            "endpoint.disabled");

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final ObjectMapper json;
    private final Clock clock;

    public Catalogue(ObjectMapper json, Clock clock) {
        this.json = json;
        this.clock = clock;
        TYPES.forEach(type -> entries.put(type, read(type)));
    }

    private Entry read(String type) {
        try (InputStream file = Catalogue.class.getResourceAsStream(type + ".json")) {
            return json.readValue(Objects.requireNonNull(file, type), Entry.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(type + ".json cannot be read", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of them. */
    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /** Their names. */
    public List<String> types() {
        return TYPES;
    }

    /**
     * Looks at the name of a type.
     *
     * @throws Refusal INVALID when there is no such type, listing those that there are
     */
    public String check(String type) {
        return entry(type).type();
    }

    private Entry entry(String type) {
        @Nullable Entry entry = entries.get(type);
        if (entry == null) {
            throw Refusal.invalid(
                    "event type \"" + type + "\" is not known: the types are " + String.join(", ", TYPES));
        }
        return entry;
    }

    /**
     * The envelope of an event of that type, with the example as its data and the time of now.
     *
     * @throws Refusal INVALID when there is no such type
     */
    public ObjectNode sample(String type) {
        return json.createObjectNode()
                .put("type", type)
                .put("timestamp", clock.instant().toString())
                .set("data", entry(type).example());
    }
}
