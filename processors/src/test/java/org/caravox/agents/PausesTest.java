package org.caravox.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a pause ends a turn. */
class PausesTest {

    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Duration LONG = Duration.ofMillis(1_400);

    private final Pauses pauses = new Pauses(new AgentTurnEnd(SHORT, LONG, null));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "I want a table.",
                "Are you open on Mondays?",
                "what are your opening hours",
                "yes",
                "No",
                "thank you",
                "my number is five five five one two three four five six seven",
                "0171-555-1234"
            })
    void what_sounds_complete_ends_soon(String said) {
        assertThat(pauses.after(said)).isEqualTo(SHORT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"I want a table and", "um", "Well,", "it is for the", "my number is five five", "My code is 12"})
    void what_goes_on_is_waited_for(String said) {
        assertThat(pauses.after(said)).isEqualTo(LONG);
    }

    @Test
    void words_without_marks_are_given_some_time() {
        assertThat(pauses.after("i would like a table")).isBetween(SHORT.plusMillis(1), LONG.minusMillis(1));
    }
}
