package org.caravox.routes.seen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MasksTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "connection refused: db.example:5432|connection refused: db.example:5432",
                "nobody at +1 (555) 123-0001|nobody at ***",
                "card 4111 1111 1111 1111 was refused|card *** was refused",
                "mary.jones@example.org is not known|*** is not known",
                "https://bob:pw@crm.example/x?token=abc&page=2 said 401|https://***@crm.example/x?token=***&page=*** said 401",
                "sent Bearer abc.def-123|sent Bearer ***",
                "job 019aa5c2-0b7d-7a44-8f3e-2d5c9b7a1e60 at 2026-11-21T09:31:11Z|job 019aa5c2-0b7d-7a44-8f3e-2d5c9b7a1e60 at 2026-11-21T09:31:11Z",
            })
    void a_sentence_keeps_what_helps_and_loses_what_is_somebodys(String text, String shown) {
        assertThat(Masks.sentence(text)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"mode\":\"async\",\"n\":3}|{\"mode\":\"async\",\"n\":3}",
                "{\"transcript\":\"hello\",\"language\":\"en\"}|{\"transcript\":\"***\",\"language\":\"en\"}",
                "{\"note\":\"please call\"}|{\"note\":\"***\"}",
                "{\"words\":[\"my\",\"name\"]}|{\"words\":[\"***\",\"***\"]}",
                "{\"id\":\"019aa5c2-0b7d-7a44-8f3e-2d5c9b7a1e60\"}|{\"id\":\"019aa5c2-0b7d-7a44-8f3e-2d5c9b7a1e60\"}",
                "{\"to\":\"15551230001\",\"pin\":15551230001}|{\"to\":\"***\",\"pin\":\"***\"}",
                "{\"+15551230001\":1}|{\"***\":1}",
                "{\"apiKey\":\"abc\",\"clientSecret\":\"abc\"}|{\"apiKey\":\"***\",\"clientSecret\":\"***\"}",
                "{\"a\":{\"b\":[1,2|{\"a\":{\"b\":[1,2]}}",
            })
    void a_body_keeps_its_shape(String text, String shown) {
        assertThat(Masks.body(text, text.length())).isEqualTo(shown);
    }

    @Test
    void of_a_text_only_its_length_is_told() {
        assertThat(Masks.body("hello, this is John", 19)).isEqualTo("*** (19 characters)");
        assertThat(Masks.body("", 0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=b|a=b",
                "mode=async&userId=mary&token=abc|mode=async&userId=***&token=***",
                "x=please+call&y=%2B15551230001|x=***&y=***",
                "say hello=1|***=1",
                "x=YWJj==|x=***",
                "audio/l16;rate=16000|audio/l16;rate=16000",
            })
    void of_a_query_each_value_is_masked_by_its_name(String query, String shown) {
        assertThat(Masks.headers(Map.of("CamelHttpQuery", query))).containsEntry("CamelHttpQuery", shown);
    }

    @Test
    void headers_that_open_doors_or_name_people_are_masked() {
        assertThat(Masks.headers(Map.of(
                        "Authorization", "Bearer x", "X-API-Key", "k", "userId", "mary", "Content-Type", "audio/wav")))
                .isEqualTo(Map.of(
                        "Authorization", "***", "X-API-Key", "***", "userId", "***", "Content-Type", "audio/wav"));
    }
}
