package org.caravox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TheirVoiceTest {

    private static final int SAMPLES = 160;

    private final TheirVoice voice = new TheirVoice();

    @BeforeEach
    void the_line_is_quiet() {
        quiet(1_000);
    }

    private void quiet(int millis) {
        hear(millis, 0);
    }

    private void speech(int millis) {
        hear(millis, 8_000);
    }

    private void hear(int millis, int loudness) {
        byte[] frame = new byte[2 * SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            int sample = i % 8 < 4 ? loudness : -loudness;
            frame[2 * i] = (byte) sample;
            frame[2 * i + 1] = (byte) (sample >> 8);
        }
        IntStream.range(0, millis / 20).forEach(i -> voice.heard(frame.clone()));
    }

    @Test
    void they_have_paused_when_they_have_spoken_and_are_quiet() {
        CompletableFuture<Void> pauses = voice.pauses();
        quiet(2_000);
        assertThat(pauses).isNotDone();

        speech(1_000);
        assertThat(pauses).isNotDone();
        quiet(1_500);

        assertThat(pauses).isDone();
        assertThat(voice.pauses()).as("the next one").isNotDone();
    }

    @Test
    void a_pause_while_nobody_waited_for_it_counts() {
        speech(1_000);
        quiet(1_500);

        assertThat(voice.pauses()).isDone();
    }

    @Test
    void a_pause_before_our_question_is_no_answer_to_it() {
        speech(1_000);
        quiet(1_500);
        voice.answered();

        CompletableFuture<Void> pauses = voice.pauses();
        quiet(2_000);
        assertThat(pauses).isNotDone();
        speech(1_000);
        quiet(1_500);

        assertThat(pauses).isDone();
    }

    @Test
    void who_was_interrupted_by_our_question_has_not_answered_it() {
        speech(1_000);
        voice.answered();

        CompletableFuture<Void> pauses = voice.pauses();
        quiet(2_000);

        assertThat(pauses).isNotDone();
    }
}
