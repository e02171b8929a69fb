package org.caravox.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormBodyTest {

    @Test
    void a_form_is_decoded_and_what_has_no_value_is_left_out() {
        Map<String, JsonNode> fields = read("from=%2B15550142&userId=&agent=%20&queue=first+line&x");

        assertThat(fields)
                .containsOnly(
                        Map.entry("from", TextNode.valueOf("+15550142")),
                        Map.entry("queue", TextNode.valueOf("first line")));
        assertThat(read("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a=1&a=2, a is given twice",
        "language=1, language is given twice",
        "a=100%, the form is not coded as forms are: a % stands alone"
    })
    void what_is_ambiguous_or_not_coded_is_refused(String form, String reason) {
        assertThatThrownBy(() -> read(form)).isInstanceOf(Refusal.class).hasMessage(reason);
    }

    @Test
    void a_form_that_is_larger_than_any_that_is_meant_is_refused() {
        assertThatThrownBy(() -> read("a=" + "x".repeat(16 * 1024)))
                .isInstanceOf(Refusal.class)
                .hasMessage("the form is larger than 16384 bytes");
    }

    /** Beside a language in the query. */
    private static Map<String, JsonNode> read(String form) {
        Map<String, JsonNode> fields = new HashMap<>(Map.of("language", TextNode.valueOf("en")));
        FormBody.read(form.getBytes(StandardCharsets.UTF_8), fields);
        fields.remove("language", TextNode.valueOf("en"));
        return fields;
    }
}
