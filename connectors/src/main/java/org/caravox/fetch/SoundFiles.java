package org.caravox.fetch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.caravox.audio.Decoder;
import org.caravox.audio.Examiner;
import org.caravox.audio.PcmStream;
import org.caravox.audio.Recording;
import org.caravox.calls.Sounds;
import org.caravox.outbound.GuardedClient;
import org.caravox.requests.Deadline;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** Recordings that are played to callers, from a folder or over https; those that were played lately are kept decoded. */
public final class SoundFiles implements Sounds {

    private static final int LARGEST_BYTES = 32 * 1024 * 1024;
    private static final long KEPT_BYTES = 64L * 1024 * 1024;
    private static final Duration WITHIN = Duration.ofSeconds(15);

    private record Key(String source, long changed, int sampleRateHz) {}

    private final Path folder;
    private final GuardedClient client;
    private final Examiner examiner;
    private final Decoder decoder;
    private final Cache<Key, byte[]> decoded = Caffeine.newBuilder()
            .maximumWeight(KEPT_BYTES)
            .<Key, byte[]>weigher((key, pcm) -> pcm.length)
            .expireAfterWrite(Duration.ofMinutes(10))
            .build();

    public SoundFiles(Path folder, GuardedClient client, Examiner examiner, Decoder decoder) {
        this.folder = folder.toAbsolutePath().normalize();
        this.client = client;
        this.examiner = examiner;
        this.decoder = decoder;
    }

    @Override
    public InputStream open(String source, int sampleRateHz, Patience patience)
            throws IOException, InterruptedException {
        Deadline deadline = patience.deadline().orIn(WITHIN);
        boolean remote = source.startsWith("https://") || source.startsWith("http://");
        Path file = remote ? null : file(source);
        Key key = new Key(
                source, file == null ? 0 : Files.getLastModifiedTime(file).toMillis(), sampleRateHz);
        byte[] known = decoded.getIfPresent(key);
        if (known == null) {
            known = file == null
                    ? fetched(URI.create(source), sampleRateHz, deadline)
                    : pcm(file, sampleRateHz, deadline);
            decoded.put(key, known);
        }
        return new ByteArrayInputStream(known);
    }

    private Path file(String name) {
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder) || !Files.isRegularFile(file)) {
            throw Refusal.invalid("sound \"" + name + "\" is not in the folder of caravox.calls.sounds");
        }
        return file;
    }

    private byte[] fetched(URI url, int sampleRateHz, Deadline deadline) throws IOException, InterruptedException {
        Path file = Files.createTempFile("caravox-sound", "");
        try {
            HttpGet get = new HttpGet(url);
            client.call("source", get, deadline, response -> {
                if (response.getCode() != 200 || response.getEntity() == null) {
                    throw new Refusal(
                            Refusal.Reason.UNREACHABLE, "source answered with HTTP status " + response.getCode());
                }
                return keep(response.getEntity().getContent(), file, get);
            });
            return pcm(file, sampleRateHz, deadline);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static @Nullable Void keep(InputStream body, Path file, HttpGet get) throws IOException {
        byte[] bytes = body.readNBytes(LARGEST_BYTES + 1);
        if (bytes.length > LARGEST_BYTES) {
            get.cancel();
            throw Refusal.invalid("source is larger than " + LARGEST_BYTES + " bytes");
        }
        Files.write(file, bytes);
        return null;
    }

    private byte[] pcm(Path file, int sampleRateHz, Deadline deadline) throws IOException, InterruptedException {
        Recording recording = examiner.examine(file);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (PcmStream pcm = decoder.decode(recording, sampleRateHz, deadline)) {
            byte[] buffer = new byte[8192 * pcm.channels()];
            for (int count = pcm.read(buffer); count > 0; count = pcm.read(buffer)) {
                mix(buffer, count, pcm.channels(), all);
                if (all.size() > LARGEST_BYTES) {
                    throw Refusal.invalid("the sound is longer than can be played");
                }
            }
        }
        return all.toByteArray();
    }

    /** All channels are heard by the one ear of a telephone. */
    private static void mix(byte[] pcm, int count, int channels, ByteArrayOutputStream to) {
        for (int at = 0; at + 2 * channels <= count; at += 2 * channels) {
            int sum = 0;
            for (int channel = 0; channel < channels; channel++) {
                int low = at + 2 * channel;
                sum += (short) ((pcm[low] & 0xFF) | (pcm[low + 1] << 8));
            }
            int sample = sum / channels;
            to.write(sample);
            to.write(sample >> 8);
        }
    }
}
