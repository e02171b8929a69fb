package org.caravox.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What of a text that is being written is spoken at a time. */
class SentencesTest {

    /** As models write: a few letters at a time. */
    private static List<String> of(String text) {
        Sentences sentences = new Sentences();
        List<String> all = new ArrayList<>();
        for (int at = 0; at < text.length(); at += 3) {
            all.addAll(sentences.add(text.substring(at, Math.min(text.length(), at + 3))));
        }
        sentences.rest().ifPresent(all::add);
        return all;
    }

    @Test
    void sentences_are_spoken_one_by_one() {
        assertThat(of("We are open. Do you want a table? Call us!"))
                .containsExactly("We are open.", "Do you want a table?", "Call us!");
    }

    @Test
    void numbers_abbreviations_and_initials_do_not_end_one() {
        assertThat(of("It costs 3.50 euros with Dr. J. Smith at 5 p.m. on Friday. Thank you."))
                .containsExactly("It costs 3.50 euros with Dr. J. Smith at 5 p.m. on Friday.", "Thank you.");
    }

    @Test
    void the_first_one_begins_early_and_the_others_are_whole() {
        assertThat(of(
                        "Yes, we have a table for you on Friday, and it is by the window, if you like. It is a nice table,"
                                + " by the way, as tables go."))
                .containsExactly(
                        "Yes, we have a table for you on Friday,",
                        "and it is by the window, if you like.",
                        "It is a nice table, by the way, as tables go.");
    }

    @Test
    void what_is_for_eyes_is_not_spoken() {
        assertThat(of("**We have**\n- soup\n- bread\n\n***\n")).containsExactly("We have", "soup bread");
    }
}
