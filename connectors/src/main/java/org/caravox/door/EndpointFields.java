package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.caravox.deliveries.EndpointDraft;
import org.caravox.events.Catalogue;
import org.caravox.outbound.AddressGuard;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** What a request says of a webhook endpoint: checked, as far as it can be without calling it. */
public final class EndpointFields {

    static final Set<String> KNOWN = Set.of(
            "url",
            "description",
            "types",
            "filter",
            "ordering",
            "whenExhausted",
            "ratePerSecond",
            "format",
            "signatures",
            "headers",
            "auth");

    private static final int LONGEST_FILTER = 1000;
    private static final int MOST_PER_SECOND = 1000;
    private static final int MOST_HEADERS = 20;
    private static final int LONGEST_HEADER = 1024;
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7e]*");

    /** What the sender sets itself, and what would change what is sent rather than add to it. */
    private static final Pattern OURS = Pattern.compile(
            "webhook-.*|content-.*|proxy-.*|ce-.*|host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect"
                    + "|accept-encoding");

    private final AddressGuard guard;
    private final Catalogue catalogue;
    private final boolean httpsOnly;
    private final ObjectMapper json;

    /** @param httpsOnly whether addresses must begin with {@code https://} */
    public EndpointFields(AddressGuard guard, Catalogue catalogue, boolean httpsOnly, ObjectMapper json) {
        this.guard = guard;
        this.catalogue = catalogue;
        this.httpsOnly = httpsOnly;
        this.json = json;
    }

    /**
     * A new endpoint.
     *
     * @throws Refusal INVALID, with the field and what to write
     */
    EndpointDraft draft(Fields fields) {
        String url = address("url", fields.required("url", AddressGuard.LONGEST_URL));
        return change(fields).apply(EndpointDraft.of(url));
    }

    /**
     * What is to be changed: the fields that are given; {@code null} puts one back to what is usual.
     *
     * @throws Refusal INVALID, with the field and what to write
     */
    UnaryOperator<EndpointDraft> change(Fields fields) {
        if (fields.given("url") && !fields.has("url")) {
            throw Refusal.invalid("url cannot be taken away");
        }
        EndpointDraft read = read(fields);
        return was -> {
            EndpointDraft now = new EndpointDraft(
                    fields.has("url") ? read.url() : was.url(),
                    fields.given("description") ? read.description() : was.description(),
                    fields.given("types") ? read.types() : was.types(),
                    fields.given("filter") ? read.filter() : was.filter(),
                    fields.given("ordering") ? read.ordering() : was.ordering(),
                    fields.given("whenExhausted") ? read.whenExhausted() : was.whenExhausted(),
                    fields.given("ratePerSecond") ? read.ratePerSecond() : was.ratePerSecond(),
                    fields.given("format") ? read.format() : was.format(),
                    fields.given("signatures") ? read.signatures() : was.signatures(),
                    fields.given("headers") ? read.headers() : was.headers(),
                    fields.given("auth") ? read.auth() : was.auth());
            checkTogether(now);
            return now;
        };
    }

    private EndpointDraft read(Fields fields) {
        String url = fields.text("url", AddressGuard.LONGEST_URL);
        EndpointDraft usual = EndpointDraft.of(url == null ? "" : address("url", url));
        return new EndpointDraft(
                usual.url(),
                fields.text("description"),
                fields.texts("types", catalogue.types().size()).stream()
                        .map(catalogue::check)
                        .distinct()
                        .toList(),
                fields.text("filter", LONGEST_FILTER),
                or(fields.choice("ordering", List.of("none", "call")), usual.ordering()),
                or(fields.choice("whenExhausted", List.of("skip", "park")), usual.whenExhausted()),
                fields.has("ratePerSecond") ? fields.integer("ratePerSecond", 1, MOST_PER_SECOND, 1) : null,
                or(fields.choice("format", List.of("standard", "cloudevents")), usual.format()),
                or(fields.choice("signatures", List.of("v1", "v1,v1a")), usual.signatures()),
                headers(fields.object("headers")),
                auth(fields.object("auth")));
    }

    private static String or(@Nullable String text, String usual) {
        return text == null ? usual : text;
    }

    private String address(String field, String text) {
        String url = guard.check(field, text).toString();
        if (httpsOnly && !url.toLowerCase(Locale.ROOT).startsWith("https://")) {
            throw Refusal.invalid(field + " must begin with https://");
        }
        return url;
    }

    private static Map<String, String> headers(@Nullable JsonNode object) {
        if (object == null) {
            return Map.of();
        }
        if (object.size() > MOST_HEADERS) {
            throw Refusal.invalid("headers has more than " + MOST_HEADERS + " names");
        }
        Map<String, String> headers = new HashMap<>();
        object.properties().forEach(header -> {
            checkHeader(header.getKey(), header.getValue());
            headers.put(header.getKey(), header.getValue().textValue());
        });
        return headers;
    }

    private static void checkHeader(String name, JsonNode value) {
        String shown = "headers: \"" + Fields.printable(name) + "\"";
        if (!HEADER_NAME.matcher(name).matches()) {
            throw Refusal.invalid(shown + " cannot be the name of a header");
        }
        if (OURS.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
            throw Refusal.invalid(shown + " is not yours to set: the sender sets it, or it would change what is sent");
        }
        if (!value.isTextual()
                || value.textValue().length() > LONGEST_HEADER
                || !HEADER_VALUE.matcher(value.textValue()).matches()) {
            throw Refusal.invalid(
                    shown + " must have a value of up to " + LONGEST_HEADER + " printable ASCII characters");
        }
    }

    private @Nullable JsonNode auth(@Nullable JsonNode object) {
        if (object == null) {
            return null;
        }
        return switch (object.path("type").asText()) {
            case "oauth2" -> oauth2(member(object, Set.of("type", "tokenUrl", "clientId", "clientSecret", "scope")));
            case "mtls" -> mtls(member(object, Set.of("type", "certificate", "key")));
            default ->
                throw Refusal.invalid(
                        "auth.type must be oauth2, with tokenUrl, clientId and clientSecret, or mtls, with certificate"
                                + " and key");
        };
    }

    private Fields member(JsonNode object, Set<String> known) {
        Map<String, JsonNode> values = new HashMap<>();
        object.properties().forEach(member -> values.put("auth." + member.getKey(), member.getValue()));
        Set<String> names = new java.util.HashSet<>();
        known.forEach(name -> names.add("auth." + name));
        return new Fields(values, names, json);
    }

    private JsonNode oauth2(Fields auth) {
        String tokenUrl = address("auth.tokenUrl", auth.required("auth.tokenUrl", AddressGuard.LONGEST_URL));
        ObjectNode read = json.createObjectNode()
                .put("type", "oauth2")
                .put("tokenUrl", tokenUrl)
                .put("clientId", auth.required("auth.clientId"))
                .put("clientSecret", auth.required("auth.clientSecret", LONGEST_HEADER));
        String scope = auth.text("auth.scope", LONGEST_HEADER);
        return scope == null ? read : read.put("scope", scope);
    }

    private JsonNode mtls(Fields auth) {
        String certificate = pem(auth, "auth.certificate");
        String key = pem(auth, "auth.key");
        ClientCertificate.check(certificate, key);
        return json.createObjectNode()
                .put("type", "mtls")
                .put("certificate", certificate)
                .put("key", key);
    }

    private static String pem(Fields auth, String name) {
        String text = auth.block(name, ClientCertificate.LONGEST_PEM);
        if (text == null) {
            throw Refusal.invalid(name + " is missing");
        }
        return text;
    }

    private static void checkTogether(EndpointDraft draft) {
        boolean own = draft.headers().keySet().stream().anyMatch(name -> name.equalsIgnoreCase("authorization"));
        if (own && draft.auth() != null && draft.auth().path("type").asText().equals("oauth2")) {
            throw Refusal.invalid("headers must not hold Authorization when auth is oauth2, which sets it");
        }
        if (draft.whenExhausted().equals("park") && !draft.ordering().equals("call")) {
            throw Refusal.invalid("whenExhausted \"park\" needs ordering \"call\"");
        }
    }
}
