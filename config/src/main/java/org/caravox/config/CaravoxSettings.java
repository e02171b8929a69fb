package org.caravox.config;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.caravox.calls.CallSettings;
import org.caravox.crm.CrmAuth;
import org.caravox.crm.CrmConnection;
import org.caravox.crm.CrmType;
import org.caravox.live.LiveSettings;
import org.caravox.providers.BreakerSettings;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.ChainSettings.Choice;
import org.caravox.providers.ChainSettings.Link;
import org.caravox.providers.Models;
import org.caravox.providers.RemoteSettings;
import org.caravox.providers.Use;
import org.caravox.recordings.AudioRecorders;
import org.caravox.tenants.Limits.Limit;
import org.caravox.transcription.Mode;
import org.caravox.transcription.ModeChooser.Thresholds;
import org.caravox.transcription.TranscriptCache.CacheSettings;
import org.caravox.usage.Budget;
import org.caravox.usage.Budget.Per;
import org.caravox.usage.Price;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * All settings under {@code caravox.*}; their defaults are in {@code config/settings/application.yaml}, what they do is
 * in {@code config/README.md}.
 */
@ConfigurationProperties(prefix = "caravox", ignoreUnknownFields = false)
record CaravoxSettings(
        Path home,
        Path data,
        DataSize dataReserve,
        Path cache,
        String region,
        Roles roles,
        String node,
        String log,
        Audio audio,
        Fetch fetch,
        Outbound outbound,
        List<String> observedFrom,
        Modes modes,
        Deadlines deadlines,
        Vosk vosk,
        UseSettings transcription,
        Live live,
        CallsSettings calls,
        RoutesSettings routes,
        UseSettings dialogue,
        UseSettings speech,
        int speechMaxCharacters,
        SpeechCacheSettings speechCache,
        BreakerSettings breakers,
        Probes probes,
        Map<String, String> secrets,
        Map<String, String> values,
        Map<String, DatabaseEntry> databases,
        String publicUrl,
        Crm crm,
        Jobs jobs,
        Deliveries deliveries,
        Batches batches,
        RabbitMq rabbitmq,
        Kafka kafka,
        Events events,
        Audit audit,
        Intake intake,
        Idempotency idempotency,
        Webhooks webhooks,
        Limits limits,
        UsageEntry usage,
        BudgetEntry budget,
        CacheSettings transcriptCache,
        Currency currency,
        List<PriceEntry> prices,
        Map<String, Tenant> tenants) {

    private static final DataSize LARGEST_MESSAGE = DataSize.ofMegabytes(1);

    record Audio(
            DataSize maxSize,
            Duration maxDuration,
            int maxChannels,
            Duration arriveWithin,
            Duration decodeWithin,
            String ffmpeg) {}

    record Fetch(Duration deadline, Duration jobDeadline, Duration silence) {}

    /** Where calls may go, and a file of certificates that they trust beside Java's own; empty: none. */
    record Outbound(List<String> allow, String trust) {}

    record Modes(Duration syncBelow, Duration asyncAbove, Mode between, Duration syncDeadline) {}

    /** How long callers of the chains other than transcription wait at most. */
    record Deadlines(Duration dialogue, Duration speech) {}

    record Vosk(Path archive, boolean repeatable, int decoders, int callers, Duration patience, int streams) {}

    record Probes(Duration every) {}

    /** Spoken audio that is kept. */
    record SpeechCacheSettings(boolean enabled, DataSize memory, DataSize disk) {}

    /** The providers of one use, by name, and who of them is asked. */
    record UseSettings(Map<String, ProviderEntry> providers, ChainEntry chain) {
        UseSettings {
            providers = providers == null ? Map.of() : Map.copyOf(providers);
        }
    }

    /** Where Asterisk's AudioSockets connect; 0 is nowhere. */
    record AudioSocket(int port) {
        AudioSocket {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException(
                        "caravox.live.audiosocket.port must be 1 to 65535, or 0 for none, was " + port);
            }
        }
    }

    /** The audio of live streams, where it is recorded. */
    record LiveRecordings(Duration keep, DataSize maxSize, DataSize memory) {
        LiveRecordings {
            if (keep.isNegative() || keep.isZero()) {
                throw new IllegalArgumentException("caravox.live.recordings.keep must be over 0, was " + keep);
            }
            if (maxSize.toBytes() < 1 || maxSize.toBytes() > AudioRecorders.LARGEST) {
                throw new IllegalArgumentException("caravox.live.recordings.max-size must be 1B to "
                        + AudioRecorders.LARGEST + "B, which is the most that a WAV file holds, was " + maxSize);
            }
            if (memory.toMegabytes() < 1 || memory.toGigabytes() > 1) {
                throw new IllegalArgumentException("caravox.live.recordings.memory must be 1MB to 1GB, was " + memory);
            }
        }
    }

    /** Live streams: who hears them, and how they are treated. */
    record Live(
            Map<String, ProviderEntry> providers,
            ChainEntry chain,
            AudioSocket audiosocket,
            LiveRecordings recordings,
            int loops,
            int sessions,
            int sessionsOfTenant,
            Duration trail,
            DataSize memory,
            Duration settleAfter,
            double pace,
            Duration burst,
            Duration backlog,
            Duration silence,
            Duration idle,
            Duration longest,
            Duration stall,
            Duration openWithin,
            Duration endWithin,
            Duration resumeWithin,
            boolean warm) {

        Live {
            if (memory.toMegabytes() < 1) {
                throw new IllegalArgumentException("caravox.live.memory must be at least 1MB, was " + memory);
            }
        }

        UseSettings use() {
            return new UseSettings(providers, chain);
        }

        LiveSettings settings() {
            return new LiveSettings(
                    sessions,
                    trail,
                    settleAfter,
                    pace,
                    burst,
                    backlog,
                    silence,
                    idle,
                    longest,
                    stall,
                    openWithin,
                    endWithin,
                    resumeWithin,
                    warm);
        }
    }

    /** One provider; null is as its kind has it. */
    record ProviderEntry(
            @Nullable String kind,
            @Nullable URI baseUrl,
            @Nullable String credential,
            @Nullable List<String> models,
            @Nullable List<String> languages,
            @Nullable Duration timeout,
            @Nullable Integer concurrent,
            @Nullable Map<String, String> options) {

        String kindOf(String name) {
            return kind == null ? name : kind;
        }

        /** What a provider over the network is made of. */
        RemoteSettings remote(String name) {
            if (baseUrl == null || models == null || models.isEmpty()) {
                throw new IllegalArgumentException(
                        "provider " + name + " needs base-url and models, its default first");
            }
            return new RemoteSettings(
                    name,
                    baseUrl,
                    new Models(models),
                    languages == null ? List.of("*") : languages,
                    options == null ? Map.of() : options);
        }
    }

    /** Who is asked; null is as for all. */
    record ChainEntry(
            @Nullable Choice choose,
            @Nullable List<LinkEntry> links,
            @Nullable Integer attempts,
            @Nullable Boolean waits,
            @Nullable Boolean strictModel,
            @Nullable Set<String> require) {}

    record LinkEntry(
            String provider, @Nullable Double weight, @Nullable String model, @Nullable Map<String, String> models) {

        Link link() {
            return new Link(provider, weight == null ? 1 : weight, model, models == null ? Map.of() : models);
        }
    }

    /** What this hub does: lets requests in, works on jobs, or both. */
    record Roles(boolean door, boolean worker) {
        Roles {
            if (!door && !worker) {
                throw new IllegalArgumentException(
                        "caravox.roles.door and caravox.roles.worker are both false: a hub is a door, a worker or both");
            }
        }
    }

    /** Where jobs wait for workers. */
    enum Queue {
        TABLE,
        RABBITMQ
    }

    /** Where uploads wait for workers. */
    enum UploadsOn {
        DISK,
        DATABASE
    }

    record RabbitMq(String queue, int concurrency, int consumers, int prefetch, Duration confirmWithin) {
        RabbitMq {
            if (concurrency < 1 || consumers < concurrency) {
                throw new IllegalArgumentException(
                        "caravox.rabbitmq.consumers must be caravox.rabbitmq.concurrency or more,"
                                + " and that 1 or more; they were " + consumers + " and " + concurrency);
            }
        }
    }

    /** Where events are streamed to: a topic of Kafka, or none. */
    record Events(String topic) {}

    /**
     * Who changed what.
     *
     * @param keep  how long it is kept
     * @param topic of Kafka, where it is streamed to, or none
     */
    record Audit(Duration keep, String topic) {}

    /** Where Kafka's clients begin; empty: there is none. */
    record Kafka(String brokers) {}

    /** What comes in by queues. */
    record Intake(
            DataSize maxSize,
            String replyPrefix,
            List<Duration> replyRetries,
            RabbitMqIntake rabbitmq,
            KafkaIntake kafka) {}

    /** The queue, and the tenants of RabbitMQ's users. */
    record RabbitMqIntake(String queue, int consumers, int prefetch, Map<String, String> users) {
        RabbitMqIntake {
            users = users == null ? Map.of() : Map.copyOf(users);
        }
    }

    record KafkaIntake(String topic, String group, int consumers, String replyTopic) {}

    record Jobs(
            Queue queue,
            String dispatch,
            int workers,
            int window,
            UploadsOn recordings,
            Duration lease,
            int attempts,
            Duration backOff,
            Duration maxBackOff,
            double jitter,
            Duration deadline,
            Duration keep) {}

    /** How events get to endpoints. */
    record Deliveries(
            List<Duration> retries,
            double jitter,
            Duration timeout,
            Duration lease,
            int laneInFlight,
            int inFlight,
            Duration disableAfter,
            Duration keep,
            boolean httpsOnly) {}

    record Batches(DataSize maxSize, int maxItems, Duration resultsWithin) {}

    record Idempotency(Duration keep) {}

    /** How many webhook endpoints a tenant may have, and how long a secret signs on when another took its place. */
    record Webhooks(int endpoints, Duration secretOverlap) {}

    /** Who counts a tenant's requests. */
    enum SharedBy {
        HUB,
        DATABASE
    }

    record Limits(SharedBy shared, int requestsPerMinute, int burst, int concurrent) {}

    record UsageEntry(boolean tenantLabel, Duration assumeAudio, long assumeOutputTokens) {}

    /** How much a tenant may spend; {@code none} is as much as it likes. */
    record BudgetEntry(String amount, @Nullable Per per) {

        static final String NONE = "none";

        Budget budget(Per usual) {
            try {
                return new Budget(new BigDecimal(amount), or(per, usual));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "the amount of a budget must be a number or none, was \"" + amount + "\"", e);
            }
        }
    }

    /** One line of prices.yaml; null is what its use is not charged by. */
    record PriceEntry(
            Use use,
            String provider,
            @Nullable String model,
            @Nullable BigDecimal perAudioMinute,
            @Nullable BigDecimal perMillionInputTokens,
            @Nullable BigDecimal perMillionOutputTokens,
            @Nullable BigDecimal perMillionCharacters) {

        Price price() {
            return new Price(
                    use,
                    provider,
                    model == null ? Price.ANY : model,
                    perAudioMinute,
                    perMillionInputTokens,
                    perMillionOutputTokens,
                    perMillionCharacters);
        }
    }

    /** What is different for one tenant; null is as for all. */
    record Tenant(
            @Nullable TenantModes modes,
            @Nullable TenantLimits limits,
            @Nullable BudgetEntry budget,
            @Nullable ChainEntry transcription,
            @Nullable ChainEntry live,
            @Nullable ChainEntry dialogue,
            @Nullable ChainEntry speech,
            @Nullable Map<String, String> credentials,
            @Nullable Map<String, CrmEntry> crm,
            @Nullable Boolean recordStreams,
            @Nullable Map<String, String> values,
            @Nullable String recordingConsent) {

        @Nullable
        ChainEntry chain(Use use) {
            return switch (use) {
                case TRANSCRIPTION -> transcription;
                case LIVE -> live;
                case DIALOGUE -> dialogue;
                case SPEECH -> speech;
            };
        }
    }

    /** A database that routes read from; of its password, the name of the secret. */
    record DatabaseEntry(
            String url,
            @DefaultValue("") String username,
            @DefaultValue("") String secret,
            @DefaultValue("4") int connections,
            @DefaultValue("2s") Duration within) {
        DatabaseEntry {
            if (url == null || !url.startsWith("jdbc:postgresql:")) {
                throw new IllegalArgumentException(
                        "the url of a database in caravox.databases must begin with jdbc:postgresql:, was " + url);
            }
            if (connections < 1) {
                throw new IllegalArgumentException(
                        "the connections of a database in caravox.databases must be at least 1, were " + connections);
            }
        }
    }

    /** What all CRMs share. */
    record Crm(boolean tryMappings) {}

    /** A tenant's CRM; null is as its type has it. */
    record CrmEntry(
            @Nullable CrmType type,
            @Nullable String baseUrl,
            @Nullable String version,
            @Nullable List<String> events,
            @Nullable String route,
            @Nullable String mapping,
            @Nullable CrmAuthEntry auth,
            @Nullable Map<String, String> headers,
            @Nullable Map<String, String> options) {

        CrmConnection connection(String tenant, String name) {
            if (type == null) {
                throw new IllegalArgumentException(
                        "caravox.tenants." + tenant + ".crm." + name + ".type: write salesforce, hubspot or custom");
            }
            URI url = URI.create(or(baseUrl, type.baseUrl()));
            return new CrmConnection(
                    tenant,
                    name,
                    type,
                    url,
                    or(version, type.version()),
                    or(events, List.of("transcript.ready")),
                    or(route, type.route()),
                    or(mapping, type.mapping()),
                    (auth == null ? CrmAuthEntry.NONE : auth).auth(type, url),
                    or(headers, Map.of()),
                    or(options, Map.of()));
        }
    }

    /** How the hub logs in to a CRM; secrets by their names. */
    record CrmAuthEntry(
            CrmAuth.@Nullable Kind type,
            @Nullable String clientId,
            @Nullable String secret,
            @Nullable String user,
            @Nullable URI tokenUrl,
            @Nullable String audience,
            @Nullable String scope,
            @Nullable String header) {

        static final CrmAuthEntry NONE = new CrmAuthEntry(null, null, null, null, null, null, null, null);

        CrmAuth auth(CrmType crm, URI baseUrl) {
            boolean salesforce = crm == CrmType.SALESFORCE;
            URI tokens = salesforce ? URI.create(baseUrl + "/services/oauth2/token") : null;
            return new CrmAuth(
                    or(type, CrmAuth.Kind.NONE),
                    or(clientId, ""),
                    or(secret, ""),
                    or(user, ""),
                    tokenUrl == null ? tokens : tokenUrl,
                    or(audience, salesforce ? "https://login.salesforce.com" : baseUrl.toString()),
                    or(scope, ""),
                    or(header, ""));
        }
    }

    record TenantModes(@Nullable Duration syncBelow, @Nullable Duration asyncAbove, @Nullable Mode between) {}

    record TenantLimits(@Nullable Integer requestsPerMinute, @Nullable Integer burst, @Nullable Integer concurrent) {}

    CaravoxSettings {
        if (!log.equals("text") && !log.equals("json")) {
            throw new IllegalArgumentException("caravox.log must be text or json, was " + log);
        }
        if (publicUrl.endsWith("/")) {
            throw new IllegalArgumentException("caravox.public-url must have no slash at the end, was " + publicUrl);
        }
        tenants = tenants == null ? Map.of() : Map.copyOf(tenants);
        observedFrom = observedFrom == null ? List.of() : List.copyOf(observedFrom);
        secrets = secrets == null ? Map.of() : Map.copyOf(secrets);
        values = values == null ? Map.of() : Map.copyOf(values);
        databases = databases == null ? Map.of() : Map.copyOf(databases);
        prices = prices == null ? List.of() : List.copyOf(prices);
        checkModesAndLimits(modes, limits, tenants);
        checkBrokers(jobs, kafka, events, intake, audit);
    }

    private static void checkBrokers(Jobs jobs, Kafka kafka, Events events, Intake intake, Audit audit) {
        if (jobs.queue() == Queue.RABBITMQ && !jobs.dispatch().startsWith("outbox:")) {
            throw new IllegalArgumentException(
                    "caravox.jobs.queue=rabbitmq needs caravox.jobs.dispatch=outbox:jobDispatch"
                            + " and the addresses of RabbitMQ and PostgreSQL: use ./hub run --profile cluster");
        }
        if (!intake.rabbitmq().queue().isBlank() && jobs.queue() != Queue.RABBITMQ) {
            throw new IllegalArgumentException(
                    "caravox.intake.rabbitmq.queue needs caravox.jobs.queue=rabbitmq: see the profile cluster");
        }
        boolean wanted =
                Stream.of(events.topic(), audit.topic(), intake.kafka().topic()).anyMatch(topic -> !topic.isBlank());
        if (wanted && kafka.brokers().isBlank()) {
            throw new IllegalArgumentException(
                    "caravox.events.topic, caravox.audit.topic and caravox.intake.kafka.topic need"
                            + " caravox.kafka.brokers=host:port");
        }
        if (intake.maxSize().toBytes() < 1 || intake.maxSize().toBytes() > LARGEST_MESSAGE.toBytes()) {
            throw new IllegalArgumentException("caravox.intake.max-size must be 1B to " + LARGEST_MESSAGE.toKilobytes()
                    + "KB, was " + intake.maxSize());
        }
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

    /** Whether a tenant's live streams are recorded that do not say. */
    boolean recordsStreams(String tenant) {
        Tenant own = tenants.get(tenant);
        return own != null && or(own.recordStreams(), false);
    }

    /** How calls are treated. */
    CallSettings callSettings() {
        Map<String, String> consents = new HashMap<>();
        tenants.forEach((id, tenant) -> {
            String text = tenant.recordingConsent();
            if (text != null && !text.isBlank()) {
                consents.put(id, text);
            }
        });
        return calls.settings(consents);
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

    /** What a tenant may spend; empty is as much as it likes. */
    Optional<Budget> budget(String tenant) {
        Tenant own = tenants.get(tenant);
        BudgetEntry different = own == null ? null : own.budget();
        BudgetEntry entry = different == null ? budget : different;
        return entry.amount().equals(BudgetEntry.NONE)
                ? Optional.empty()
                : Optional.of(entry.budget(or(budget.per(), Per.MONTH)));
    }

    /**
     * The CRMs of all tenants.
     *
     * @throws IllegalArgumentException saying which setting to mend
     */
    List<CrmConnection> crms() {
        List<CrmConnection> all = new ArrayList<>();
        tenants.forEach((tenant, own) -> or(own.crm(), Map.<String, CrmEntry>of())
                .forEach((name, crm) -> all.add(crm.connection(tenant, name))));
        for (CrmConnection crm : all) {
            String secret = crm.auth().secret();
            if (!secret.isEmpty() && !secrets.containsKey(secret)) {
                throw new IllegalArgumentException("caravox.tenants." + crm.tenant() + ".crm." + crm.name()
                        + ".auth.secret names \"" + secret + "\", which is not in caravox.secrets");
            }
        }
        return all;
    }

    UseSettings use(Use use) {
        return switch (use) {
            case TRANSCRIPTION -> transcription;
            case LIVE -> live.use();
            case DIALOGUE -> dialogue;
            case SPEECH -> speech;
        };
    }

    /** Who is asked on behalf of a tenant; null is those without a chain of their own. */
    ChainSettings chain(Use use, @Nullable String tenant) {
        ChainEntry usual = use(use).chain();
        Tenant own = tenant == null ? null : tenants.get(tenant);
        ChainEntry entry = own == null ? null : own.chain(use);
        ChainEntry different = entry == null ? usual : entry;
        List<LinkEntry> links = or(different.links(), usual.links() == null ? List.of() : usual.links());
        return new ChainSettings(
                or(different.choose(), or(usual.choose(), Choice.ORDERED)),
                links.stream().map(LinkEntry::link).toList(),
                or(different.attempts(), or(usual.attempts(), 3)),
                or(different.waits(), or(usual.waits(), false)),
                or(different.strictModel(), or(usual.strictModel(), false)),
                or(different.require(), or(usual.require(), Set.of())));
    }

    /** The providers in anybody's chain. */
    Set<String> providersInChains(Use use) {
        Set<String> names = new LinkedHashSet<>();
        chain(use, null).links().forEach(link -> names.add(link.provider()));
        tenants.keySet().forEach(tenant -> chain(use, tenant).links().forEach(link -> names.add(link.provider())));
        return names;
    }

    /**
     * Looks whether all chains of a use make sense.
     *
     * @throws IllegalArgumentException saying what to mend
     */
    void checkChains(Use use) {
        checkChain(use, null);
        tenants.keySet().forEach(tenant -> checkChain(use, tenant));
    }

    private void checkChain(Use use, @Nullable String tenant) {
        String where = "caravox." + (tenant == null ? use.word() + ".chain" : "tenants." + tenant + "." + use.word());
        for (Link link : chain(use, tenant).links()) {
            if (!use(use).providers().containsKey(link.provider())) {
                throw new IllegalArgumentException(where + " names provider \"" + link.provider()
                        + "\", which is not in caravox." + use.word() + ".providers: "
                        + String.join(
                                ", ",
                                new java.util.TreeSet<>(use(use).providers().keySet())));
            }
        }
    }

    private static <T> T or(@Nullable T different, T usual) {
        return different == null ? usual : different;
    }
}
