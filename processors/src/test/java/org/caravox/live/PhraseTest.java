package org.caravox.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.caravox.transcription.Word;
import org.junit.jupiter.api.Test;

class PhraseTest {

    private static final Phrase PHRASE = new Phrase(
            0,
            1,
            3,
            "one two three",
            0.9,
            List.of(new Word("one", 1, 1.5, 1), new Word("two", 1.9, 2.3, 1), new Word("three", 3, 3.5, 1)),
            true,
            true,
            false);

    @Test
    void words_across_a_time_belong_where_their_middle_is() {
        assertThat(PHRASE.after(2).transcript()).isEqualTo("two three");
        assertThat(PHRASE.after(2.2).transcript()).isEqualTo("three");
        assertThat(PHRASE.after(2.2).start()).isEqualTo(2.2);
        assertThat(PHRASE.after(2.2).end()).isEqualTo(4);
        assertThat(PHRASE.after(5).isSilence()).isTrue();
    }

    @Test
    void a_phrase_that_begins_later_is_left_as_it_is() {
        assertThat(PHRASE.after(0.5)).isSameAs(PHRASE);
    }

    @Test
    void times_are_shifted_but_not_before_the_beginning() {
        assertThat(PHRASE.later(10).words()).extracting(Word::start).containsExactly(11.0, 11.9, 13.0);
        Phrase earlier = PHRASE.later(-2);
        assertThat(earlier.start()).isZero();
        assertThat(earlier.end()).isEqualTo(2);
    }
}
