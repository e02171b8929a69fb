package org.caravox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a live stream tells, as somebody at a terminal sees it, or a file gets it. */
class LiveWordsTest {

    private static final String REWRITTEN = "\r\033[K";

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    private LiveWords words(boolean terminal, int width) {
        return new LiveWords(new PrintStream(shown, true, StandardCharsets.UTF_8), terminal, width);
    }

    private static void tell(LiveWords words, String event) throws IOException {
        words.tell(new ObjectMapper().readTree(event));
    }

    private static String transcript(String text, boolean isFinal, int channel) {
        return "{\"type\":\"transcript\",\"transcript\":\"" + text + "\",\"isFinal\":" + isFinal + ",\"channel\":"
                + channel + ",\"start\":1.25}";
    }

    @Test
    void words_that_are_not_settled_rewrite_themselves_on_a_terminal() throws IOException {
        LiveWords words = words(true, 80);

        tell(words, transcript("call", false, 0));
        tell(words, transcript("call me", true, 0));

        assertThat(shown.toString(StandardCharsets.UTF_8))
                .startsWith(REWRITTEN + "call" + REWRITTEN + "   1.3 s call me\n");
    }

    @Test
    void of_a_long_line_the_end_is_seen() throws IOException {
        tell(words(true, 11), transcript("one two three four", false, 0));

        assertThat(shown.toString(StandardCharsets.UTF_8)).isEqualTo(REWRITTEN + "three four");
    }

    @Test
    void elsewhere_only_what_is_settled_is_shown_and_who_took_over() throws IOException {
        LiveWords words = words(false, 80);

        tell(words, transcript("hello", false, 0));
        tell(words, "{\"type\":\"provider_changed\",\"from\":\"first\",\"to\":\"second\",\"at\":1.0}");
        tell(words, transcript("hello there", true, 0));
        tell(words, transcript("good morning", true, 1));

        assertThat(shown.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "at 1.0 s second took over from first", "   1.3 s hello there", "   1.3 s [1] good morning");
    }
}
