package org.caravox.speech.mary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class MaryEngineTest {

    private static final MaryEngine ENGINE = new MaryEngine(2);
    private static final double BYTES_PER_SECOND = 2.0 * MaryEngine.SAMPLE_RATE_HZ;

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    @Test
    void each_sentence_comes_as_sound_of_its_own() throws IOException, InterruptedException {
        List<byte[]> sentences = all("Good morning, everybody. It is a quarter past nine.");

        assertThat(sentences).hasSize(2).allSatisfy(pcm -> {
            assertThat(pcm.length / BYTES_PER_SECOND).isBetween(0.8, 4.0);
            assertThat(loudest(pcm)).isGreaterThan(3_000);
        });
    }

    @Test
    void four_texts_at_a_time_sound_as_each_alone() throws IOException, InterruptedException, ExecutionException {
        List<String> texts = List.of(
                "The first text is short.",
                "Here is the second one, a little longer.",
                "Third.",
                "And the fourth text.");
        ExecutorService threads = Executors.newFixedThreadPool(texts.size());
        try {
            List<Future<List<byte[]>>> together = new ArrayList<>();
            for (String text : texts) {
                together.add(threads.submit(() -> all(text)));
            }
            for (int i = 0; i < texts.size(); i++) {
                int bytes = length(together.get(i).get());
                assertThat(bytes).isEqualTo(length(all(texts.get(i))));
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void a_closed_text_ends() throws IOException, InterruptedException {
        try (SpokenSentences spoken = ENGINE.say("One. Two. Three. Four.".repeat(20), aMinute())) {
            assertThat(spoken.next()).isPresent();

            spoken.close();

            assertThat(spoken.next()).isEmpty();
        }
        assertThat(all("Still here.")).hasSize(1);
    }

    @Test
    void a_deadline_that_has_passed_is_told() throws IOException, InterruptedException {
        all("The voice is loaded now.");
        Deadline passed = Deadline.in(Duration.ZERO, Clock.systemUTC());

        try (SpokenSentences spoken = ENGINE.say("Too late.", passed)) {
            assertThatThrownBy(spoken::next)
                    .isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.reason())
                            .isEqualTo(Refusal.Reason.TOO_SLOW));
        }
    }

    @Test
    void a_text_without_words_is_refused() {
        assertThatThrownBy(() -> ENGINE.say("...", aMinute())).isInstanceOf(Refusal.class);
    }

    @Test
    void odd_words_do_not_break_it() throws IOException, InterruptedException {
        assertThat(all("Xkcd hmm pst z. A. B-b 'tis o'clock rock'n'roll " + "a".repeat(400) + " ZZZ?"))
                .isNotEmpty();
    }

    @Test
    void an_engine_that_was_closed_refuses() throws IOException, InterruptedException {
        MaryEngine closed = new MaryEngine(1);
        closed.close();

        assertThatThrownBy(() -> closed.say("Hello.", aMinute()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("shutting down");
    }

    private static List<byte[]> all(String text) throws IOException, InterruptedException {
        List<byte[]> sentences = new ArrayList<>();
        try (SpokenSentences spoken = ENGINE.say(text, aMinute())) {
            for (Optional<byte[]> next = spoken.next(); next.isPresent(); next = spoken.next()) {
                sentences.add(next.get());
            }
        }
        return sentences;
    }

    private static Deadline aMinute() {
        return Deadline.in(Duration.ofMinutes(1), Clock.systemUTC());
    }

    private static int length(List<byte[]> sentences) {
        return sentences.stream().mapToInt(pcm -> pcm.length).sum();
    }

    private static int loudest(byte[] pcm) {
        int loudest = 0;
        for (int i = 1; i < pcm.length; i += 2) {
            loudest = Math.max(loudest, Math.abs(pcm[i] << 8));
        }
        return loudest;
    }
}
