package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.fakes.Kind;

/**
 * An org of Salesforce: logins by client credentials and JWT bearer, SOSL by telephone number, Tasks by external id. It
 * knows a Contact with the number 15551230001 and a Lead with 15551230002. Good keys are clients' secrets.
 */
final class Salesforce implements Vendor {

    private static final String TOKENS = "/services/oauth2/token";
    private static final String EXTERNAL_ID = "Caravox_Id__c";
    private static final int LONGEST_DESCRIPTION = 32_000;
    private static final Pattern SEARCH = Pattern.compile("/services/data/v\\d+\\.0/search/?");
    private static final Pattern TASK = Pattern.compile("/services/data/v\\d+\\.0/sobjects/Task/(\\w+)/([\\w-]+)");
    private static final Set<String> FIELDS = Set.of(
            "Subject",
            "Status",
            "Priority",
            "TaskSubtype",
            "CallType",
            "CallDurationInSeconds",
            "CallDisposition",
            "ActivityDate",
            "Description",
            "WhoId");

    private final Map<String, String> secretsByToken = new LinkedHashMap<>();
    private final Map<String, ObjectNode> tasks = new LinkedHashMap<>();
    private int requests;

    @Override
    public synchronized String credential(Call call) {
        if (call.path().equals(TOKENS)) {
            Map<String, String> form = form(call);
            String jwt = form.getOrDefault("assertion", "").split("\\.", -1).length == 3 ? "jwt" : "";
            return form.getOrDefault("client_secret", jwt);
        }
        return secretsByToken.getOrDefault(call.bearer("bearer"), "");
    }

    private static Map<String, String> form(Call call) {
        Map<String, String> form = new LinkedHashMap<>();
        for (String field : call.body().toString().split("&", -1)) {
            String[] both = field.split("=", 2);
            form.put(both[0], both.length == 1 ? "" : URLDecoder.decode(both[1], StandardCharsets.UTF_8));
        }
        return form;
    }

    @Override
    public synchronized Reply answer(Call call) {
        requests++;
        if (call.is("POST", TOKENS)) {
            return token(call);
        }
        Matcher task = TASK.matcher(call.path());
        if (call.method().equals("PATCH") && task.matches()) {
            return limited(upsert(call, task.group(1), task.group(2)));
        }
        if (call.method().equals("GET") && SEARCH.matcher(call.path()).matches()) {
            return limited(Reply.json(200, found(call.query("q"))));
        }
        if (call.is("GET", "/services/oauth2/userinfo")) {
            return Reply.json(
                    200,
                    Json.object()
                            .put("name", "Caravox Integration")
                            .put("preferred_username", "caravox@acme.example")
                            .put("organization_id", "00D000000000001EAA"));
        }
        return error(404, "NOT_FOUND", "The requested resource does not exist");
    }

    private Reply token(Call call) {
        String token = Ids.of("00D000000000001!");
        secretsByToken.put(token, credential(call));
        return Reply.json(
                200,
                Json.object()
                        .put("access_token", token)
                        .put("instance_url", "https://acme.my.salesforce.com")
                        .put("token_type", "Bearer")
                        .put("issued_at", Long.toString(Instant.now().toEpochMilli())));
    }

    private Reply limited(Reply reply) {
        return reply.with("Sforce-Limit-Info", "api-usage=" + requests + "/15000");
    }

    private static ObjectNode found(String search) {
        ObjectNode all = Json.object();
        ArrayNode people = all.putArray("searchRecords");
        if (search.contains("15551230001")) {
            person(people, "Contact", "003000000000001AAA", "Jane Buyer");
        }
        if (search.contains("15551230002")) {
            person(people, "Lead", "00Q000000000001AAA", "Joe Maybe");
        }
        return all;
    }

    private static void person(ArrayNode people, String type, String id, String name) {
        ObjectNode person = people.addObject().put("Id", id).put("Name", name);
        person.putObject("attributes").put("type", type);
    }

    private Reply upsert(Call call, String field, String externalId) {
        if (!field.equals(EXTERNAL_ID)) {
            return error(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + field);
        }
        if (!(call.json() instanceof ObjectNode given)) {
            return error(400, "JSON_PARSER_ERROR", "The body is not a JSON object");
        }
        Set<String> unknown = new TreeSet<>();
        given.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(FIELDS);
        if (!unknown.isEmpty()) {
            return error(
                    400,
                    "INVALID_FIELD",
                    "No such column '" + unknown.iterator().next() + "' on sobject of type Task");
        }
        if (given.path("Description").asText().length() > LONGEST_DESCRIPTION) {
            return error(
                    400,
                    "STRING_TOO_LONG",
                    "Description: data value too large (max length=" + LONGEST_DESCRIPTION + ")");
        }
        return kept(given, externalId);
    }

    private Reply kept(ObjectNode given, String externalId) {
        ObjectNode known = tasks.get(externalId);
        ObjectNode task = known == null ? Json.object() : known;
        task.setAll(given);
        task.put(
                "Id",
                known == null
                        ? String.format("00T%012dAAA", tasks.size() + 1)
                        : task.path("Id").asText());
        task.put(EXTERNAL_ID, externalId);
        tasks.put(externalId, task);
        ObjectNode told = Json.object().put("id", task.path("Id").asText()).put("success", true);
        told.putArray("errors");
        return Reply.json(known == null ? 201 : 200, told.put("created", known == null));
    }

    @Override
    public synchronized List<JsonNode> records() {
        return List.copyOf(tasks.values());
    }

    @Override
    public Reply unauthorized(Call call) {
        return call.path().equals(TOKENS)
                ? Reply.json(
                        400,
                        Json.object()
                                .put("error", "invalid_client")
                                .put("error_description", "invalid client credentials"))
                : error(401, "INVALID_SESSION_ID", "Session expired or invalid");
    }

    @Override
    public Reply failure(Kind kind, Call call) {
        return switch (kind) {
            case RATE_LIMIT, RATE_LIMIT_NO_RETRY_AFTER, QUOTA ->
                error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
            case REVOKED -> unauthorized(call);
            case BAD_REQUEST -> error(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "A rule of the org says no");
            case GARBAGE -> Reply.garbage();
            case ERROR_IN_200 -> answer(call);
            case OVERLOADED -> failure(503, call);
            case SERVER_ERROR -> failure(500, call);
        };
    }

    @Override
    public Reply failure(int status, Call call) {
        return switch (status) {
            case 300 -> choices(call);
            case 401 -> unauthorized(call);
            case 400 -> error(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record");
            default -> error(status, "UNKNOWN_EXCEPTION", "An unexpected error occurred");
        };
    }

    /** Two tasks have the external id. */
    private static Reply choices(Call call) {
        String tasks = call.path().replaceFirst("/Task/.*", "/Task/");
        return Reply.json(300, Json.array().add(tasks + "00T000000000001AAA").add(tasks + "00T000000000002AAA"));
    }

    private static Reply error(int status, String code, String message) {
        ArrayNode errors = Json.array();
        errors.addObject().put("message", message).put("errorCode", code);
        return Reply.json(status, errors);
    }
}
