package org.caravox.routes.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.caravox.masking.Masking;
import org.junit.jupiter.api.Test;

/** What is personal does not get into a case. */
class MasksTest {

    private final Masks masks = new Masks(new Masking(new ObjectMapper()));

    @Test
    void the_same_number_is_the_same_placeholder_however_it_is_written() {
        assertThat(masks.masked("call +1 (415) 867-5309 or 14158675309, not +44 20 7946 0000"))
                .isEqualTo("call +14155550100 or +14155550100, not +14155550101");
    }

    @Test
    void addresses_cards_and_links_are_replaced_and_ids_and_times_are_not() {
        assertThat(masks.masked("Mail Anna.Smith@acme.com, card 4539 1488 0343 6467, see https://x.io/a?sig=1"))
                .isEqualTo("Mail person-1@example.com, card 4111111111111111, see https://example.com/1");
        assertThat(masks.masked("019b1c2d-0000-7000-8000-123456789012 at 2026-03-01T10:00:00.123Z"))
                .isEqualTo("019b1c2d-0000-7000-8000-123456789012 at 2026-03-01T10:00:00.123Z");
    }

    @Test
    void a_card_that_is_said_is_replaced() {
        assertThat(masks.masked("it is four one one one, 1111 1111 one one one one, until May"))
                .isEqualTo("it is [card number], until May");
    }

    @Test
    void names_that_the_record_tells_are_replaced_in_what_was_said() throws JsonProcessingException {
        JsonNode record = new ObjectMapper()
                .readTree(
                        """
                        {"metadata": {"customerName": "Anna Smith", "campaign": "autumn"}, "apiKey": "k-123",
                         "transcript": "This is anna, Mrs. Smith. An annals reader."}""");
        masks.learn(record);

        JsonNode masked = masks.masked(record);

        assertThat(masked.at("/metadata/customerName").asText()).isEqualTo("Person 1");
        assertThat(masked.at("/metadata/campaign").asText()).isEqualTo("autumn");
        assertThat(masked.path("transcript").asText()).isEqualTo("This is Person 1, Mrs. Person 1. An annals reader.");
        assertThat(masked.has("apiKey")).isFalse();
    }

    @Test
    void what_looks_like_a_secret_is_left_out() {
        assertThat(masks.masked("use sk_live_51HcHq2eZvKYlo2C0abcd now")).isEqualTo("use (left out) now");
    }
}
