package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.caravox.audio.Encoder;
import org.caravox.audio.Ffmpeg;
import org.caravox.audio.Recording;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.Dialogue;
import org.caravox.dialogue.LanguageModel;
import org.caravox.events.Events;
import org.caravox.providers.BreakerSettings;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.Lines;
import org.caravox.providers.Lines.LineSettings;
import org.caravox.providers.Provider;
import org.caravox.providers.Request;
import org.caravox.providers.Use;
import org.caravox.requests.Patience;
import org.caravox.requests.RequestIds;
import org.caravox.speech.Conversion;
import org.caravox.speech.Speech;
import org.caravox.speech.SpeechCache;
import org.caravox.speech.SpeechSettings;
import org.caravox.speech.Voice;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Options;
import org.caravox.transcription.RecordingSource;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptCache;
import org.caravox.transcription.TranscriptCache.CacheSettings;
import org.caravox.transcription.Transcription;
import org.caravox.transcription.TranscriptionRequest;
import org.caravox.transcription.Transcripts;
import org.caravox.usage.Assumed;
import org.caravox.usage.Budget;
import org.caravox.usage.Budgets;
import org.caravox.usage.Ledger;
import org.caravox.usage.Meter;
import org.caravox.usage.Price;
import org.caravox.usage.Prices;
import org.caravox.usage.UsageMetrics;
import org.caravox.usage.UsageReports;
import org.caravox.usage.UsageReports.Sum;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Hubs that record what requests use on a real PostgreSQL; their providers are played. A minute and a million cost 1 each. */
abstract class UsageFixture {

    static final Instant FROM = Instant.EPOCH;
    static final Instant TO = Instant.parse("2100-01-01T00:00:00Z");
    static final BigDecimal ONE = BigDecimal.ONE;

    final Jdbi database = TestDatabase.database();
    final ObjectMapper json = JsonMapper.builder().findAndAddModules().build();
    final MeterRegistry metrics = new SimpleMeterRegistry();
    final UsageReports reports = new UsageReports(database);
    final Time time = new Time(Instant.parse("2026-11-21T23:00:00Z"));
    String tenant = "tenant-" + RequestIds.next();
    Optional<Budget> budget = Optional.empty();
    Hub hub;

    @TempDir
    Path folder = Path.of("");

    Path file = folder;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        file = Files.writeString(folder.resolve("recording.wav"), "a recording");
        hub = new Hub();
        database.useHandle(handle ->
                handle.execute("insert into tenants (id, webhook_secret, created_at) values (?, '', now())", tenant));
    }

    Sum total() {
        return reports.total(tenant, FROM, TO);
    }

    Budgets.Standing standing() {
        return hub.budgets.standing(tenant).orElseThrow();
    }

    long reservations() {
        return database.withHandle(
                handle -> handle.select("select count(*) from budget_reservations where tenant = ?", tenant)
                        .mapTo(Long.class)
                        .one());
    }

    TranscriptionRequest request(@Nullable Duration length) {
        return request(length, Options.NONE);
    }

    TranscriptionRequest request(@Nullable Duration length, Options options) {
        return new TranscriptionRequest(
                RequestIds.next(),
                tenant,
                "u",
                null,
                null,
                null,
                length,
                null,
                null,
                null,
                options,
                5,
                null,
                null,
                time.instant());
    }

    /** Eight characters, which are two tokens, and up to 500 tokens in answer. */
    ChatRequest chat() {
        ObjectNode body = json.createObjectNode().put("max_tokens", 500);
        body.putArray("messages").addObject().put("role", "user").put("content", "12345678");
        return new ChatRequest(RequestIds.next(), tenant, null, body);
    }

    /** What a running hub is made of, as far as usage goes. */
    final class Hub {
        final PlayedProvider.Recogniser transcriber = new PlayedProvider.Recogniser();
        final PlayedProvider.Writer model = new PlayedProvider.Writer();
        Prices prices = new Prices(
                Currency.getInstance("EUR"),
                List.of(
                        new Price(Use.TRANSCRIPTION, PlayedProvider.PROVIDER, "*", ONE, null, null, null),
                        new Price(Use.DIALOGUE, PlayedProvider.PROVIDER, "*", null, ONE, ONE, null),
                        new Price(Use.SPEECH, PlayedProvider.PROVIDER, "m", null, null, null, ONE)));
        Budgets budgets;
        Transcripts transcripts;
        private TranscriptCache cache;
        private Transcription transcription;
        Dialogue dialogue;
        Speech speech;

        Hub() throws IOException, InterruptedException {
            open();
        }

        void open() throws IOException, InterruptedException {
            budgets = new Budgets(database, name -> budget, prices.currency(), time);
            Ledger ledger = new Ledger(database, prices, budgets, new UsageMetrics(metrics, false));
            Meter meter = new Meter(ledger::record, budgets, prices, new Assumed(Duration.ofMinutes(10), 1000), time);
            transcripts = new Transcripts(database, json, ledger, new Events(json, null));
            cache = new TranscriptCache(database, json, new CacheSettings(false, Duration.ofHours(24)), time);
            transcription = new Transcription(chain(Use.TRANSCRIPTION, (Transcriber) transcriber), cache, meter, time);
            dialogue = new Dialogue(chain(Use.DIALOGUE, (LanguageModel) model), meter);
            speech = new Speech(
                    chain(Use.SPEECH, (Voice) new PlayedProvider.Speaker()),
                    new Conversion(new Encoder(Ffmpeg.bundled())),
                    new SpeechCache(folder.resolve("speech"), 1_000_000, 0, json),
                    new SpeechSettings(1000, ""),
                    meter,
                    time);
        }

        private <R extends Request, P extends Provider<R>> Chain<R, P> chain(Use use, P provider) {
            return new Chain<>(
                    use,
                    List.of(provider),
                    name -> new LineSettings(1000, Duration.ofMinutes(10)),
                    name -> ChainSettings.of(PlayedProvider.PROVIDER),
                    (of, name, whose) -> Optional.empty(),
                    new Lines(BreakerSettings.USUAL, metrics, time),
                    metrics,
                    RandomGenerator.getDefault());
        }

        Transcript transcribe(TranscriptionRequest request) throws InterruptedException {
            return transcription.transcribe(
                    request, new OnDisk(file), Listening.forCaller(Patience.of(Duration.ofMinutes(10), time)));
        }
    }

    private record OnDisk(Path file) implements RecordingSource {
        @Override
        public Optional<URI> url() {
            return Optional.empty();
        }

        @Override
        public Recording recording() {
            throw new UnsupportedOperationException();
        }
    }

    /** A clock that goes on when a test says so. */
    static final class Time extends Clock {
        private volatile Instant now;

        Time(Instant now) {
            this.now = now;
        }

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
