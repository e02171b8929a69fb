package org.caravox.speech.mary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.caravox.requests.Deadline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpokenSentencesTest {

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<String> synthesised = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() {
        thread.shutdownNow();
    }

    @Test
    void one_sentence_is_synthesised_ahead_and_no_more() throws IOException, InterruptedException, ExecutionException {
        try (SpokenSentences spoken = speak("one", "two", "three", "four")) {
            assertThat(spoken.next()).hasValue(sound("one"));

            thread.submit(() -> {}).get(); // behind all that was asked of the thread so far
            assertThat(synthesised).containsExactly("one", "two");
        }
    }

    @Test
    void after_the_last_sentence_there_is_nothing() throws IOException, InterruptedException {
        try (SpokenSentences spoken = speak("one", "two")) {
            assertThat(spoken.next()).hasValue(sound("one"));
            assertThat(spoken.next()).hasValue(sound("two"));
            assertThat(spoken.next()).isEmpty();
            assertThat(spoken.next()).isEmpty();
        }
    }

    @Test
    void a_failure_comes_with_its_sentence_and_ends_the_text() throws IOException, InterruptedException {
        try (SpokenSentences spoken = speak("one", "broken", "three")) {
            assertThat(spoken.next()).isPresent();
            assertThatThrownBy(spoken::next).isInstanceOf(IOException.class).hasMessage("no sound");
            assertThat(spoken.next()).isEmpty();
        }
        assertThat(synthesised).containsExactly("one", "broken");
    }

    private SpokenSentences speak(String... sentences) {
        return new SpokenSentences(
                List.of(sentences), this::synthesise, thread, Deadline.in(Duration.ofMinutes(1), Clock.systemUTC()));
    }

    private byte[] synthesise(String sentence) throws IOException {
        synthesised.add(sentence);
        if (sentence.equals("broken")) {
            throw new IOException("no sound");
        }
        return sound(sentence);
    }

    private static byte[] sound(String sentence) {
        return sentence.getBytes(StandardCharsets.UTF_8);
    }
}
