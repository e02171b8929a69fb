package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.scoring.LeadScores;
import org.caravox.scoring.LeadScores.Scored;
import org.caravox.scoring.LeadScoring;

/** {@code /lead-scores}: how promising calls were, and what other rules would make of them. */
public final class LeadScorePages {

    private static final int LONGEST_RULES = 100_000;

    private final LeadScores scores;
    private final LeadScoring scoring;
    private final ObjectMapper json;

    public LeadScorePages(LeadScores scores, LeadScoring scoring, ObjectMapper json) {
        this.scores = scores;
        this.scoring = scoring;
        this.json = json;
    }

    /** {@code GET /lead-scores}. */
    public void list(Exchange exchange) throws IOException {
        Fields fields = new Fields(
                Query.fields(BodyOnDemand.request(exchange)), Set.of("band", "atLeast", "cursor", "limit"), json);
        Query query = Query.of(fields);
        int limit = query.limit();
        List<Scored> found = scores.list(
                Callers.tenant(exchange),
                fields.text("band"),
                fields.integer("atLeast", 0, 100, 0),
                query.cursor(),
                limit + 1);
        Answers.write(json, exchange, 200, Page.of("leadScores", found, limit, Scored::transcriptId));
    }

    /** {@code GET /lead-scores/{id}}, by the transcript's id. */
    public void one(Exchange exchange) throws IOException {
        Answers.write(
                json,
                exchange,
                200,
                scores.get(
                        Callers.tenant(exchange),
                        RequestIds.parse("lead score", exchange.getMessage().getHeader("id", String.class))));
    }

    /** {@code POST /lead-scores/dry-run} with {@code {"rules", "since"}}. */
    public void dryRun(Exchange exchange) throws IOException {
        String tenant = Callers.tenant(exchange);
        Fields body = new Fields(JsonBody.fields(BodyOnDemand.request(exchange), json), Set.of("rules", "since"), json);
        String rules = body.block("rules", LONGEST_RULES);
        Instant since = body.time("since");
        if (rules == null || since == null) {
            throw Refusal.invalid((rules == null ? "rules" : "since") + " is missing: send the rules as YAML in rules,"
                    + " and in since from when on transcripts are scored");
        }
        Answers.write(json, exchange, 200, scoring.dryRun(tenant, rules, since));
    }
}
