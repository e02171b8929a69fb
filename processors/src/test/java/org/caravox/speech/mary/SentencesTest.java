package org.caravox.speech.mary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class SentencesTest {

    private static final int MOST_CHARACTERS = 40;

    private final Sentences sentences = new Sentences(Locale.ENGLISH, MOST_CHARACTERS);

    @Test
    void a_text_is_cut_after_each_sentence() {
        assertThat(sentences.of("Good morning. How are you?  Fine! And you"))
                .containsExactly("Good morning.", "How are you?", "Fine!", "And you");
    }

    @Test
    void an_overlong_sentence_is_cut_after_the_last_comma_that_fits() {
        assertThat(sentences.of("One two three four five, six seven eight, nine ten eleven twelve."))
                .containsExactly("One two three four five,", "six seven eight, nine ten eleven twelve.");
    }

    @Test
    void an_overlong_sentence_without_a_comma_is_cut_at_a_space() {
        List<String> parts = sentences.of("one two three four five six seven eight nine ten eleven twelve");

        assertThat(parts).hasSize(2).allMatch(part -> part.length() <= MOST_CHARACTERS);
        assertThat(String.join(" ", parts)).isEqualTo("one two three four five six seven eight nine ten eleven twelve");
    }

    @Test
    void a_word_without_end_is_cut_anywhere() {
        assertThat(sentences.of("a".repeat(100))).containsExactly("a".repeat(40), "a".repeat(40), "a".repeat(20));
    }

    @Test
    void blank_text_has_no_sentences() {
        assertThat(sentences.of("  \n ")).isEmpty();
    }
}
