package org.caravox.itests.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The one hub on which most tests run, each with tenants of its own: started when first asked for. */
public final class SharedHub {

    /** A tenant whose recordings become jobs sooner. */
    public static final String QUICK_TENANT = "quick";

    /** A tenant that may send three requests in one go, then one in ten seconds. */
    public static final String NARROW_TENANT = "narrow";

    /** A tenant that may have one request under way. */
    public static final String SINGLE_TENANT = "single";

    /** A tenant that may spend 0.1 a day; a second of audio costs 0.01. */
    public static final String THRIFTY_TENANT = "thrifty";

    /** Tenants that try all operations one after the other, within seconds. */
    public static final List<String> BUSY_TENANTS = List.of("victim", "stranger");

    /** The largest recording that it takes. */
    public static final int MAX_SIZE_BYTES = 20 * 1024 * 1024;

    /** The longest recording that it takes. */
    public static final int MAX_SECONDS = 320;

    private SharedHub() {}

    private static final class Lazy {
        private static final RunningHub HUB = start();

        private static RunningHub start() {
            try {
                RunningHub hub = RunningHub.start(Files.createTempDirectory("caravox-tests-"), settings());
                Runtime.getRuntime().addShutdownHook(new Thread(hub::closeAndForget));
                return hub;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public static RunningHub hub() {
        return Lazy.HUB;
    }

    /** What every hub in tests is set to: results that repeat, and short waits. */
    public static Map<String, String> quickSettings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("caravox.vosk.repeatable", "true");
        settings.put("caravox.outbound.allow[0]", "127.0.0.1/32");
        settings.put("caravox.fetch.deadline", "4s");
        settings.put("caravox.fetch.job-deadline", "4s");
        settings.put("caravox.fetch.silence", "2s");
        settings.put("caravox.jobs.back-off", "200ms");
        settings.put("caravox.deliveries.retries[0]", "200ms");
        settings.put("caravox.deliveries.retries[1]", "200ms");
        settings.put("caravox.deliveries.https-only", "false");
        return settings;
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = quickSettings();
        settings.put("caravox.audio.max-size", MAX_SIZE_BYTES + "B");
        settings.put("caravox.audio.max-duration", MAX_SECONDS + "s");
        settings.put("caravox.tenants." + QUICK_TENANT + ".modes.sync-below", "5s");
        settings.put("caravox.tenants." + QUICK_TENANT + ".modes.async-above", "10s");
        settings.put("caravox.tenants." + NARROW_TENANT + ".limits.burst", "3");
        settings.put("caravox.tenants." + NARROW_TENANT + ".limits.requests-per-minute", "6");
        settings.put("caravox.tenants." + SINGLE_TENANT + ".limits.concurrent", "1");
        settings.put("caravox.tenants." + THRIFTY_TENANT + ".budget.amount", "0.1");
        settings.put("caravox.tenants." + THRIFTY_TENANT + ".budget.per", "day");
        for (String tenant : BUSY_TENANTS) {
            settings.put("caravox.tenants." + tenant + ".limits.requests-per-minute", "100000");
            settings.put("caravox.tenants." + tenant + ".limits.burst", "10000");
        }
        settings.put("caravox.prices[0].use", "transcription");
        settings.put("caravox.prices[0].provider", "vosk");
        settings.put("caravox.prices[0].per-audio-minute", "0.6");
        return settings;
    }
}
