package org.caravox.providers;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that goes when it is told to. */
public final class TestClock extends Clock {

    private final AtomicLong nowMs =
            new AtomicLong(Instant.parse("2026-11-21T09:00:00Z").toEpochMilli());

    public void forward(Duration time) {
        nowMs.addAndGet(time.toMillis());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(nowMs.get());
    }
}
