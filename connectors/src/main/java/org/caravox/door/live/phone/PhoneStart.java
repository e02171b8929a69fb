package org.caravox.door.live.phone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.caravox.audio.RawAudio;
import org.jspecify.annotations.Nullable;

/**
 * What a platform says when a call's audio begins.
 *
 * @param audio  the form of its audio
 * @param key    the API key, on platforms that can put it nowhere else; it is in nothing else here
 * @param wishes what is wished of the stream, by the names of {@link #WISHES}
 * @param call   what the platform tells of the call: its ids, and the parameters that mean nothing here
 */
public record PhoneStart(RawAudio audio, @Nullable String key, Map<String, String> wishes, ObjectNode call) {

    /** What may be wished, as query parameters of the address or as the platform's own parameters of a call. */
    public static final Set<String> WISHES =
            Set.of("language", "model", "provider", "userId", "interim_results", "record", "agent", "number");

    private static final String KEY = "key";

    public PhoneStart {
        wishes = Map.copyOf(wishes);
    }

    /**
     * Takes the key and the wishes out of what the platform passes on; the rest becomes part of {@code call}.
     *
     * @param query      of the address, in which no key is looked for; it yields to the parameters
     * @param parameters what whoever configured the platform has it say
     */
    static PhoneStart of(RawAudio audio, Map<String, String> query, JsonNode parameters, ObjectNode call) {
        Map<String, String> wishes = new HashMap<>();
        query.forEach((name, value) -> {
            if (WISHES.contains(name)) {
                wishes.put(name, value);
            } else if (!name.equals(KEY)) {
                call.put(name, value);
            }
        });
        String key = null;
        for (Map.Entry<String, JsonNode> parameter : parameters.properties()) {
            JsonNode value = parameter.getValue();
            if (parameter.getKey().equals(KEY)) {
                key = value.asText();
            } else if (WISHES.contains(parameter.getKey()) && value.isValueNode()) {
                wishes.put(parameter.getKey(), value.asText());
            } else {
                call.set(parameter.getKey(), value);
            }
        }
        return new PhoneStart(audio, key, wishes, call);
    }

    /** Whether the call is to be answered: it names an agent, or a number of the hub. */
    boolean isCall() {
        return wish("agent").isPresent() || wish("number").isPresent();
    }

    /** The first of some fields that the platform or whoever configured it tells of the call. */
    Optional<String> told(String... names) {
        return Arrays.stream(names)
                .map(name -> call.path(name).asText())
                .filter(value -> !value.isBlank())
                .findFirst();
    }

    Optional<String> wish(String name) {
        return Optional.ofNullable(wishes.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "PhoneStart[audio=" + audio + ", wishes=" + wishes + ", call=" + call + "]";
    }
}
