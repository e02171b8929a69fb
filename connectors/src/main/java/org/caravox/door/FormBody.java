package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.caravox.requests.Refusal;

/** A request's fields when they may stand in a form, which is how {@code CURL()} of Asterisk sends them, or in its query. */
final class FormBody {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final int LARGEST = 16 * 1024;

    private FormBody() {}

    /**
     * Reads those of the query, and of the body when it is a form.
     *
     * @throws Refusal INVALID when one is given twice; MALFORMED; TOO_LARGE
     */
    static Map<String, JsonNode> fields(HttpServletRequest http) throws IOException {
        Map<String, JsonNode> fields = Query.fields(http);
        String type = http.getContentType();
        if (type != null && type.toLowerCase(Locale.ROOT).startsWith(FORM)) {
            read(http.getInputStream().readNBytes(LARGEST + 1), fields);
        }
        return fields;
    }

    static void read(byte[] body, Map<String, JsonNode> fields) {
        if (body.length > LARGEST) {
            throw new Refusal(Refusal.Reason.TOO_LARGE, "the form is larger than " + LARGEST + " bytes");
        }
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
            String[] parts = pair.split("=", 2);
            String value = parts.length < 2 ? "" : decoded(parts[1]);
            if (value.isBlank()) {
                continue; // a caller without a number
            }
            String name = decoded(parts[0]);
            if (fields.put(name, TextNode.valueOf(value)) != null) {
                throw Refusal.invalid(Fields.printable(name) + " is given twice");
            }
        }
    }

    private static String decoded(String coded) {
        try {
            return URLDecoder.decode(coded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    Refusal.Reason.MALFORMED, "the form is not coded as forms are: a % stands alone", null, e);
        }
    }
}
