package org.caravox.live;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.caravox.events.Events;
import org.caravox.providers.Use;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Transcripts;
import org.caravox.transcription.Utterance;
import org.caravox.usage.Consumed;
import org.caravox.usage.Ledger;
import org.caravox.usage.Usage;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of live streams: utterances that are told of, transcripts that are stored and paid for. */
public final class LiveTranscripts {

    /** The type of the event that tells of an utterance. */
    public static final String UTTERANCE = "utterance.final";

    private static final Duration KNOWN_FOR = Duration.ofSeconds(1);
    private static final int MOST_KNOWN = 10_000;

    private static final Logger log = LoggerFactory.getLogger(LiveTranscripts.class);

    private final Jdbi database;
    private final Transcripts transcripts;
    private final Ledger ledger;
    private final Events events;
    private final Clock clock;

    /** Whether utterances of a tenant are wanted: there are hundreds a second, and endpoints change now and then. */
    private final LoadingCache<String, Boolean> wanted;

    /** @param nanos the time that passes, as {@link System#nanoTime()} tells it */
    public LiveTranscripts(
            Jdbi database, Transcripts transcripts, Ledger ledger, Events events, Clock clock, LongSupplier nanos) {
        this.database = database;
        this.transcripts = transcripts;
        this.ledger = ledger;
        this.events = events;
        this.clock = clock;
        this.wanted = Caffeine.newBuilder()
                .maximumSize(MOST_KNOWN)
                .expireAfterWrite(KNOWN_FOR)
                .ticker(nanos::getAsLong)
                .build(this::mayBeWanted);
    }

    /** A database that is away does not say no: then each utterance is tried by itself. */
    private boolean mayBeWanted(String tenant) {
        try {
            return database.withHandle(handle -> events.isWanted(handle, tenant, UTTERANCE));
        } catch (JdbiException e) {
            log.warn("live.wanted.unknown tenant={}", tenant, e);
            return true;
        }
    }

    /** A stream begins. */
    public void opened(@Body LiveRequest request) {
        log.info("live.opened session={} tenant={} door={}", request.id(), request.tenant(), request.door());
    }

    /** Tells of an utterance, where anybody wants to know: a new endpoint is told of them within a second. */
    public void tell(@ExchangeProperty("stream") LiveRequest request, @Body Utterance utterance) {
        if (!wanted.get(request.tenant())) {
            return;
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("streamId", request.id());
        data.put("userId", request.userId());
        data.put("door", request.door());
        data.put("channel", utterance.channel());
        data.put("start", utterance.start());
        data.put("end", utterance.end());
        data.put("transcript", utterance.transcript().replace("\0", ""));
        Integer speaker = utterance.speaker();
        if (speaker != null) {
            data.put("speaker", speaker);
        }
        database.useHandle(handle -> events.recordIfWanted(handle, request.tenant(), UTTERANCE, request.id(), data));
    }

    /** Stores what was said and what it used, by each provider that heard some of it, in one transaction. */
    public Transcript store(@Body LiveRecord ended) {
        LiveRequest request = ended.request();
        Heard heard = ended.heard();
        Transcript transcript = Transcript.of(
                request.id(),
                request.userId(),
                Mode.STREAM,
                request.metadata(),
                heard,
                ended.warnings(),
                clock.instant());
        Hearer last = new Hearer(heard.provider(), heard.model());
        database.useTransaction(handle -> {
            transcripts.recordUsed(
                    handle,
                    transcript,
                    usage(request, request.id(), last, ended.hearers().getOrDefault(last, Duration.ZERO)));
            ended.hearers().forEach((hearer, audio) -> {
                if (!hearer.equals(last)) {
                    ledger.record(handle, usage(request, part(request, hearer), hearer, audio));
                }
            });
        });
        log.info(
                "live.stored session={} tenant={} door={} provider={} audio_seconds={} hearers={} why={}",
                request.id(),
                request.tenant(),
                request.door(),
                heard.provider(),
                transcript.duration(),
                ended.hearers().size(),
                ended.fault().map(fault -> fault.why().name()).orElse("ended"));
        return transcript;
    }

    private Usage usage(LiveRequest request, UUID id, Hearer hearer, Duration audio) {
        return ledger.priced(
                id,
                Use.LIVE,
                request.tenant(),
                hearer.provider(),
                hearer.model(),
                Consumed.audio(audio),
                clock.instant());
    }

    /** A request is written down once for each use: what another provider heard of it has an id of its own. */
    private static UUID part(LiveRequest request, Hearer hearer) {
        return UUID.nameUUIDFromBytes((request.id() + " " + hearer).getBytes(StandardCharsets.UTF_8));
    }
}
