package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.netty.handler.codec.http.QueryStringDecoder;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
        parameters(new String(body, StandardCharsets.UTF_8)).forEach((name, values) -> {
            List<String> told =
                    values.stream().filter(value -> !value.isBlank()).toList(); // a caller without a number
            if (told.size() > 1 || (!told.isEmpty() && fields.put(name, TextNode.valueOf(told.get(0))) != null)) {
                throw Refusal.invalid(Fields.printable(name) + " is given twice");
            }
        });
    }

    private static Map<String, List<String>> parameters(String form) {
        try {
            return new QueryStringDecoder(form, StandardCharsets.UTF_8, false).parameters();
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    Refusal.Reason.MALFORMED, "the form is not coded as forms are: a % stands alone", null, e);
        }
    }
}
