package org.caravox.fakes;

import io.vertx.core.http.HttpConnection;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.caravox.fakes.vendors.Vendor;

/** One provider: a vendor, its script, the keys that are good, and what it has seen. */
final class Station {

    private static final int REMEMBERED = 1000;

    /** A rule, and how often it is still good; below zero for ever. */
    private static final class Remaining {
        final Rule rule;
        int left;

        Remaining(Rule rule) {
            this.rule = rule;
            this.left = rule.times == null ? -1 : rule.times;
        }
    }

    /**
     * A rule that still counts.
     *
     * @param left for how many requests; -1 for all
     */
    record Pending(Rule rule, int left) {}

    private final Vendor vendor;
    private final Deque<Remaining> script = new ArrayDeque<>();
    private final Set<String> keys = new HashSet<>();
    private final Deque<Visit> visits = new ArrayDeque<>();
    private final Set<HttpConnection> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private long requests;
    private long answered;
    private long disconnected;
    private long connections;

    Station(Vendor vendor) {
        this.vendor = vendor;
    }

    Vendor vendor() {
        return vendor;
    }

    synchronized void script(List<Rule> rules) {
        script.clear();
        rules.forEach(rule -> script.add(new Remaining(rule)));
    }

    /** The rules that are not used up. */
    synchronized List<Pending> script() {
        return script.stream()
                .map(remaining -> new Pending(remaining.rule, remaining.left))
                .toList();
    }

    /** Only these credentials are good; if there are none, any is. */
    synchronized void keys(List<String> good) {
        keys.clear();
        keys.addAll(good);
    }

    synchronized boolean accepts(String credential) {
        return !credential.isEmpty() && (keys.isEmpty() || keys.contains(credential));
    }

    /** What to do with a request; a rule that is used up by it is gone. */
    synchronized Rule next(String credential, String path) {
        for (Remaining remaining : script) {
            if (remaining.left != 0 && remaining.rule.isFor(credential, path)) {
                remaining.left -= remaining.left > 0 ? 1 : 0;
                script.removeIf(used -> used.left == 0);
                return remaining.rule;
            }
        }
        return new Rule();
    }

    synchronized void came(Visit visit, HttpConnection connection) {
        requests++;
        connections += open.add(connection) ? 1 : 0;
        visits.addLast(visit);
        if (visits.size() > REMEMBERED) {
            visits.removeFirst();
        }
    }

    synchronized void closed(HttpConnection connection) {
        open.remove(connection);
    }

    synchronized void answered(Visit visit) {
        if (!visit.isOver()) {
            visit.answered();
            answered++;
        }
    }

    synchronized void disconnected(Visit visit) {
        if (!visit.isOver()) {
            visit.disconnected();
            disconnected++;
        }
    }

    synchronized Counters counters() {
        return new Counters(requests, answered, disconnected, connections, open.size());
    }

    /** The last requests, oldest first. */
    List<SeenRequest> seen() {
        List<Visit> listed;
        synchronized (this) {
            listed = List.copyOf(visits);
        }
        return listed.stream().map(Visit::seen).toList();
    }
}
