package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.fakes.Kind;

/**
 * An account of HubSpot: contacts and calls, upserted by unique properties, and associations between them. It knows a
 * contact with the number +15551230001.
 */
final class HubSpot implements Vendor {

    private static final Pattern SEARCH = Pattern.compile("/crm/objects/[\\w-]+/contacts/search");
    private static final Pattern UPSERT = Pattern.compile("/crm/objects/[\\w-]+/(contacts|calls)/batch/upsert");
    private static final Pattern ASSOCIATION =
            Pattern.compile("/crm/objects/[\\w-]+/calls/(\\d+)/associations/contacts/(\\d+)/194");
    private static final int LONGEST_BODY = 65_536;

    private final Map<String, ObjectNode> contacts = new LinkedHashMap<>();
    private final Map<String, ObjectNode> calls = new LinkedHashMap<>();
    private int ids = 50;

    HubSpot() {
        ObjectNode jane = record("contact");
        jane.putObject("properties").put("phone", "+15551230001").put("firstname", "Jane");
        contacts.put("+15551230001", jane);
    }

    private ObjectNode record(String type) {
        return Json.object().put("type", type).put("id", Integer.toString(++ids));
    }

    @Override
    public String credential(Call call) {
        return call.bearer("bearer");
    }

    @Override
    public synchronized Reply answer(Call call) {
        if (call.method().equals("GET") && call.path().startsWith("/account-info/")) {
            return Reply.json(200, Json.object().put("portalId", 4711).put("accountType", "STANDARD"));
        }
        if (call.method().equals("POST") && SEARCH.matcher(call.path()).matches()) {
            return search(call.json());
        }
        Matcher upsert = UPSERT.matcher(call.path());
        if (call.method().equals("POST") && upsert.matches()) {
            return upsert(call.json(), upsert.group(1).equals("calls"));
        }
        Matcher association = ASSOCIATION.matcher(call.path());
        if (call.method().equals("PUT") && association.matches()) {
            return associate(association.group(1), association.group(2));
        }
        return error(404, "OBJECT_NOT_FOUND", "No such resource");
    }

    private Reply search(JsonNode body) {
        List<String> wanted = body.findValuesAsText("value");
        ArrayNode results = Json.array();
        contacts.values().stream()
                .filter(contact ->
                        wanted.contains(contact.path("properties").path("phone").asText()))
                .forEach(results::add);
        ObjectNode page = Json.object().put("total", results.size());
        page.set("results", results);
        return Reply.json(200, page);
    }

    private Reply upsert(JsonNode body, boolean ofCalls) {
        ObjectNode batch = Json.object()
                .put("status", "COMPLETE")
                .put("startedAt", Instant.now().toString());
        ArrayNode results = batch.putArray("results");
        List<ObjectNode> errors = new ArrayList<>();
        for (JsonNode input : body.path("inputs")) {
            wrong(input, ofCalls).ifPresentOrElse(errors::add, () -> results.add(kept(input, ofCalls)));
        }
        if (!errors.isEmpty()) {
            batch.put("numErrors", errors.size()).putArray("errors").addAll(errors);
        }
        return Reply.json(errors.isEmpty() ? 200 : 207, batch);
    }

    private static Optional<ObjectNode> wrong(JsonNode input, boolean ofCalls) {
        JsonNode properties = input.path("properties");
        if (input.path("idProperty").asText().isEmpty()
                || input.path("id").asText().isEmpty()) {
            return Optional.of(item("idProperty and id are required"));
        }
        if (ofCalls && properties.path("hs_timestamp").asText().isEmpty()) {
            return Optional.of(item("Property hs_timestamp is required"));
        }
        if (properties.path("hs_call_body").asText().length() > LONGEST_BODY) {
            return Optional.of(item("hs_call_body is longer than " + LONGEST_BODY + " characters"));
        }
        return Optional.empty();
    }

    private static ObjectNode item(String message) {
        return Json.object()
                .put("status", "error")
                .put("category", "VALIDATION_ERROR")
                .put("message", message);
    }

    private ObjectNode kept(JsonNode input, boolean ofCalls) {
        Map<String, ObjectNode> all = ofCalls ? calls : contacts;
        String key = input.path("id").asText();
        ObjectNode record = all.computeIfAbsent(key, fresh -> record(ofCalls ? "call" : "contact"));
        ObjectNode properties = record.withObjectProperty("properties");
        properties.put(input.path("idProperty").asText(), key);
        input.path("properties").properties().forEach(each -> properties.set(each.getKey(), each.getValue()));
        return record;
    }

    private Reply associate(String callId, String contactId) {
        Optional<ObjectNode> call = byId(calls, callId);
        if (call.isEmpty() || byId(contacts, contactId).isEmpty()) {
            return error(404, "OBJECT_NOT_FOUND", "No call " + callId + " or no contact " + contactId);
        }
        ArrayNode shown = call.get().withArrayProperty("contacts");
        boolean known = shown.valueStream().anyMatch(id -> id.asText().equals(contactId));
        if (!known) {
            shown.add(contactId);
        }
        return Reply.json(200, Json.object().put("fromObjectId", callId).put("toObjectId", contactId));
    }

    private static Optional<ObjectNode> byId(Map<String, ObjectNode> all, String id) {
        return all.values().stream()
                .filter(each -> each.path("id").asText().equals(id))
                .findFirst();
    }

    @Override
    public synchronized List<JsonNode> records() {
        List<JsonNode> all = new ArrayList<>(contacts.values());
        all.addAll(calls.values());
        return all;
    }

    @Override
    public Reply unauthorized(Call call) {
        return error(
                401, "INVALID_AUTHENTICATION", "Authentication credentials not found. This API supports OAuth 2.0");
    }

    @Override
    public Reply failure(Kind kind, Call call) {
        return switch (kind) {
            case RATE_LIMIT, RATE_LIMIT_NO_RETRY_AFTER -> limited("TEN_SECONDLY_ROLLING");
            case QUOTA ->
                limited("DAILY")
                        .with("X-HubSpot-RateLimit-Daily", "250000")
                        .with("X-HubSpot-RateLimit-Daily-Remaining", "0");
            case REVOKED -> unauthorized(call);
            case BAD_REQUEST -> error(400, "VALIDATION_ERROR", "Property values were not valid");
            case GARBAGE -> Reply.garbage();
            case ERROR_IN_200 -> partial();
            case OVERLOADED -> failure(503, call);
            case SERVER_ERROR -> failure(500, call);
        };
    }

    /** The header tells of the interval of the short limit, whichever was reached. */
    private static Reply limited(String policy) {
        return Reply.json(
                        429,
                        Json.object()
                                .put("status", "error")
                                .put("category", "RATE_LIMITS")
                                .put("message", "You have reached your " + policy.toLowerCase(Locale.ROOT) + " limit.")
                                .put("policyName", policy))
                .with("X-HubSpot-RateLimit-Interval-Milliseconds", "1000");
    }

    /** Status 207: the batch was done, but for its item. */
    private static Reply partial() {
        ObjectNode batch = Json.object().put("status", "COMPLETE").put("numErrors", 1);
        batch.putArray("results");
        batch.putArray("errors").add(item("Property values were not valid"));
        return Reply.json(207, batch);
    }

    @Override
    public Reply failure(int status, Call call) {
        return status == 401 ? unauthorized(call) : error(status, "INTERNAL_ERROR", "An error occurred");
    }

    private static Reply error(int status, String category, String message) {
        return Reply.json(
                status,
                Json.object()
                        .put("status", "error")
                        .put("category", category)
                        .put("message", message)
                        .put("correlationId", Ids.uuid()));
    }
}
