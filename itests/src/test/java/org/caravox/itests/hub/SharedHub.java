package org.caravox.itests.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import okhttp3.tls.HeldCertificate;
import org.caravox.fakes.FakeProviders;

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

    /** The CRMs of the tenants below. */
    public static final FakeProviders CRMS = FakeProviders.start(0);

    /** A tenant whose calls go into Salesforce, as {@code sales}; its {@code wrong} has a wrong secret. */
    public static final String SALESFORCE_TENANT = "with-salesforce";

    /** A tenant whose calls go into HubSpot, as {@code marketing}. */
    public static final String HUBSPOT_TENANT = "with-hubspot";

    /** A tenant whose calls go into a CRM of its own, as {@code own}. */
    public static final String CUSTOM_CRM_TENANT = "with-own-crm";

    /** A tenant with the same, of whose answers the API's document speaks. */
    public static final String DESCRIBED_CRM_TENANT = "with-described-crm";

    /** A tenant whose calls go into two CRMs of its own: {@code basic}, where they can be changed, and {@code signed}. */
    public static final String LOGIN_CRMS_TENANT = "with-login-crms";

    /** A tenant whose calls go into {@code sales} in Salesforce and {@code marketing} in HubSpot, at stations of its own. */
    public static final String SPENT_CRMS_TENANT = "with-spent-crms";

    /** An authority that the hub trusts. */
    public static final HeldCertificate AUTHORITY =
            new HeldCertificate.Builder().certificateAuthority(0).build();

    /** The largest recording that it takes. */
    public static final int MAX_SIZE_BYTES = 20 * 1024 * 1024;

    /** The longest recording that it takes. */
    public static final int MAX_SECONDS = 320;

    private SharedHub() {}

    private static final class Lazy {
        private static final RunningHub HUB = start();

        private static RunningHub start() {
            try {
                Map<String, String> settings = settings();
                settings.put("caravox.outbound.trust", trusted());
                RunningHub hub = RunningHub.startForLong(Files.createTempDirectory("caravox-tests-"), settings);
                Runtime.getRuntime().addShutdownHook(new Thread(hub::closeAndForget));
                return hub;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String trusted() throws IOException {
        Path file = Files.createTempFile("caravox-trusted-", ".pem");
        file.toFile().deleteOnExit();
        return Files.writeString(file, AUTHORITY.certificatePem()).toString();
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
        settings.put("caravox.live.pace", "20");
        settings.put("caravox.live.resume-within", "5s");
        return settings;
    }

    private static void addCrms(Map<String, String> settings) {
        CRMS.keys("salesforce-2", "the-right-secret");
        settings.put("caravox.crm.try-mappings", "true");
        settings.put("caravox.secrets.crm-right", "the-right-secret");
        settings.put("caravox.secrets.crm-wrong", "the-wrong-secret");
        settings.put("caravox.secrets.crm-key", privateKey());
        String sales = crm(settings, SALESFORCE_TENANT, "sales", "salesforce", "client-credentials", "crm-right");
        settings.put(sales + "auth.client-id", "caravox");
        String wrong = crm(settings, SALESFORCE_TENANT, "wrong", "salesforce-2", "client-credentials", "crm-wrong");
        settings.put(wrong + "auth.client-id", "caravox");
        settings.put(wrong + "events[0]", "job.cancelled");
        String byKey = crm(settings, SALESFORCE_TENANT, "by-key", "salesforce-3", "jwt-bearer", "crm-key");
        settings.put(byKey + "auth.client-id", "caravox");
        settings.put(byKey + "auth.user", "caravox@acme.example");
        settings.put(byKey + "events[0]", "job.cancelled");
        crm(settings, HUBSPOT_TENANT, "marketing", "hubspot", "bearer", "crm-right");
        for (String tenant : List.of(CUSTOM_CRM_TENANT, DESCRIBED_CRM_TENANT)) {
            String own = crm(settings, tenant, "own", "crm", "bearer", "crm-right");
            settings.put(own + "auth.header", "X-Api-Key");
            settings.put(own + "options.path", "/calls");
            settings.put(own + "options.id", "/data/id");
            settings.put(own + "options.success", ".body.status == \"ok\"");
            settings.put(own + "options.test-path", "/me");
        }
        String basic = crm(settings, LOGIN_CRMS_TENANT, "basic", "crm-2", "basic", "crm-right");
        settings.put(basic + "auth.user", "caravox");
        settings.put(basic + "options.path", "/calls");
        settings.put(basic + "options.id", "/data/id");
        settings.put(basic + "options.update-path", "/calls/{id}");
        String signed = crm(settings, LOGIN_CRMS_TENANT, "signed", "crm-3", "hmac", "crm-right");
        settings.put(signed + "options.path", "/calls");
        String spent = crm(settings, SPENT_CRMS_TENANT, "sales", "salesforce-4", "client-credentials", "crm-right");
        settings.put(spent + "auth.client-id", "caravox");
        crm(settings, SPENT_CRMS_TENANT, "marketing", "hubspot-2", "bearer", "crm-right");
    }

    private static String crm(
            Map<String, String> settings, String tenant, String name, String station, String auth, String secret) {
        String prefix = "caravox.tenants." + tenant + ".crm." + name + ".";
        String vendor = station.split("-", 2)[0];
        settings.put(prefix + "type", vendor.equals("crm") ? "custom" : vendor);
        settings.put(prefix + "base-url", CRMS.base(station).toString());
        settings.put(prefix + "auth.type", auth);
        settings.put(prefix + "auth.secret", secret);
        return prefix;
    }

    private static String privateKey() {
        try {
            KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
            keys.initialize(2048);
            byte[] key = keys.generateKeyPair().getPrivate().getEncoded();
            return "-----BEGIN PRIVATE KEY-----" + Base64.getEncoder().encodeToString(key)
                    + "-----END PRIVATE KEY-----";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = quickSettings();
        addCrms(settings);
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
