package org.caravox.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeechCacheTest {

    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final KeptSpeech.About ABOUT =
            new KeptSpeech.About("fake", "model-1", List.of("option voice is not honoured by fake"));

    private final Path folder;

    SpeechCacheTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private SpeechCache cache(long memoryBytes, long diskBytes) throws IOException {
        return new SpeechCache(folder, memoryBytes, diskBytes, JSON);
    }

    private static byte[] audio(int bytes, int seed) {
        byte[] audio = new byte[bytes];
        new Random(seed).nextBytes(audio);
        return audio;
    }

    private static void put(SpeechCache cache, String key, byte[] audio) throws IOException {
        try (InputStream passing = cache.keep(key, ABOUT, new ByteArrayInputStream(audio))) {
            assertThat(passing.readAllBytes()).isEqualTo(audio);
        }
    }

    private static Optional<byte[]> get(SpeechCache cache, String key) throws IOException {
        Optional<SpeechCache.Found> found = cache.find(key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        assertThat(found.get().about()).isEqualTo(ABOUT);
        try (InputStream audio = found.get().audio()) {
            return Optional.of(audio.readAllBytes());
        }
    }

    private long bytesOnDisk() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    @Test
    void what_was_read_to_its_end_is_found_again() throws IOException {
        SpeechCache cache = cache(1 << 20, 1 << 20);

        put(cache, "a", audio(10_000, 1));

        assertThat(get(cache, "a")).contains(audio(10_000, 1));
        assertThat(get(cache, "a")).contains(audio(10_000, 1));
        assertThat(get(cache, "b")).isEmpty();
    }

    @Test
    void it_survives_a_restart() throws IOException {
        put(cache(1 << 20, 1 << 20), "a", audio(10_000, 1));

        assertThat(get(cache(1 << 20, 1 << 20), "a")).contains(audio(10_000, 1));
        assertThat(get(cache(0, 1 << 20), "a")).contains(audio(10_000, 1));
    }

    @Test
    void what_is_larger_than_a_share_of_the_memory_is_streamed_from_disk() throws IOException {
        SpeechCache cache = cache(8_000, 1 << 20);

        put(cache, "a", audio(100_000, 1));

        assertThat(get(cache, "a")).contains(audio(100_000, 1));
    }

    @Test
    void memory_alone_will_do() throws IOException {
        SpeechCache cache = cache(1 << 20, 0);

        put(cache, "a", audio(10_000, 1));

        assertThat(get(cache, "a")).contains(audio(10_000, 1));
        assertThat(bytesOnDisk()).isZero();
    }

    @Test
    void nothing_at_all_is_no_cache() throws IOException {
        SpeechCache cache = cache(0, 0);

        put(cache, "a", audio(10_000, 1));

        assertThat(get(cache, "a")).isEmpty();
        assertThat(bytesOnDisk()).isZero();
    }

    @Test
    void audio_that_was_not_read_to_its_end_is_not_kept() throws IOException {
        SpeechCache cache = cache(1 << 20, 1 << 20);

        try (InputStream passing = cache.keep("a", ABOUT, new ByteArrayInputStream(audio(10_000, 1)))) {
            assertThat(passing.readNBytes(9_999)).hasSize(9_999);
        }

        assertThat(get(cache, "a")).isEmpty();
        assertThat(bytesOnDisk()).isZero();
    }

    @Test
    void audio_that_breaks_off_is_not_kept() throws IOException {
        SpeechCache cache = cache(1 << 20, 1 << 20);
        InputStream breaking = new SequenceInputStream(new ByteArrayInputStream(audio(5_000, 1)), new BreakingStream());

        try (InputStream passing = cache.keep("a", ABOUT, breaking)) {
            assertThatThrownBy(passing::readAllBytes).isInstanceOf(IOException.class);
        }

        assertThat(get(cache, "a")).isEmpty();
        assertThat(bytesOnDisk()).isZero();
    }

    @Test
    void the_disk_is_bounded_and_what_was_asked_for_longest_ago_goes_first() throws IOException {
        SpeechCache cache = cache(0, 35_000);
        put(cache, "a", audio(10_000, 1));
        put(cache, "b", audio(10_000, 2));
        put(cache, "c", audio(10_000, 3));
        assertThat(get(cache, "a")).isPresent();

        put(cache, "d", audio(10_000, 4));

        assertThat(bytesOnDisk()).isLessThanOrEqualTo(35_000);
        assertThat(get(cache, "b")).isEmpty();
        assertThat(get(cache, "a")).isPresent();
        assertThat(get(cache, "d")).isPresent();
    }

    @Test
    void a_smaller_limit_is_kept_after_a_restart() throws IOException {
        SpeechCache cache = cache(0, 100_000);
        for (int i = 0; i < 9; i++) {
            put(cache, "key-" + i, audio(10_000, i));
        }

        SpeechCache smaller = cache(0, 25_000);

        assertThat(bytesOnDisk()).isBetween(10_000L, 25_000L);
        assertThat(get(smaller, "key-8")).isPresent();
    }

    @Test
    void what_is_larger_than_everything_passes_without_being_kept() throws IOException {
        SpeechCache cache = cache(8_000, 20_000);

        put(cache, "a", audio(30_000, 1));

        assertThat(get(cache, "a")).isEmpty();
        assertThat(bytesOnDisk()).isZero();
    }

    @Test
    void the_memory_is_bounded() throws IOException {
        SpeechCache cache = cache(40_000, 0);

        for (int i = 0; i < 100; i++) {
            put(cache, "key-" + i, audio(4_000, i));
        }

        long found = 0;
        for (int i = 0; i < 100; i++) {
            found += get(cache, "key-" + i).isPresent() ? 1 : 0;
        }
        assertThat(found).isBetween(1L, 20L);
    }

    @Test
    void a_file_that_was_cut_off_or_changed_is_as_if_it_were_not_there() throws IOException {
        put(cache(0, 1 << 20), "a", audio(10_000, 1));
        byte[] whole = Files.readAllBytes(onlyFile());
        byte[] changed = whole.clone();
        changed[5_000] ^= 1;

        for (byte[] broken : List.of(
                new byte[0],
                Arrays.copyOf(whole, 10),
                Arrays.copyOf(whole, whole.length - 1),
                Arrays.copyOf(whole, whole.length + 1),
                Arrays.copyOfRange(whole, 1, whole.length),
                changed)) {
            Files.write(folder.resolve("a.speech"), broken);
            SpeechCache cache = cache(0, 1 << 20);

            assertThat(get(cache, "a")).isEmpty();
            put(cache, "a", audio(10_000, 1));
            assertThat(get(cache, "a")).isPresent();
        }
    }

    @Test
    void what_was_being_written_when_the_hub_was_killed_is_deleted() throws IOException {
        Files.write(folder.resolve("speech-123.part"), audio(1_000, 1));

        cache(0, 1 << 20);

        assertThat(bytesOnDisk()).isZero();
    }

    @Test
    void a_file_that_somebody_deleted_is_not_found() throws IOException {
        SpeechCache cache = cache(0, 1 << 20);
        put(cache, "a", audio(10_000, 1));
        Files.delete(onlyFile());

        assertThat(get(cache, "a")).isEmpty();
    }
}
