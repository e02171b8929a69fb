package org.caravox.jobs;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant; null leaves all of them.
 *
 * @param tenant whose; null is everybody's, and what could not be told whose it is
 * @param kind   jobs or messages
 * @param fault  whose doing it was
 * @param batch  the batch that the job belongs to
 * @param userId the tenant's own user
 * @param from   given up then or later
 * @param to     given up before then
 * @param q      words that stand in the reason, in whatever case
 */
public record DeadLetterFilter(
        @Nullable String tenant,
        DeadLetter.@Nullable Kind kind,
        @Nullable Fault fault,
        @Nullable UUID batch,
        @Nullable String userId,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable String q) {

    /** A condition of SQL, with what its names stand for. */
    record Condition(String sql, Map<String, Object> bound) {

        Condition and(String more, String name, Object value) {
            Map<String, Object> all = new HashMap<>(bound);
            all.put(name, value);
            return new Condition(sql + " and " + more, all);
        }

        private Condition andIf(@Nullable Object value, String more, String name) {
            return value == null ? this : and(more, name, value);
        }
    }

    /** All of a tenant's, or with null of everybody's. */
    public static DeadLetterFilter all(@Nullable String tenant) {
        return new DeadLetterFilter(tenant, null, null, null, null, null, null, null);
    }

    /** Whether it leaves out nothing of what a tenant, or everybody, has. */
    public boolean meansAll() {
        return equals(all(tenant));
    }

    /** On the table {@code jobs}. */
    Condition jobs() {
        Condition dead = new Condition(
                kind == DeadLetter.Kind.MESSAGE ? "false" : "status = 'failed' and discarded_at is null", Map.of());
        return common(dead, "ended_at", "error")
                .andIf(fault == null ? null : fault.word(), "coalesce(fault, 'hub') = :fault", "fault")
                .andIf(batch, "batch = :batch", "batch")
                .andIf(userId, "user_id = :userId", "userId");
    }

    /** On the table {@code refused_messages}: their senders are at fault, and nothing else is known of them. */
    Condition messages() {
        boolean none = kind == DeadLetter.Kind.JOB || fault == Fault.HUB || batch != null || userId != null;
        return common(new Condition(none ? "false" : "true", Map.of()), "at", "reason");
    }

    private Condition common(Condition dead, String failedAt, String reason) {
        return dead.andIf(tenant, "tenant = :tenant", "tenant")
                .andIf(from, failedAt + " >= :from", "from")
                .andIf(to, failedAt + " < :to", "to")
                .andIf(q, "position(lower(:q) in lower(" + reason + ")) > 0", "q");
    }
}
