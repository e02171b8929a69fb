package org.caravox.config;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.caravox.publishing.Finding;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RouteRuntime;
import org.caravox.publishing.RouteTally;
import org.caravox.publishing.RoutesRefused;

/** Plays what a hub runs: keeps what it is given, and refuses what it is told to. */
final class PlayedRoutes implements RouteRuntime {

    /** What no check lets pass. */
    static final String WRONG = "wrong";

    /** What does not link. */
    static final String UNLINKED = "unlinked";

    private final Map<Long, RouteFiles> versions = new ConcurrentHashMap<>();
    private final List<Counts> counts = new CopyOnWriteArrayList<>();
    private volatile long serving;
    volatile String staged = "";
    volatile String refuses = "nothing";
    volatile String cannotServe = "nothing";

    /** The versions that it has. */
    Set<Long> loaded() {
        return versions.keySet();
    }

    /** The texts of the files in force, in the order of their paths. */
    String serves() {
        return String.join(" ", requireNonNull(versions.get(serving)).texts().values());
    }

    /** What was counted of a route. */
    RouteTally tally(long version, String route) {
        return counts.stream()
                .filter(each -> each.version() == version && each.route().equals(route))
                .map(each -> new RouteTally(each.done(), each.failed(), 1, 2))
                .findFirst()
                .orElseThrow();
    }

    /** A route has so much to show, all told. */
    void count(long version, String route, long done, long failed) {
        counts.removeIf(each -> each.version() == version && each.route().equals(route));
        counts.add(
                new Counts(version, route, Instant.EPOCH, done, failed, 0, Duration.ofMillis(1), Duration.ofMillis(2)));
    }

    @Override
    public long serving() {
        return serving;
    }

    @Override
    public void prepare(long version, RouteFiles files) {
        refuse(files, refuses);
        if (files.texts().containsValue(UNLINKED)) {
            throw new NoClassDefFoundError(UNLINKED);
        }
        versions.put(version, files);
    }

    @Override
    public void serve(long version) {
        refuse(requireNonNull(versions.get(version)), cannotServe);
        serving = version;
        staged = "";
    }

    private static void refuse(RouteFiles files, String text) {
        if (files.texts().containsValue(text)) {
            throw new RoutesRefused(List.of(finding("a/one.camel.yaml")));
        }
    }

    @Override
    public void stage(long version, Share share) {
        staged = version + " " + share;
    }

    @Override
    public void discard(long version) {
        versions.remove(version);
        if (staged.startsWith(version + " ")) {
            staged = "";
        }
    }

    @Override
    public List<Counts> counts() {
        return counts;
    }

    /** What is wrong with a file. */
    static Finding finding(String path) {
        return Finding.error(path, 1, 1, "it is wrong", "write something else");
    }
}
