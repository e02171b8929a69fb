package org.caravox.calls;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.caravox.calls.media.MediaStats;

/** What is counted and timed of calls. */
public final class CallMetrics {

    private final MeterRegistry metrics;

    public CallMetrics(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    /** A call began to ring. */
    void began(String direction) {
        metrics.counter("calls.begun", "direction", direction).increment();
    }

    /** A call was not taken. */
    void refused(String why) {
        metrics.counter("calls.refused", "why", why).increment();
    }

    /** A caller waited for a place. */
    void waited(String outcome, Duration time) {
        Timer.builder("calls.waited")
                .description("In the queue, until there was a place or not")
                .tag("outcome", outcome)
                .register(metrics)
                .record(time);
    }

    /** A call ended. */
    void ended(String direction, CallEnd end, Duration talked) {
        metrics.counter(
                        "calls.ended",
                        "direction",
                        direction,
                        "cause",
                        end.cause().word())
                .increment();
        Timer.builder("calls.talked")
                .description("From the answer to the end of a call")
                .tag("direction", direction)
                .register(metrics)
                .record(talked);
    }

    /** How its audio went. */
    void heard(MediaStats stats) {
        metrics.summary("calls.mos").record(stats.mos());
        metrics.counter("rtp.packets.received").increment((double) stats.received());
        metrics.counter("rtp.packets.lost").increment((double) stats.lost());
        metrics.counter("rtp.packets.late").increment((double) stats.late());
        metrics.counter("rtp.packets.sent").increment((double) stats.sent());
        metrics.counter("rtp.packets.sent.late").increment((double) stats.lateSent());
    }
}
