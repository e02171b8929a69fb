package org.caravox.itests.queues;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What came out of a queue or a topic.
 *
 * @param key  what its reader knows it by
 * @param body JSON
 */
public record Told(String key, JsonNode body) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static Told of(String key, String body) {
        try {
            return new Told(key, JSON.readTree(body));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(body, e);
        }
    }

    public String member(String name) {
        return body.path(name).asText();
    }
}
