package org.caravox.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.caravox.requests.Refusal;
import org.caravox.scoring.LeadScore.Fired;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Transcript.Channel;
import org.caravox.transcription.Transcript.Line;
import org.caravox.transcription.Word;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rules make of a transcript. */
class RuleSetTest {

    private static final String HEAD =
            """
            name: sales
            version: 3
            tenants: [acme]
            bands: {hot: 70, warm: 40, cold: 0}
            phrases: {call-back: [call me back], negative: [too expensive]}
            rules:
            """;

    private static final Transcript CALL = call(
            line(0, 0, "Hello, how much would you like to spend?"),
            line(1, 4, "How much is it? I'd say: How MUCH!"),
            line(1, 8, "Please call me"),
            line(1, 10, "back."),
            line(0, 12, "It is not too expensive, call me back."));

    private static Line line(int channel, double start, String text) {
        return new Line(channel, start, start + 2, text, null);
    }

    /** Each word of a line a tenth of a second after the one before. */
    private static Transcript call(Line... lines) {
        List<Line> all = List.of(lines);
        String text = String.join(" ", all.stream().map(Line::transcript).toList());
        List<Channel> channels = IntStream.range(0, 2)
                .mapToObj(channel -> new Channel(channel, "c", "", null, words(channel, all)))
                .toList();
        return new Transcript(
                UUID.randomUUID(),
                "mary",
                Mode.SYNC,
                "vosk",
                "m",
                "en",
                75,
                null,
                text,
                channels,
                all,
                null,
                null,
                null,
                null,
                Instant.EPOCH);
    }

    private static List<Word> words(int channel, List<Line> lines) {
        List<Word> words = new ArrayList<>();
        lines.stream().filter(line -> line.channel() == channel).forEach(line -> {
            String[] texts = line.transcript().split(" ", -1);
            for (int i = 0; i < texts.length; i++) {
                double start = line.start() + i * 0.1;
                words.add(new Word(texts[i], start, start + 0.1, 1));
            }
        });
        return words;
    }

    private static LeadScore score(String... rules) {
        return RuleFile.read("sales.yaml", HEAD + String.join("\n", rules)).score(CALL);
    }

    private static String rule(String id, String when, int points, int cap) {
        return "  - {id: " + id + ", when: " + when + ", points: " + points + ", cap: " + cap + ", evidence: why}";
    }

    @Test
    void a_phrase_counts_by_whole_words_of_the_one_who_is_meant_with_its_quote_and_place() {
        LeadScore score = score(rule("price", "{says: [how much, much], by: customer}", 20, 60));

        Fired fired = score.fired().get(0);
        assertThat(fired.times()).isEqualTo(2);
        assertThat(fired.points()).isEqualTo(40);
        assertThat(fired.start()).isEqualTo(4.0);
        assertThat(fired.offset()).isEqualTo(CALL.transcript().indexOf("How much is it?"));
        assertThat(fired.quote()).startsWith("How much is it? I'd say");
        assertThat(score.band()).isEqualTo("warm");
        assertThat(score.rules()).isEqualTo("sales@3");
    }

    @Test
    void a_phrase_is_heard_across_a_pause_of_its_speaker_but_not_across_speakers() {
        assertThat(score(rule("back", "{asks-call-back: true, by: customer}", 10, 10))
                        .fired())
                .singleElement()
                .satisfies(fired -> assertThat(fired.start()).isEqualTo(8.1));
        assertThat(score(rule("joined", "{says: [back it is]}", 10, 10)).fired())
                .isEmpty();
    }

    @Test
    void a_word_within_another_is_not_a_phrase() {
        assertThat(score(rule("pen", "{says: [pens, spen]}", 10, 10)).fired()).isEmpty();
    }

    @Test
    void points_are_capped_and_the_score_stays_between_0_and_100() {
        assertThat(score(rule("a", "{says: [how much]}", 40, 100), rule("b", "{duration-above: 1m}", 50, 50))
                        .score())
                .isEqualTo(100);
        assertThat(score(rule("c", "{sentiment: negative}", -30, 30)).score()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "duration-above: 75s, false",
        "duration-above: 74s, true",
        "duration-below: 2m, true",
        "talk-ratio-above: 0.5, true",
        "talk-ratio-below: 0.5, false",
        "'says: [how much], times-at-least: 3', true",
        "'says: [how much], times-at-least: 4', false"
    })
    void bounds_hold(String when, boolean fires) {
        assertThat(score(rule("r", "{" + when + "}", 10, 10)).fired()).hasSize(fires ? 1 : 0);
    }

    @Test
    void where_nobody_is_told_apart_everybody_is_meant_and_nobody_has_a_share() {
        Transcript mono = new Transcript(
                UUID.randomUUID(),
                "mary",
                Mode.SYNC,
                "vosk",
                "m",
                "en",
                75,
                null,
                "how much is it",
                List.of(new Channel(0, "mono", "", null, List.of())),
                List.of(line(0, 1, "how much is it")),
                null,
                null,
                null,
                null,
                Instant.EPOCH);
        RuleSet rules = RuleFile.read(
                "f",
                HEAD + rule("price", "{says: [how much], by: customer}", 20, 20) + "\n"
                        + rule("talk", "{talk-ratio-above: 0}", 20, 20));

        assertThat(rules.score(mono).fired()).extracting(Fired::rule).containsExactly("price");
        assertThat(rules.score(mono)).isEqualTo(rules.score(mono));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            {says: []}                        | rule r: says must be a list
            {says: ['!']}                     | has no word in it
            {says: [a], by: boss}             | by must be agent, customer or anyone
            {says: [a], time-at-least: 2}     | time-at-least is not known: use by, says, times-at-least
            {mentions: prices}                | needs the list phrases.prices
            {sentiment: sad}                  | must be positive or negative
            {asks-call-back: false}           | must be true
            {duration-above: long}            | must be a length of time like 60s
            {talk-ratio-above: 40}            | share of the talking, 0 to 1
            {shouts: [a]}                     | when must have one of
            """)
    void what_is_wrong_with_a_rule_is_told_with_the_file_and_the_rule(String when, String told) {
        assertThatThrownBy(() -> score(rule("r", when, 1, 1)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("sales.yaml: rule r: ")
                .hasMessageContaining(told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            version: 3               | version: 0               | version must be a whole number, 1 or more
            tenants: [acme]          | tenants: []              | tenants must be all, or a list
            cold: 0                  | cold: 5                  | one of them 0
            bands:                   | band:                    | band is not known
            name: sales              | name: "no name"          | name must be
            version: 3               | "version: 3: 4"          | is not YAML: line 2
            """)
    void what_is_wrong_with_a_file_is_told(String right, String wrong, String told) {
        String text = HEAD.replace(right, wrong.replace("\"version: 3: 4\"", "version: 3: 4"))
                + rule("r", "{says: [a]}", 1, 1);

        assertThatThrownBy(() -> RuleFile.read("sales.yaml", text))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("sales.yaml")
                .hasMessageContaining(told);
    }

    @Test
    void a_tenant_has_its_own_rules_before_those_for_all() {
        RuleSet own = RuleFile.read("own", HEAD + rule("r", "{says: [a]}", 1, 1));
        RuleSet all = RuleFile.read(
                "all", HEAD.replace("[acme]", "all").replace("sales", "usual") + rule("r", "{says: [a]}", 1, 1));
        RuleSets sets = new RuleSets(List.of(all, own));

        assertThat(sets.of("acme")).contains(own);
        assertThat(sets.of("globex")).contains(all);
        assertThatThrownBy(() -> new RuleSets(List.of(own, own))).hasMessageContaining("are both for tenant acme");
    }
}
