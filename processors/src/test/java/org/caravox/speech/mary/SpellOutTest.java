package org.caravox.speech.mary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpellOutTest {

    private final SpellOut spellOut = new SpellOut();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "42 items|forty two items",
                "221 rooms|two hundred twenty one rooms",
                "1,000,000 people|one million people",
                "3.14|three point one four",
                "it is -5 now|it is minus five now",
                "2-3 days|two to three days",
                "the 1st, 22nd|the first, twenty second",
                "in 1984 and 2026|in nineteen eighty four and twenty twenty six",
                "12.5% off|twelve point five percent off",
                "1/2 cup|one half cup",
                "A320 and COVID-19|A three hundred twenty and COVID nineteen",
                "$1,234.56|one thousand two hundred thirty four dollars and fifty six cents",
                "$1|one dollar",
                "£0.01|one penny",
                "50 EUR|fifty euros",
                "$3.5 million|three point five million dollars",
                "3:30 p.m. today|three thirty P M, today",
                "at 9:05|at nine oh five",
                "at 9:00|at nine o'clock",
                "at 7am sharp|at seven A M sharp",
                "-5°C|minus five degrees Celsius",
                "5kg or 1 kg|five kilograms or one kilogram",
                "on 2026-11-21|on November twenty first, twenty twenty six",
                "jane.doe42@example.com|jane dot doe four two at example dot com",
                "https://www.caravox.org/docs|www dot caravox dot org slash docs",
                "version 1.2.3|version one dot two dot three",
                "Dr. Lee vs. Mr. Day|doctor Lee versus mister Day",
                "apples, e.g. red ones|apples, for example red ones",
                "AT&T|AT and T",
                "the U.S. army|the U S army",
                "what?!|what?",
                "naïve Straße|naive Strasse",
            })
    void what_is_written_is_spelled_out_as_it_is_said(String written, String said) {
        assertThat(spellOut.say(written)).isEqualTo(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "40215|four zero two one five",
                "code 0421|code zero four two one",
                "555-1234|five five five, one two three four",
                "(555) 123-4567|five five five, one two three, four five six seven",
                "+1 555 123 4567|plus one, five five five, one two three, four five six seven",
                "1234 5678 1234 5678|one two three four, five six seven eight, one two three four, five six seven eight",
            })
    void long_codes_and_telephone_numbers_are_read_digit_by_digit(String written, String said) {
        assertThat(spellOut.say(written)).isEqualTo(said);
    }

    @Test
    void markup_and_control_characters_mean_nothing() {
        assertThat(spellOut.say("<b>Hello\u0000</b> ]]> \"you\" &amp; \u0007me \ud800"))
                .isEqualTo("b Hello b, you and amp; me");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "...",
                "-",
                "'",
                "\ud83d\ude00",
                "\u4f60\u597d",
                "\u043f\u0440\u0438\u0432\u0435\u0442",
                "\u0000"
            })
    void a_text_without_english_words_is_refused(String text) {
        assertThatThrownBy(() -> spellOut.say(text))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Refusal.Reason.INVALID))
                .hasMessageContaining("embedded voice");
    }

    @Test
    void whatever_comes_in_only_letters_and_punctuation_come_out() {
        Random random = new Random(7);
        String symbols = "0123456789.,:-/$%#@&<>+ aAbZ.\n()'\"\u20ac\u00b0\u2026";
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder("x ");
            random.ints(random.nextInt(60), 0, symbols.length()).forEach(at -> text.append(symbols.charAt(at)));

            assertThat(spellOut.say(text.toString())).as(text.toString()).matches("[A-Za-z'.,?!;: -]+");
        }
    }
}
