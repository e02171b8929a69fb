package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
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
        return new Query(new Fields(fields(BodyOnDemand.request(exchange)), known, json));
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
        String text = fields.text(name);
        if (text == null) {
            return null;
        }
        try {
            Instant time = text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
            int year = time.atOffset(ZoneOffset.UTC).getYear();
            if (year < 1 || year > 9999) {
                throw Refusal.invalid(name + " must be in a year from 1 to 9999");
            }
            return time;
        } catch (DateTimeParseException e) {
            throw Refusal.invalid(name + " must be a time like 2026-11-21T09:30:00Z or a date like 2026-11-21");
        }
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
