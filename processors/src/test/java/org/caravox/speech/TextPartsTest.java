package org.caravox.speech;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextPartsTest {

    @Test
    void a_text_that_fits_is_left_as_it_is() {
        assertThat(TextParts.of(" Hello. ", 8)).containsExactly(" Hello. ");
    }

    @Test
    void a_long_text_is_cut_between_sentences_as_late_as_it_can() {
        assertThat(TextParts.of("One is here. Two is here. Three is here.", 30))
                .containsExactly("One is here. Two is here.", "Three is here.");
    }

    @Test
    void a_long_sentence_is_cut_between_words() {
        assertThat(TextParts.of("one two three four five six", 12))
                .containsExactly("one two", "three four", "five six");
    }

    @Test
    void a_long_word_is_cut_but_no_character_is() {
        String emoji = "😀".repeat(7);

        List<String> parts = TextParts.of(emoji, 5);

        assertThat(String.join("", parts)).isEqualTo(emoji);
        assertThat(parts).allSatisfy(part -> {
            assertThat(part.length()).isLessThanOrEqualTo(5).isPositive();
            assertThat(part.codePoints()).allMatch(point -> point > 0xFFFF);
        });
    }

    @Test
    void no_word_is_lost() {
        String text = "The quick, brown fox; jumps over\nthe lazy dog! Does it? Yes... it does. ".repeat(50);

        for (int most = 10; most < 300; most += 7) {
            List<String> parts = TextParts.of(text, most);
            int limit = most;

            assertThat(String.join(" ", parts).split("\\s+")).isEqualTo(text.split("\\s+"));
            assertThat(parts).allMatch(part -> part.length() <= limit);
        }
    }
}
