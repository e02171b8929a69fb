package org.caravox.speech;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audio that was spoken before: the last of it in memory, more of it on disk, where it survives a restart. It holds only
 * what was delivered whole, by the provider that is asked first. A tenant finds what was spoken for itself, and nothing else.
 */
public final class SpeechCache {

    private static final Logger log = LoggerFactory.getLogger(SpeechCache.class);

    /** No single text may take more than this part of the memory. */
    private static final int SHARES_OF_MEMORY = 8;

    private static final int OVERHEAD_BYTES = 500;

    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    private record InMemory(KeptSpeech.About about, byte[] audio) {
        int bytes() {
            return audio.length + OVERHEAD_BYTES;
        }
    }

    /**
     * What was found.
     *
     * @param audio the whole of it, as a stream
     */
    record Found(KeptSpeech.About about, InputStream audio) {}

    private final Cache<String, InMemory> memory;
    private final long mostInMemory;
    private final SpeechFolder disk;
    private final ObjectMapper json;

    /**
     * A cache.
     *
     * @param folder      for nothing else; it is made
     * @param memoryBytes how much is held in memory; 0 is nothing
     * @param diskBytes   how much is held on disk; 0 is nothing
     */
    public SpeechCache(Path folder, long memoryBytes, long diskBytes, ObjectMapper json) throws IOException {
        this.memory = Caffeine.newBuilder()
                .maximumWeight(memoryBytes)
                .weigher((String key, InMemory held) -> held.bytes())
                .build();
        this.mostInMemory = memoryBytes / SHARES_OF_MEMORY;
        this.disk = new SpeechFolder(folder, diskBytes);
        this.json = json;
    }

    Optional<Found> find(String key) {
        InMemory held = memory.getIfPresent(key);
        if (held != null) {
            return Optional.of(new Found(held.about(), new ByteArrayInputStream(held.audio())));
        }
        return disk.find(key).flatMap(file -> read(key, file));
    }

    private Optional<Found> read(String key, Path file) {
        try {
            KeptSpeech kept = KeptSpeech.in(file, json);
            if (kept.audioBytes() > mostInMemory) {
                return Optional.of(new Found(kept.about(), kept.open()));
            }
            try (InputStream audio = kept.open()) {
                InMemory held = new InMemory(kept.about(), audio.readAllBytes());
                memory.put(key, held);
                return Optional.of(new Found(held.about(), new ByteArrayInputStream(held.audio())));
            }
        } catch (IOException e) {
            log.warn("speech-cache.unreadable file={} reason=\"{}\"", file.getFileName(), e.getMessage());
            disk.forget(key);
            return Optional.empty();
        }
    }

    /** Passes audio on, and keeps it if it is read to its end. */
    InputStream keep(String key, KeptSpeech.About about, InputStream audio) {
        long most = Math.max(disk.mostBytes(), mostInMemory);
        if (most == 0) {
            return audio;
        }
        try {
            return new SpeechRecorder(audio, about, disk.scratch(), most, json, file -> keep(key, file));
        } catch (IOException e) {
            log.warn("speech-cache.unwritable reason=\"{}\"", e.getMessage());
            return audio;
        }
    }

    private void keep(String key, Path scratch) throws IOException {
        if (!disk.keep(key, scratch)) {
            KeptSpeech kept = KeptSpeech.in(scratch, json);
            try (InputStream audio = kept.open()) {
                memory.put(key, new InMemory(kept.about(), audio.readAllBytes()));
            }
        }
    }
}
