package org.caravox.live;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.caravox.live.LiveEvent.Heard;
import org.jspecify.annotations.Nullable;

/** The client of a session, and what it was told: kept a while for one that comes back. For the session's loop. */
final class Telling {

    /** An event that the client was told. */
    record Numbered(long number, LiveEvent event) {}

    private record Told(long number, LiveEvent event, long at) {}

    private final Deque<Told> told = new ArrayDeque<>();
    private final Loop loop;
    private final boolean resumable;
    private @Nullable LiveClient client;
    private long number;

    /** @param resumable whether a client may come back */
    Telling(Loop loop, boolean resumable) {
        this.loop = loop;
        this.resumable = resumable;
    }

    /** What was told of late, with its numbers. */
    List<Numbered> told() {
        return told.stream().map(one -> new Numbered(one.number(), one.event())).toList();
    }

    /** The number of the last event. */
    long number() {
        return number;
    }

    /** Goes on where another one was. */
    void goOn(List<Numbered> before, long last) {
        before.forEach(one -> told.add(new Told(one.number(), one.event(), loop.now())));
        number = last;
    }

    /** Who is there; null is nobody. */
    @Nullable
    LiveClient client() {
        return client;
    }

    /** Somebody is there, or there again, and is told what came after an event. */
    void attach(LiveClient newClient, long received, long after) {
        client = newClient;
        newClient.attached(received);
        for (Told one : told) {
            if (one.number() > after) {
                newClient.tell(one.number(), one.event());
            }
        }
    }

    /** Nobody is there any more. */
    void detach() {
        client = null;
    }

    void tell(LiveEvent event) {
        number++;
        if (resumable) {
            keep(event);
        }
        LiveClient there = client;
        if (there != null) {
            there.tell(number, event);
        }
    }

    /** Of interim phrases only the last of each channel. */
    private void keep(LiveEvent event) {
        if (event instanceof Heard heard) {
            int channel = heard.phrase().channel();
            told.removeIf(one -> one.event() instanceof Heard before
                    && !before.phrase().settled()
                    && before.phrase().channel() == channel);
        }
        told.add(new Told(number, event, loop.now()));
    }

    /** Lets go of what was told so long ago. */
    void forget(Duration ago) {
        long now = loop.now();
        told.removeIf(one -> now - one.at() > ago.toNanos());
    }
}
