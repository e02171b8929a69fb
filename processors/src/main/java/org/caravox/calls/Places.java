package org.caravox.calls;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The places for calls: who has one, and who waits for one. A place that is given back goes to the tenant that has the
 * fewest, so that nobody's long queue keeps others waiting, and of its callers to the one who came first of those who may
 * have it.
 */
final class Places {

    /**
     * Who wants a place.
     *
     * @param tenant whose call it is
     * @param trunk  by its name; null of a call without one
     */
    record Seeker(UUID id, String tenant, @Nullable String trunk) {}

    private record Waiter(Seeker who, String queue, CompletableFuture<Boolean> turn) {}

    private final int most;
    private final int mostOfTenant;
    private final int mostOfTrunk;
    private final Map<UUID, Seeker> taken = new HashMap<>();
    private final Map<UUID, Waiter> waiting = new LinkedHashMap<>();

    /** So many of this hub, of each tenant, and of each trunk. */
    Places(int most, int mostOfTenant, int mostOfTrunk) {
        this.most = most;
        this.mostOfTenant = mostOfTenant;
        this.mostOfTrunk = mostOfTrunk;
    }

    /** Takes a place; when there is none, says why, and nothing is taken. */
    synchronized Optional<String> take(Seeker who) {
        Optional<String> full = full(who);
        if (full.isEmpty()) {
            taken.put(who.id(), who);
        }
        return full;
    }

    /**
     * Takes a place, or one at the end of a queue.
     *
     * @param length how many may wait in this queue
     * @param turn   done with true when they have a place: at once, or as others leave
     * @return why there is not even room to wait; empty when there was
     */
    synchronized Optional<String> takeOrWait(Seeker who, String queue, int length, CompletableFuture<Boolean> turn) {
        Optional<String> full = take(who);
        if (full.isEmpty()) {
            turn.complete(true);
            return Optional.empty();
        }
        if (waitingIn(queue) >= length) {
            return full;
        }
        waiting.put(who.id(), new Waiter(who, queue, turn));
        return Optional.empty();
    }

    private long waitingIn(String queue) {
        return waiting.values().stream()
                .filter(one -> one.queue().equals(queue))
                .count();
    }

    /** Gives back the place, or goes out of the queue; those whose turn it is are told. */
    void leave(UUID id) {
        next(id).forEach(turn -> turn.complete(true));
    }

    /** Whoever has given up meanwhile leaves by themselves. */
    private synchronized List<CompletableFuture<Boolean>> next(UUID gone) {
        waiting.remove(gone);
        List<CompletableFuture<Boolean>> turns = new ArrayList<>();
        if (taken.remove(gone) == null) {
            return turns;
        }
        for (Optional<Waiter> next = next(); next.isPresent(); next = next()) {
            Seeker who = next.get().who();
            waiting.remove(who.id());
            taken.put(who.id(), who);
            turns.add(next.get().turn());
        }
        return turns;
    }

    private Optional<Waiter> next() {
        return waiting.values().stream()
                .filter(one -> full(one.who()).isEmpty())
                .min(Comparator.comparingLong(one -> ofTenant(one.who().tenant())));
    }

    /** Which place they have in their queue: 1 is next; 0 when they do not wait. */
    synchronized int position(UUID id) {
        Waiter own = waiting.get(id);
        if (own == null) {
            return 0;
        }
        List<Waiter> queue = waiting.values().stream()
                .filter(one -> one.queue().equals(own.queue()))
                .toList();
        return queue.indexOf(own) + 1;
    }

    /** How many places are taken. */
    synchronized int taken() {
        return taken.size();
    }

    /** How many wait for one. */
    synchronized int waiting() {
        return waiting.size();
    }

    private Optional<String> full(Seeker who) {
        if (taken.size() >= most) {
            return Optional.of("all " + most + " calls of this hub are taken");
        }
        if (ofTenant(who.tenant()) >= mostOfTenant) {
            return Optional.of("tenant " + who.tenant() + " may have " + mostOfTenant + " calls");
        }
        String trunk = who.trunk();
        if (trunk != null
                && taken.values().stream()
                                .filter(one -> trunk.equals(one.trunk()))
                                .count()
                        >= mostOfTrunk) {
            return Optional.of("trunk " + trunk + " may have " + mostOfTrunk + " calls");
        }
        return Optional.empty();
    }

    private long ofTenant(String tenant) {
        return taken.values().stream()
                .filter(one -> one.tenant().equals(tenant))
                .count();
    }
}
