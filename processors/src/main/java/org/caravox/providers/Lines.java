package org.caravox.providers;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All lines of the hub: one for each provider and credential that has been used. */
public final class Lines {

    /**
     * What is set for the lines of one provider.
     *
     * @param concurrent how many calls may be under way for each credential
     * @param timeout    how long one call may take
     */
    public record LineSettings(int concurrent, Duration timeout) {
        public LineSettings {
            if (concurrent < 1) {
                throw new IllegalArgumentException("a provider's concurrent must be at least 1, was " + concurrent);
            }
        }
    }

    private record Key(Use use, String provider, String credential) {}

    private final Map<Key, Line> lines = new ConcurrentHashMap<>();
    private final BreakerSettings breakers;
    private final MeterRegistry metrics;
    private final Clock clock;

    public Lines(BreakerSettings breakers, MeterRegistry metrics, Clock clock) {
        this.breakers = breakers;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** The line of a provider and a credential; made the first time. */
    public Line line(Use use, String provider, String credential, LineSettings settings) {
        Key key = new Key(use, provider, credential);
        Line known = lines.get(key);
        return known != null
                ? known
                : lines.computeIfAbsent(
                        key,
                        unknown -> new Line(
                                use,
                                provider,
                                credential,
                                settings.concurrent(),
                                settings.timeout(),
                                breakers,
                                metrics,
                                clock));
    }
}
