package org.caravox.requests;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.Jdbi;

/**
 * The same {@code Idempotency-Key} with the same request gives the same answer, for a day. A first request that is
 * still under way is waited for; one that a crash cut off is done again under the id that it had, so that its job or
 * transcript cannot come to be twice.
 */
public final class Idempotency {

    /**
     * An answer that went out.
     *
     * @param status   HTTP status
     * @param location the {@code Location} header, or the empty text
     * @param body     its JSON, to the letter
     */
    public record Answer(int status, String location, String body) {}

    /**
     * What to do with a request that brought a key.
     *
     * @param id     the id that it has from now on
     * @param answer the answer that it got before, if it did
     */
    public record Claim(UUID id, Optional<Answer> answer) {}

    private record Key(String tenant, String key) {}

    private record Row(boolean same, UUID request, boolean stale, Optional<Answer> answer) {}

    private final Jdbi database;
    private final Duration keep;
    private final Duration staleAfter;
    private final String node;
    private final Map<Key, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

    /**
     * Idempotency on this hub.
     *
     * @param keep       how long an answer is remembered
     * @param staleAfter how long a request may be under way before its hub is taken for dead
     * @param node       this hub's name
     */
    public Idempotency(Jdbi database, Duration keep, Duration staleAfter, String node) {
        this.database = database;
        this.keep = keep;
        this.staleAfter = staleAfter;
        this.node = node;
    }

    /**
     * Starts a request under its key, or finds the answer that it had.
     *
     * @param fingerprint all that the request asks, as text
     * @param id          the id that it came with
     * @throws Refusal CONFLICT when the key was used for another request; OVERLOADED when the first is still under way
     *                 at the deadline
     */
    public Claim begin(String tenant, String key, String fingerprint, UUID id, Deadline deadline)
            throws InterruptedException {
        while (true) {
            CompletableFuture<Void> mine = new CompletableFuture<>();
            CompletableFuture<Void> others = underWay.putIfAbsent(new Key(tenant, key), mine);
            if (others == null) {
                try {
                    Claim claim = claim(tenant, key, fingerprint, id);
                    if (claim.answer().isPresent()) {
                        finish(tenant, key);
                    }
                    return claim;
                } catch (RuntimeException e) {
                    finish(tenant, key);
                    throw e;
                }
            }
            waitFor(others, deadline);
        }
    }

    private static void waitFor(CompletableFuture<Void> others, Deadline deadline) throws InterruptedException {
        try {
            others.get(Math.max(1, deadline.left().toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw stillUnderWay();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("nobody completes it exceptionally", e);
        }
    }

    /** What this hub began and has not under way any more, it could not write down the end of: it is done again. */
    private Claim claim(String tenant, String key, String fingerprint, UUID id) {
        return database.inTransaction(handle -> {
            int mine = handle.createUpdate(
                            """
                            insert into idempotency (tenant, key, fingerprint, request, node, created_at, touched_at)
                            values (:tenant, :key, sha256(convert_to(:fingerprint, 'UTF8')), :id, :node, now(), now()) on conflict do nothing""")
                    .bind("node", node)
                    .bind("tenant", tenant)
                    .bind("key", key)
                    .bind("fingerprint", fingerprint)
                    .bind("id", id)
                    .execute();
            if (mine == 1) {
                return new Claim(id, Optional.empty());
            }
            Row row = handle.createQuery(
                            """
                            select fingerprint = sha256(convert_to(:fingerprint, 'UTF8')) as same, request, status, location, answer,
                                   touched_at < now() - :stale * interval '1 second' or node = :node as stale
                            from idempotency where tenant = :tenant and key = :key for update""")
                    .bind("tenant", tenant)
                    .bind("key", key)
                    .bind("fingerprint", fingerprint)
                    .bind("stale", staleAfter.toSeconds())
                    .bind("node", node)
                    .map((found, context) -> new Row(
                            found.getBoolean("same"),
                            found.getObject("request", UUID.class),
                            found.getBoolean("stale"),
                            found.getString("answer") == null
                                    ? Optional.empty()
                                    : Optional.of(new Answer(
                                            found.getInt("status"),
                                            found.getString("location"),
                                            found.getString("answer")))))
                    .one();
            Claim claim = decide(row, key);
            handle.createUpdate(
                            "update idempotency set touched_at = now(), node = :node where tenant = :tenant and key = :key")
                    .bind("node", node)
                    .bind("tenant", tenant)
                    .bind("key", key)
                    .execute();
            return claim;
        });
    }

    /** Lets go of what this hub's former life had under way: only where no other hub can have its name. */
    public void takeBack() {
        database.useHandle(handle -> handle.createUpdate(
                        "update idempotency set touched_at = 'epoch' where node = :node and answer is null")
                .bind("node", node)
                .execute());
    }

    private static Claim decide(Row row, String key) {
        if (!row.same()) {
            throw new Refusal(
                    Refusal.Reason.CONFLICT,
                    "Idempotency-Key \"" + key + "\" was used for another request: use a new key for a new request");
        }
        if (row.answer().isEmpty() && !row.stale()) {
            throw stillUnderWay();
        }
        return new Claim(row.request(), row.answer());
    }

    private static Refusal stillUnderWay() {
        return new Refusal(
                Refusal.Reason.OVERLOADED,
                "the first request with this Idempotency-Key is still under way: ask again",
                Duration.ofSeconds(2),
                null);
    }

    /** Keeps the answer that is about to go out. */
    public void remember(String tenant, String key, Answer answer) {
        database.useHandle(handle -> handle.createUpdate(
                        """
                        update idempotency set status = :status, location = :location, answer = :answer
                        where tenant = :tenant and key = :key""")
                .bind("status", answer.status())
                .bind("location", answer.location())
                .bind("answer", answer.body())
                .bind("tenant", tenant)
                .bind("key", key)
                .execute());
        finish(tenant, key);
    }

    /** The request failed: the next one with its key is a new one. */
    public void forget(String tenant, String key) {
        try {
            delete(tenant, key);
        } finally {
            finish(tenant, key);
        }
    }

    private void delete(String tenant, String key) {
        database.useHandle(handle -> handle.createUpdate(
                        "delete from idempotency where tenant = :tenant and key = :key and answer is null")
                .bind("tenant", tenant)
                .bind("key", key)
                .execute());
    }

    private void finish(String tenant, String key) {
        CompletableFuture<Void> done = underWay.remove(new Key(tenant, key));
        if (done != null) {
            done.complete(null);
        }
    }

    /** Forgets answers that are older than they are kept. */
    public void clean() {
        database.useHandle(handle -> handle.createUpdate(
                        "delete from idempotency where created_at < now() - :keep * interval '1 second'")
                .bind("keep", keep.toSeconds())
                .execute());
    }
}
