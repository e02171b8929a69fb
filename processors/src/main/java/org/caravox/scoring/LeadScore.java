package org.caravox.scoring;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How promising a call was.
 *
 * @param score 0 to 100
 * @param band  the name of the band that the score is in
 * @param rules name and version of the rules
 * @param fired the rules that fired, in their order
 */
public record LeadScore(int score, String band, String rules, List<Fired> fired) {

    /**
     * A rule that fired.
     *
     * @param rule     its id
     * @param points   what it gave, or took
     * @param times    how often what it looks for was there
     * @param evidence what it shows
     * @param quote    what was said, where it was said first; null when it is nothing that was said
     * @param start    seconds from the start of the recording to there
     * @param offset   characters from the start of the transcript to there
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Fired(
            String rule,
            int points,
            int times,
            String evidence,
            @Nullable String quote,
            @Nullable Double start,
            @Nullable Integer offset) {}

    public LeadScore {
        fired = List.copyOf(fired);
    }
}
