package org.caravox.scoring;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.camel.ExchangeProperty;
import org.caravox.deliveries.Delivery;
import org.caravox.events.Events;
import org.caravox.requests.Refusal;
import org.caravox.scoring.LeadScore.Fired;
import org.caravox.scoring.LeadScores.Change;
import org.caravox.scoring.LeadScores.Scored;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Transcripts;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scores transcripts when they are ready, and those of the past on trial. */
public final class LeadScoring {

    /**
     * What other rules would make of past transcripts.
     *
     * @param rules   name and version of the rules on trial
     * @param scored  how many transcripts were looked at
     * @param changed how many would get another score or band
     * @param more    whether there are older ones since the time asked for, at which nobody looked
     * @param rows    each transcript, newest first
     */
    public record Trial(String rules, int scored, long changed, boolean more, List<Row> rows) {}

    /**
     * One transcript of a trial.
     *
     * @param before the score that it has; null when it has none
     * @param after  the one that it would get
     * @param fired  the ids of the rules on trial that fired
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Row(
            UUID transcriptId,
            String userId,
            Instant createdAt,
            @Nullable Mark before,
            Mark after,
            List<String> fired) {}

    /** A score and its band. */
    public record Mark(int score, String band) {}

    /** The type of the event that tells of a score. */
    public static final String EVENT = "lead.scored";

    private static final Logger log = LoggerFactory.getLogger(LeadScoring.class);
    private static final String LANE = "lead-scores";
    private static final int MOST_TRIED = 1000;

    private final Jdbi database;
    private final RuleSets rules;
    private final LeadScores scores;
    private final Transcripts transcripts;
    private final Events events;
    private final Clock clock;

    public LeadScoring(
            Jdbi database, RuleSets rules, LeadScores scores, Transcripts transcripts, Events events, Clock clock) {
        this.database = database;
        this.rules = rules;
        this.scores = scores;
        this.transcripts = transcripts;
        this.events = events;
        this.clock = clock;
    }

    /** Has every tenant that has rules told of its transcripts, and the others not any more. */
    public void listen() {
        database.useTransaction(handle -> {
            Object[] named = rules.tenants().toArray();
            handle.createUpdate(
                            """
                            insert into endpoints (id, tenant, kind, name, types)
                            select time_id(), id, 'scoring', :lane, '{transcript.ready}' from tenants
                            where :all or id = any(:named)
                            on conflict (tenant, kind, name) where name is not null do update
                              set status = 'active', changed_at = now() where endpoints.status = 'deleted'""")
                    .bind("lane", LANE)
                    .bind("all", rules.forAll())
                    .bindArray("named", String.class, named)
                    .execute();
            handle.createUpdate(
                            """
                            update endpoints set status = 'deleted', changed_at = now()
                            where kind = 'scoring' and status <> 'deleted' and not (:all or tenant = any(:named))""")
                    .bind("all", rules.forAll())
                    .bindArray("named", String.class, named)
                    .execute();
        });
    }

    /** Scores the transcript that an event tells of. A score that has changed is told of, once. */
    public void score(@ExchangeProperty("delivery") Delivery delivery) {
        score(delivery.tenant(), delivery.subject());
    }

    void score(String tenant, UUID id) {
        Optional<RuleSet> set = rules.of(tenant);
        Optional<Transcript> transcript = transcripts.find(tenant, id);
        if (set.isEmpty() || transcript.isEmpty()) {
            return;
        }
        LeadScore score = set.get().score(transcript.get());
        database.useTransaction(handle -> scores.replace(handle, tenant, id, score, clock.instant())
                .filter(Change::isOne)
                .ifPresent(change -> {
                    events.record(handle, tenant, EVENT, id, told(transcript.get(), change));
                    log.info(
                            "lead.scored transcript={} tenant={} score={} band={}",
                            id,
                            tenant,
                            score.score(),
                            score.band());
                }));
    }

    private static Map<String, Object> told(Transcript transcript, Change change) {
        LeadScore score = change.after();
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("transcriptId", transcript.id());
        told.put("userId", transcript.userId());
        told.put("score", score.score());
        told.put("band", score.band());
        told.put("rules", score.rules());
        change.before()
                .ifPresent(before -> told.put(
                        "previous", Map.of("score", before.score(), "band", before.band(), "rules", before.rules())));
        told.put("fired", score.fired());
        told.put("link", "/transcripts/" + transcript.id());
        return told;
    }

    /**
     * Tries rules on a tenant's past transcripts, up to a thousand of the newest; nothing is written.
     *
     * @param text  the rules, as YAML
     * @param since of transcripts made at or after then
     * @throws Refusal INVALID when the rules cannot be used, with the rule and what to write
     */
    public Trial dryRun(String tenant, String text, Instant since) {
        RuleSet tried = RuleFile.read("rules", text);
        List<Row> rows = new ArrayList<>();
        transcripts.each(tenant, since, MOST_TRIED + 1, transcript -> {
            LeadScore score = tried.score(transcript);
            rows.add(new Row(
                    transcript.id(),
                    transcript.userId(),
                    transcript.createdAt(),
                    null,
                    new Mark(score.score(), score.band()),
                    score.fired().stream().map(Fired::rule).toList()));
        });
        boolean more = rows.size() > MOST_TRIED;
        List<Row> compared = compared(tenant, more ? rows.subList(0, MOST_TRIED) : rows);
        long changed = compared.stream()
                .filter(row -> !row.after().equals(row.before()))
                .count();
        return new Trial(tried.label(), compared.size(), changed, more, compared);
    }

    private List<Row> compared(String tenant, List<Row> rows) {
        List<UUID> ids = rows.stream().map(Row::transcriptId).toList();
        Map<UUID, Mark> before = database.withHandle(handle -> scores.find(handle, tenant, ids)).stream()
                .collect(Collectors.toMap(Scored::transcriptId, score -> new Mark(score.score(), score.band())));
        return rows.stream()
                .map(row -> new Row(
                        row.transcriptId(),
                        row.userId(),
                        row.createdAt(),
                        before.get(row.transcriptId()),
                        row.after(),
                        row.fired()))
                .toList();
    }
}
