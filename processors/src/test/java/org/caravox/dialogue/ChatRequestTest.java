package org.caravox.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ChatRequestTest {

    private final ObjectNode body = JsonNodeFactory.instance.objectNode();
    private final ChatRequest request = new ChatRequest(new UUID(0, 1), "acme", null, body);

    @Test
    void all_choices_together_are_the_most_that_is_written() {
        body.put("max_tokens", 100).put("n", 3);

        assertThat(request.mostOutput(1000)).isEqualTo(300);
    }

    @Test
    void the_most_that_is_written_does_not_overflow() {
        body.put("max_tokens", Long.MAX_VALUE / 2).put("n", 3);

        assertThat(request.mostOutput(1000)).isEqualTo(Long.MAX_VALUE);
    }
}
