package org.caravox.scoring;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.caravox.requests.Refusal;
import org.caravox.scoring.LeadScore.Fired;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The scores of transcripts, by tenant: of each the newest. */
public final class LeadScores {

    /** A score, of which transcript and since when. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Scored(UUID transcriptId, int score, String band, String rules, List<Fired> fired, Instant scoredAt) {

        LeadScore leadScore() {
            return new LeadScore(score, band, rules, fired);
        }
    }

    private final Jdbi database;
    private final ObjectMapper json;

    public LeadScores(Jdbi database, ObjectMapper json) {
        this.database = database;
        this.json = json;
    }

    /**
     * Newest transcript first.
     *
     * @param band    only those in it; null is all
     * @param atLeast only those of that score or a higher one
     * @param after   the last id of the page before; null is the first page
     */
    public List<Scored> list(String tenant, @Nullable String band, int atLeast, @Nullable UUID after, int limit) {
        return database.withHandle(handle -> handle.createQuery(
                        """
                        select * from lead_scores where tenant = :tenant and score >= :atLeast
                          and (cast(:band as text) is null or band = :band)
                          and (cast(:after as uuid) is null or transcript < :after)
                        order by transcript desc limit :limit""")
                .bind("tenant", tenant)
                .bind("band", band)
                .bind("atLeast", atLeast)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> scored(row))
                .list());
    }

    /**
     * The score of one transcript.
     *
     * @throws Refusal NOT_FOUND when the tenant has none
     */
    public Scored get(String tenant, UUID transcript) {
        return database.withHandle(handle -> find(handle, tenant, List.of(transcript))).stream()
                .findFirst()
                .orElseThrow(() -> Refusal.notFound("lead score of transcript " + transcript + " not found for tenant "
                        + tenant + ": there is one when its tenant has rules for scoring"));
    }

    List<Scored> find(Handle handle, String tenant, Collection<UUID> transcripts) {
        return handle.createQuery("select * from lead_scores where tenant = :tenant and transcript = any(:ids)")
                .bind("tenant", tenant)
                .bindArray("ids", UUID.class, transcripts.toArray())
                .map((row, context) -> scored(row))
                .list();
    }

    /**
     * Puts a score in the place of the one before, as part of a transaction, in which others wait with theirs.
     *
     * @return the one before, if there was any; nothing at all when the transcript is no more
     */
    Optional<Change> replace(Handle handle, String tenant, UUID transcript, LeadScore score, Instant now) {
        boolean there = handle.createQuery(
                        "select 1 from transcripts where tenant = :tenant and id = :id for no key update")
                .bind("tenant", tenant)
                .bind("id", transcript)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
        if (!there) {
            return Optional.empty();
        }
        Optional<LeadScore> before =
                find(handle, tenant, List.of(transcript)).stream().findFirst().map(Scored::leadScore);
        if (!before.equals(Optional.of(score))) {
            write(handle, tenant, transcript, score, now);
        }
        return Optional.of(new Change(before, score));
    }

    /** A score and the one that was there before. */
    record Change(Optional<LeadScore> before, LeadScore after) {

        /** Whether it matters to who acts on it. */
        boolean isOne() {
            return before.filter(
                            was -> was.score() == after.score() && was.band().equals(after.band()))
                    .isEmpty();
        }
    }

    private void write(Handle handle, String tenant, UUID transcript, LeadScore score, Instant now) {
        handle.createUpdate(
                        """
                        insert into lead_scores (transcript, tenant, score, band, rules, fired, scored_at)
                        values (:transcript, :tenant, :score, :band, :rules, cast(:fired as jsonb), :now)
                        on conflict (transcript) do update set score = excluded.score, band = excluded.band,
                          rules = excluded.rules, fired = excluded.fired, scored_at = excluded.scored_at""")
                .bindMap(Map.of(
                        "transcript",
                        transcript,
                        "tenant",
                        tenant,
                        "score",
                        score.score(),
                        "band",
                        score.band(),
                        "rules",
                        score.rules(),
                        "fired",
                        written(score.fired()),
                        "now",
                        now))
                .execute();
    }

    private String written(List<Fired> fired) {
        try {
            return json.writeValueAsString(fired);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("rules that fired are always JSON", e);
        }
    }

    private Scored scored(ResultSet row) throws SQLException {
        try {
            return new Scored(
                    row.getObject("transcript", UUID.class),
                    row.getInt("score"),
                    row.getString("band"),
                    row.getString("rules"),
                    json.readValue(row.getString("fired"), new TypeReference<List<Fired>>() {}),
                    row.getTimestamp("scored_at").toInstant());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored score cannot be read", e);
        }
    }
}
