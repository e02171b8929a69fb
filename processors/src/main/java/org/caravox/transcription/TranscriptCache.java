package org.caravox.transcription;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transcripts by their recordings, for requests that wish for it: the same bytes, asked for in the same way by the same
 * tenant, are not transcribed twice within a time. Tenants never get each other's.
 */
public final class TranscriptCache {

    /**
     * What is set for it.
     *
     * @param enabled whether all requests wish for it; otherwise those with the option {@code cache}
     * @param keep    how long a transcript is given again, over 0
     */
    public record CacheSettings(boolean enabled, Duration keep) {
        public CacheSettings {
            if (keep.isZero() || keep.isNegative()) {
                throw new IllegalArgumentException("caravox.transcript-cache.keep must be over 0, was " + keep);
            }
        }
    }

    private static final Logger log = LoggerFactory.getLogger(TranscriptCache.class);

    private final Jdbi database;
    private final ObjectMapper json;
    private final CacheSettings settings;
    private final Clock clock;

    public TranscriptCache(Jdbi database, ObjectMapper json, CacheSettings settings, Clock clock) {
        this.database = database;
        this.json = json;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * What a request's transcript is found by; empty when it does not wish for one of before. The recording is fetched
     * for it.
     *
     * @throws org.caravox.requests.Refusal when the recording cannot be had
     */
    Optional<byte[]> key(TranscriptionRequest request, RecordingSource recording) throws InterruptedException {
        if (!settings.enabled() && !request.options().has(Option.CACHE)) {
            return Optional.empty();
        }
        try {
            String asked = HexFormat.of().formatHex(sha256(recording.file())) + " " + request.provider() + " "
                    + request.model() + " " + request.language() + " "
                    + json.writeValueAsString(request.options().without(Option.CACHE));
            return Optional.of(sha256().digest(asked.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            log.warn("cache.unread request={} reason=\"{}\"", request.id(), e.getMessage());
            return Optional.empty();
        }
    }

    Optional<Transcript> find(String tenant, byte[] key) {
        return database.withHandle(handle -> handle.createQuery("select content from transcript_cache"
                        + " where tenant = :tenant and key = :key and expires_at > :now")
                .bind("tenant", tenant)
                .bind("key", key)
                .bind("now", clock.instant())
                .mapTo(String.class)
                .map(this::read)
                .findOne());
    }

    /** Keeps a transcript, where that can be done: it was paid for and is answered in any case. */
    void keep(String tenant, byte[] key, Transcript transcript) {
        try {
            write(tenant, key, transcript);
        } catch (JdbiException e) {
            log.warn("cache.unwritten request={} reason=\"{}\"", transcript.id(), e.getMessage());
        }
    }

    private void write(String tenant, byte[] key, Transcript transcript) {
        database.useHandle(handle -> handle.createUpdate(
                        """
                        insert into transcript_cache (tenant, key, content, expires_at)
                        values (:tenant, :key, cast(:content as jsonb), :expiresAt)
                        on conflict (tenant, key) do update
                          set content = excluded.content, expires_at = excluded.expires_at""")
                .bind("tenant", tenant)
                .bind("key", key)
                .bind("content", write(transcript))
                .bind("expiresAt", clock.instant().plus(settings.keep()))
                .execute());
    }

    /** Removes those that are no longer given. */
    public void clean() {
        database.useHandle(
                handle -> handle.execute("delete from transcript_cache where expires_at <= ?", clock.instant()));
    }

    private static byte[] sha256(Path file) throws IOException {
        MessageDigest sha256 = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return sha256.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private String write(Transcript transcript) {
        try {
            return json.writeValueAsString(transcript);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a transcript is always JSON", e);
        }
    }

    private Transcript read(String content) {
        try {
            return json.readValue(content, Transcript.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored transcript cannot be read", e);
        }
    }
}
