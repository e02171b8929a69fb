package org.caravox.crm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.caravox.deliveries.ParkedDelivery;

/**
 * A request as a file of {@code routes/crm/requests} makes it.
 *
 * @param method  GET, POST ...
 * @param path    behind the connection's address, with its query
 * @param headers beside those of the connection
 * @param body    JSON; a missing node is none
 * @param record  what is remembered of the answer: {@code {"kind", "id"}}, the id as a JSON pointer; a missing node is
 *                nothing
 * @param success an expression of JSLT over {@code {"status", "body"}} that must be true; empty: 2xx is enough
 * @param sample  the answer that a rehearsal takes for given
 */
record CrmRequest(
        String method,
        String path,
        Map<String, String> headers,
        JsonNode body,
        JsonNode record,
        String success,
        JsonNode sample) {

    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

    /**
     * Reads it.
     *
     * @param mapping who made it, for messages
     * @throws ParkedDelivery when it is no request
     */
    static CrmRequest of(String mapping, JsonNode made) {
        String method = made.path("method").asText("");
        String path = made.path("path").asText("");
        if (!METHODS.contains(method) || !path.startsWith("/") || path.chars().anyMatch(sign -> sign <= ' ')) {
            throw new ParkedDelivery(mapping + ".jslt must make {\"method\": one of GET, POST, PUT, PATCH, DELETE,"
                    + " \"path\": \"/...\"}, made method \"" + method + "\" and path \"" + path + "\"");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        made.path("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        return new CrmRequest(
                method,
                path,
                headers,
                made.path("body"),
                made.path("record"),
                made.path("success").asText(""),
                made.path("sample"));
    }
}
