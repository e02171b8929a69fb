package org.caravox.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class AnswerJsonTest {

    private final ObjectReader json = AnswerJson.reader(JsonMapper.builder().build());

    @Test
    void a_long_transcript_is_read() throws IOException {
        String words = "{\"word\":\"hello\",\"start\":1.25,\"end\":1.5},".repeat(100_000);

        assertThat(json.readTree("[" + words + "{}]")).hasSize(100_001);
    }

    @Test
    void what_would_not_fit_as_a_tree_is_no_answer() {
        String objects = "{},".repeat((int) AnswerJson.MOST_TOKENS / 2);

        assertThatExceptionOfType(JsonProcessingException.class).isThrownBy(() -> json.readTree("[" + objects + "{}]"));
    }
}
