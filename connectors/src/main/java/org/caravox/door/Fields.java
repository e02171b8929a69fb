package org.caravox.door;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.jspecify.annotations.Nullable;

/** The named values of a request, from JSON, a form or a query: typed, and none that is not known. */
public final class Fields {

    private static final int LONGEST_TEXT = 256;
    private static final int LARGEST_METADATA = 16 * 1024;
    private static final BigDecimal LONGEST_SECONDS = BigDecimal.valueOf(30L * 24 * 3600);

    private final Map<String, JsonNode> values;
    private final ObjectMapper json;

    /**
     * Takes the values.
     *
     * @throws Refusal INVALID, listing the names that are not known
     */
    public Fields(Map<String, JsonNode> values, Set<String> known, ObjectMapper json) {
        this.values = values;
        this.json = json;
        checkKnown(values.keySet(), known);
    }

    /**
     * Looks whether all names are known.
     *
     * @throws Refusal INVALID, listing those that are not
     */
    static void checkKnown(Set<String> names, Set<String> known) {
        Set<String> unknown = new TreeSet<>(names);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw Refusal.invalid(
                    "unknown field " + quoted(unknown) + ": the fields are " + String.join(", ", new TreeSet<>(known)));
        }
    }

    private static String quoted(Set<String> names) {
        return names.stream()
                .limit(5)
                .map(name -> "\"" + printable(name) + "\"")
                .collect(Collectors.joining(", "));
    }

    static String printable(String name) {
        String shown = name.length() > 40 ? name.substring(0, 40) + "..." : name;
        return shown.replaceAll("[^\\x20-\\x7e]", "?");
    }

    boolean has(String name) {
        JsonNode value = values.get(name);
        return value != null && !value.isNull();
    }

    String required(String name) {
        return required(name, LONGEST_TEXT);
    }

    String required(String name, int longest) {
        String text = text(name, longest);
        if (text == null) {
            throw Refusal.invalid(name + " is missing");
        }
        return text;
    }

    @Nullable
    String text(String name) {
        return text(name, LONGEST_TEXT);
    }

    @Nullable
    String text(String name, int longest) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw Refusal.invalid(name + " must be text");
        }
        String text = value.textValue();
        if (text.isBlank()) {
            throw Refusal.invalid(name + " is empty");
        }
        if (text.length() > longest) {
            throw Refusal.invalid(name + " is longer than " + longest + " characters");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw Refusal.invalid(name + " holds a control character");
        }
        return text;
    }

    /** Whether it is there at all, if only as {@code null}. */
    boolean given(String name) {
        return values.containsKey(name);
    }

    /** Text that may go over several lines. */
    @Nullable
    String block(String name, int longest) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw Refusal.invalid(name + " must be text");
        }
        if (value.textValue().length() > longest) {
            throw Refusal.invalid(name + " is longer than " + longest + " characters");
        }
        return value.textValue();
    }

    /** One of some words. */
    @Nullable
    String choice(String name, List<String> words) {
        String text = text(name);
        if (text != null && !words.contains(text)) {
            throw Refusal.invalid(name + " \"" + printable(text) + "\" is not known: use " + String.join(", ", words));
        }
        return text;
    }

    /** A list of texts; none when it is missing. */
    List<String> texts(String name, int most) {
        JsonNode value = value(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray() || value.size() > most) {
            throw Refusal.invalid(name + " must be a list of up to " + most + " texts");
        }
        return value.valueStream()
                .map(item -> new Fields(Map.of(name, item), Set.of(name), json).required(name))
                .toList();
    }

    /** A number of seconds, 0 or more. */
    @Nullable
    Duration seconds(String name) {
        BigDecimal seconds = number(name);
        if (seconds == null) {
            return null;
        }
        if (seconds.signum() < 0 || seconds.compareTo(LONGEST_SECONDS) > 0) {
            throw Refusal.invalid(
                    name + " must be seconds, 0 to " + LONGEST_SECONDS + ", was " + seconds.toPlainString());
        }
        return Duration.ofMillis(seconds.movePointRight(3).longValue());
    }

    /** An RFC 3339 time, or a date, which is its first moment in UTC. */
    @Nullable
    Instant time(String name) {
        String text = text(name);
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

    /** An id of something. */
    @Nullable
    UUID id(String name) {
        String text = text(name);
        try {
            return text == null ? null : RequestIds.parse(name, text);
        } catch (Refusal e) {
            throw Refusal.invalid(name + " must be an id like " + new UUID(0x0190163d8694739bL, 0xaea5966c26f8ad90L));
        }
    }

    /** Whether it is true; it is not when it is missing. */
    boolean flag(String name) {
        JsonNode value = value(name);
        if (value != null && !value.isBoolean()) {
            throw Refusal.invalid(name + " must be true or false");
        }
        return value != null && value.booleanValue();
    }

    int integer(String name, int least, int most, int otherwise) {
        BigDecimal number = number(name);
        if (number == null) {
            return otherwise;
        }
        boolean whole = number.stripTrailingZeros().scale() <= 0;
        if (!whole
                || number.compareTo(BigDecimal.valueOf(least)) < 0
                || number.compareTo(BigDecimal.valueOf(most)) > 0) {
            throw Refusal.invalid(name + " must be a whole number, " + least + " to " + most);
        }
        return number.intValue();
    }

    private @Nullable BigDecimal number(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        String text = value.isNumber() || value.isTextual() ? value.asText().strip() : "";
        if (!text.matches("-?\\d{1,15}(\\.\\d{1,9})?([eE][+-]?\\d{1,2})?")) {
            throw Refusal.invalid(name + " must be a number");
        }
        return new BigDecimal(text);
    }

    /** A JSON object, as such or as text. */
    public @Nullable JsonNode object(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        JsonNode object = value.isTextual() ? parsed(name, value.textValue()) : value;
        if (!object.isObject()) {
            throw Refusal.invalid(name + " must be a JSON object");
        }
        String text = object.toString();
        if (text.length() > LARGEST_METADATA) {
            throw Refusal.invalid(name + " is larger than " + LARGEST_METADATA + " characters");
        }
        if (!storable(object)) {
            throw Refusal.invalid(name + " holds a number that cannot be stored");
        }
        if (text.contains("\\u0000")) {
            throw Refusal.invalid(name + " holds a NUL character");
        }
        return object;
    }

    /** PostgreSQL keeps numbers of any sort, but not without end: those that fit a double will do. */
    private static boolean storable(JsonNode node) {
        if (node.isNumber()) {
            return Double.isFinite(node.doubleValue());
        }
        for (JsonNode child : node) {
            if (!storable(child)) {
                return false;
            }
        }
        return true;
    }

    private JsonNode parsed(String name, String text) {
        try {
            return json.reader()
                    .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(text);
        } catch (JsonProcessingException e) {
            throw Refusal.invalid(name + " must be a JSON object");
        }
    }

    private @Nullable JsonNode value(String name) {
        return has(name) ? values.get(name) : null;
    }
}
