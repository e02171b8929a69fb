package org.caravox.scoring;

import java.util.Optional;
import org.caravox.scoring.LeadScore.Fired;

/**
 * One rule.
 *
 * @param id       names it in its set
 * @param when     what it looks for
 * @param points   for each time that is found, less than 0 to take away
 * @param cap      how many it gives, or takes, at most
 * @param evidence what it shows, in words for people
 */
record Rule(String id, Signal when, int points, int cap, String evidence) {

    /** What it gives for a transcript, if it fires at all. */
    Optional<Fired> fire(Speech speech) {
        return when.in(speech).map(seen -> {
            long given = Math.min(Math.abs((long) points) * seen.times(), cap);
            return new Fired(
                    id,
                    (int) (points < 0 ? -given : given),
                    seen.times(),
                    evidence,
                    seen.first().map(Speech.Match::quote).orElse(null),
                    seen.first().map(Speech.Match::start).orElse(null),
                    seen.first().map(Speech.Match::offset).orElse(null));
        });
    }
}
