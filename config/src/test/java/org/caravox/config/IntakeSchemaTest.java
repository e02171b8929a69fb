package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.caravox.door.RequestFields;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** The schema of messages says what the hub reads. */
class IntakeSchemaTest {

    @Test
    void the_schema_has_the_fields_that_a_message_may_have() throws IOException {
        JsonNode schema =
                new ObjectMapper().readTree(new ClassPathResource("schemas/intake-message.json").getInputStream());

        List<String> fields = new ArrayList<>();
        schema.get("properties").fieldNames().forEachRemaining(fields::add);

        assertThat(fields).containsExactlyInAnyOrderElementsOf(RequestFields.known());
    }
}
