package org.caravox.routes.seen;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.caravox.publishing.RoutesSeen.Trace;

/** The ways of the last messages, within bounds. */
final class Trails {

    private record Kept(Trail trail, int size) {}

    private final int most;
    private final long mostBytes;
    private final Deque<Kept> trails = new ArrayDeque<>();
    private long bytes;

    Trails(int most, long mostBytes) {
        this.most = most;
        this.mostBytes = mostBytes;
    }

    void add(Trail trail) {
        int size = trail.size();
        synchronized (trails) {
            trails.addLast(new Kept(trail, size));
            bytes += size;
            while (trails.size() > most || (bytes > mostBytes && !trails.isEmpty())) {
                bytes -= trails.removeFirst().size();
            }
        }
    }

    /** The newest first. */
    List<Trace> last(Predicate<Trail> wanted, int limit) {
        List<Trail> found = new ArrayList<>();
        synchronized (trails) {
            Iterator<Kept> newest = trails.descendingIterator();
            while (newest.hasNext() && found.size() < limit) {
                Trail trail = newest.next().trail();
                if (wanted.test(trail)) {
                    found.add(trail);
                }
            }
        }
        return found.stream().map(Trail::trace).toList();
    }
}
