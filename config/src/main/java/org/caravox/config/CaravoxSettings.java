package org.caravox.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.caravox.tenants.Limits.Limit;
import org.caravox.transcription.Mode;
import org.caravox.transcription.ModeChooser.Thresholds;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * All settings under {@code caravox.*}; their defaults are in {@code config/settings/application.yaml}, what they do is
 * in {@code config/README.md}.
 */
@ConfigurationProperties(prefix = "caravox", ignoreUnknownFields = false)
record CaravoxSettings(
        Path home,
        Path data,
        Path cache,
        String region,
        String node,
        String log,
        Audio audio,
        Fetch fetch,
        Outbound outbound,
        List<String> observedFrom,
        Modes modes,
        Vosk vosk,
        Jobs jobs,
        Idempotency idempotency,
        Limits limits,
        Map<String, Tenant> tenants) {

    record Audio(
            DataSize maxSize,
            Duration maxDuration,
            int maxChannels,
            Duration arriveWithin,
            Duration decodeWithin,
            String ffmpeg) {}

    record Fetch(Duration deadline, Duration jobDeadline, Duration silence) {}

    record Outbound(List<String> allow) {}

    record Modes(Duration syncBelow, Duration asyncAbove, Mode between, Duration syncDeadline) {}

    record Vosk(Path archive, boolean repeatable, int decoders, int callers, Duration patience) {}

    record Jobs(
            String dispatch,
            String webhooks,
            int workers,
            Duration lease,
            int attempts,
            Duration backOff,
            Duration maxBackOff,
            double jitter,
            Duration deadline,
            Duration keep,
            List<Duration> webhookRetries) {}

    record Idempotency(Duration keep) {}

    record Limits(int requestsPerMinute, int burst, int concurrent) {}

    /** What is different for one tenant; null is as for all. */
    record Tenant(@Nullable TenantModes modes, @Nullable TenantLimits limits) {}

    record TenantModes(@Nullable Duration syncBelow, @Nullable Duration asyncAbove, @Nullable Mode between) {}

    record TenantLimits(@Nullable Integer requestsPerMinute, @Nullable Integer burst, @Nullable Integer concurrent) {}

    CaravoxSettings {
        if (!log.equals("text") && !log.equals("json")) {
            throw new IllegalArgumentException("caravox.log must be text or json, was " + log);
        }
        tenants = tenants == null ? Map.of() : Map.copyOf(tenants);
        observedFrom = observedFrom == null ? List.of() : List.copyOf(observedFrom);
        checkModesAndLimits(modes, limits, tenants);
    }

    private static void checkModesAndLimits(Modes modes, Limits limits, Map<String, Tenant> tenants) {
        thresholds(modes, null);
        limit(limits, null);
        tenants.values().forEach(tenant -> {
            thresholds(modes, tenant);
            limit(limits, tenant);
        });
    }

    /** The lengths that decide on a tenant's modes. */
    Thresholds thresholds(String tenant) {
        return thresholds(modes, tenants.get(tenant));
    }

    private static Thresholds thresholds(Modes modes, @Nullable Tenant own) {
        TenantModes different = own == null ? null : own.modes();
        if (different == null) {
            return new Thresholds(modes.syncBelow(), modes.asyncAbove(), modes.between());
        }
        return new Thresholds(
                or(different.syncBelow(), modes.syncBelow()),
                or(different.asyncAbove(), modes.asyncAbove()),
                or(different.between(), modes.between()));
    }

    /** A tenant's limits. */
    Limit limit(String tenant) {
        return limit(limits, tenants.get(tenant));
    }

    private static Limit limit(Limits limits, @Nullable Tenant own) {
        TenantLimits different = own == null ? null : own.limits();
        if (different == null) {
            return new Limit(limits.requestsPerMinute(), limits.burst(), limits.concurrent());
        }
        return new Limit(
                or(different.requestsPerMinute(), limits.requestsPerMinute()),
                or(different.burst(), limits.burst()),
                or(different.concurrent(), limits.concurrent()));
    }

    private static <T> T or(@Nullable T different, T usual) {
        return different == null ? usual : different;
    }
}
