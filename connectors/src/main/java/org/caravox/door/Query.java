package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.jspecify.annotations.Nullable;

/** The query parameters of a request, typed. */
final class Query {

    private static final int MOST = 100;
    private static final int USUAL = 50;

    private final Fields fields;

    private Query(Fields fields) {
        this.fields = fields;
    }

    /**
     * Reads them.
     *
     * @throws Refusal INVALID, listing those that are not known
     */
    static Query of(Exchange exchange, Set<String> known, ObjectMapper json) {
        return of(new Fields(fields(BodyOnDemand.request(exchange)), known, json));
    }

    /** Those that are fields too. */
    static Query of(Fields fields) {
        return new Query(fields);
    }

    static Map<String, JsonNode> fields(HttpServletRequest http) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        http.getParameterMap().forEach((name, values) -> {
            if (values.length > 1) {
                throw Refusal.invalid(Fields.printable(name) + " is given twice");
            }
            fields.put(name, TextNode.valueOf(values[0]));
        });
        return fields;
    }

    @Nullable
    String text(String name) {
        return fields.text(name);
    }

    /** An RFC 3339 time, or a date, which is its first moment in UTC. */
    @Nullable
    Instant time(String name) {
        return fields.time(name);
    }

    /** The last id of the page before. */
    @Nullable
    UUID cursor() {
        String text = fields.text("cursor");
        try {
            return text == null ? null : RequestIds.parse("cursor", text);
        } catch (Refusal e) {
            throw Refusal.invalid("cursor must be the nextCursor of the page before");
        }
    }

    /** The number of the last line of the page before; 0 is none. */
    int lineCursor() {
        return fields.integer("cursor", 1, Integer.MAX_VALUE, 0);
    }

    int limit() {
        return fields.integer("limit", 1, MOST, USUAL);
    }
}
