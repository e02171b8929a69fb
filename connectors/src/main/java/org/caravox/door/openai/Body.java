package org.caravox.door.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Set;
import org.caravox.door.JsonBody;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** A request's body, a JSON object: read once, its members looked at as they are needed. */
record Body(ObjectNode node) {

    /** Room for a long conversation with some pictures in it. */
    private static final int LARGEST_BYTES = 8 * 1024 * 1024;

    /**
     * Reads it.
     *
     * @param json one of {@link JsonBody#reader}
     * @throws Refusal MALFORMED, with the position; TOO_LARGE
     */
    static Body read(HttpServletRequest http, ObjectReader json) throws IOException {
        return new Body(JsonBody.read(http, json, LARGEST_BYTES));
    }

    /** Refuses members that are not known. */
    void checkKnown(Set<String> known) {
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw new WrongField(FormFields.printable(name), "unknown field " + FormFields.printable(name));
            }
        });
    }

    /** A member that is there; null for one that is missing or null. */
    @Nullable
    JsonNode find(String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    @Nullable
    String text(String name, int longest) {
        JsonNode value = find(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw new WrongField(name, name + " must be text, not empty");
        }
        if (value.textValue().length() > longest) {
            throw new WrongField(
                    name,
                    name + " is longer than " + longest + " characters: it has "
                            + value.textValue().length());
        }
        return value.textValue();
    }

    String requiredText(String name, int longest) {
        String text = text(name, longest);
        if (text == null) {
            throw WrongField.missing(name);
        }
        return text;
    }

    @Nullable
    Double number(String name, double least, double most) {
        JsonNode value = find(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber() || value.doubleValue() < least || value.doubleValue() > most) {
            throw new WrongField(name, name + " must be a number, " + least + " to " + most);
        }
        return value.doubleValue();
    }

    void checkWhole(String name, long least, long most) {
        JsonNode value = find(name);
        if (value != null && !isWhole(value, least, most)) {
            throw new WrongField(name, name + " must be a whole number, " + least + " to " + most);
        }
    }

    private static boolean isWhole(JsonNode value, long least, long most) {
        return value.isIntegralNumber()
                && value.canConvertToLong()
                && value.longValue() >= least
                && value.longValue() <= most;
    }

    void checkBoolean(String name) {
        JsonNode value = find(name);
        if (value != null && !value.isBoolean()) {
            throw new WrongField(name, name + " must be true or false");
        }
    }
}
