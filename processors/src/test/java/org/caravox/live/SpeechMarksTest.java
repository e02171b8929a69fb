package org.caravox.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.caravox.transcription.Word;
import org.junit.jupiter.api.Test;

class SpeechMarksTest {

    private final SpeechMarks marks = new SpeechMarks(0, 1, Duration.ofSeconds(1));

    private static Phrase said(double end, boolean settled, Word... words) {
        return new Phrase(0, 0, end, words.length == 0 ? "" : "words", null, List.of(words), settled, settled, false);
    }

    @Test
    void an_utterance_ends_once_though_its_words_are_told_again() {
        Word word = new Word("hello", 0.5, 0.9, 1);

        assertThat(marks.begun(said(1, false, word)))
                .get()
                .extracting(LiveEvent.SpeechStarted::at)
                .isEqualTo(0.5);
        assertThat(marks.over(1, false)).isEmpty();
        assertThat(marks.over(2, false))
                .get()
                .extracting(LiveEvent.UtteranceEnd::lastWordEnd)
                .isEqualTo(0.9);
        assertThat(marks.begun(said(2.1, true, word))).isEmpty();
        assertThat(marks.over(2.1, true)).isEmpty();

        assertThat(marks.begun(said(4, false, word, new Word("again", 3, 3.5, 1))))
                .isPresent();
    }
}
