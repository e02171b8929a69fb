package org.caravox.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> KNOWN = Set.of("a", "b");

    @Test
    void unknown_names_are_listed_with_those_there_are_and_no_more_of_them_than_is_printable() {
        assertThatThrownBy(() -> fields("{'c': 1, 'd\\n': 2}"))
                .isInstanceOf(Refusal.class)
                .hasMessage("unknown field \"c\", \"d?\": the fields are a, b");
    }

    @Test
    void null_is_the_same_as_left_out() {
        Fields fields = fields("{'a': null}");

        assertThat(fields.has("a")).isFalse();
        assertThat(fields.text("a")).isNull();
        assertThat(fields.seconds("a")).isNull();
        assertThat(fields.integer("a", 0, 9, 5)).isEqualTo(5);
        assertThatThrownBy(() -> fields.required("a")).hasMessage("a is missing");
    }

    @ParameterizedTest
    @CsvSource({"5, PT5S", "'5', PT5S", "0.25, PT0.25S", "1e2, PT1M40S", "0, PT0S", "2592000, PT720H"})
    void seconds_are_numbers_or_their_text(String value, Duration seconds) {
        assertThat(fields("{'a': " + value + "}").seconds("a")).isEqualTo(seconds);
        assertThat(fields("{'a': '" + value + "'}").seconds("a")).isEqualTo(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "2592001", "1e99", "'1e999999999'", "'NaN'", "'long'", "true", "[1]", "'1 2'", "''"})
    void what_are_no_seconds_is_refused(String value) {
        assertRefused(() -> fields("{'a': " + value + "}").seconds("a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "10", "1.5", "'x'", "1e9", "99999999999"})
    void what_is_no_whole_number_in_its_range_is_refused(String value) {
        assertRefused(() -> fields("{'a': " + value + "}").integer("a", 0, 9, 5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "{}", "''", "'  '", "'x\\u0000y'", "'x\\ny'"})
    void what_is_no_text_is_refused(String value) {
        assertRefused(() -> fields("{'a': " + value + "}").text("a"));
    }

    @Test
    void a_text_that_is_too_long_is_refused() {
        assertThat(fields("{'a': '" + "x".repeat(256) + "'}").text("a")).hasSize(256);
        assertRefused(() -> fields("{'a': '" + "x".repeat(257) + "'}").text("a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "1", "'[1]'", "'{'", "'text'", "{'x': '\\u0000'}"})
    void what_is_no_object_is_refused(String value) {
        assertRefused(() -> fields("{'a': " + value + "}").object("a"));
    }

    @Test
    void an_object_is_taken_as_such_and_as_text() {
        assertThat(fields("{'a': {'x': 1}}").object("a")).hasToString("{\"x\":1}");
        assertThat(fields("{'a': '{\\\"x\\\":1}'}").object("a")).hasToString("{\"x\":1}");
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Refusal.Reason.INVALID))
                .hasMessageStartingWith("a ");
    }

    /** Fields from JSON in which single quotes stand for double ones. */
    private static Fields fields(String json) {
        try {
            Map<String, JsonNode> values = new LinkedHashMap<>();
            JSON.readTree(json.replace('\'', '"'))
                    .properties()
                    .forEach(field -> values.put(field.getKey(), field.getValue()));
            return new Fields(values, KNOWN, JSON);
        } catch (IOException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
