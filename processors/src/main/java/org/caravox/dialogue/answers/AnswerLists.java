package org.caravox.dialogue.answers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lists of all tenants, read when they are first asked for and again when their file has changed; meanwhile the
 * former one counts, and it goes on counting when the new one cannot be read. All that takes long is done by one thread
 * in the background, which is there only while it is needed.
 */
final class AnswerLists implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AnswerLists.class);
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
    private static final String FOR_ALL = "default";
    private static final ObjectReader YAML = new YAMLMapper()
            .readerFor(AnswerList.class)
            .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** What tells that a file has changed. */
    private record Version(FileTime changedAt, long bytes, @Nullable Object key) {}

    /**
     * One file.
     *
     * @param version of the file that was, or is being, read
     * @param good    the last list that could be read
     * @param reading the one that is being read, or was
     */
    private record Slot(Version version, @Nullable KnownAnswers good, CompletableFuture<KnownAnswers> reading) {

        /** The last list that could be read, though it may not have been noted down yet. */
        @Nullable
        KnownAnswers lastGood() {
            boolean read = reading.isDone() && !reading.isCompletedExceptionally();
            return read ? reading.join() : good;
        }

        Slot settled(CompletableFuture<KnownAnswers> whose, @Nullable KnownAnswers read) {
            return whose != reading || read == null ? this : new Slot(version, read, reading);
        }
    }

    private final Path folder;
    private final Path cache;
    private final Map<Path, Slot> slots = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor background =
            new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                Thread thread = new Thread(work, "answers");
                thread.setDaemon(true);
                return thread;
            });
    private @Nullable CompletableFuture<Meanings> meanings;

    AnswerLists(Path folder, Path cache) {
        this.folder = folder;
        this.cache = cache;
        background.allowCoreThreadTimeOut(true);
    }

    /**
     * The model of meanings, for which the first callers wait.
     *
     * @throws IOException when it cannot be loaded, or not in time, or the caller has gone
     */
    Meanings meanings(Patience patience) throws IOException, InterruptedException {
        return await(meanings(), patience);
    }

    private synchronized CompletableFuture<Meanings> meanings() {
        CompletableFuture<Meanings> known = meanings;
        if (known == null || known.isCompletedExceptionally()) {
            known = CompletableFuture.supplyAsync(this::load, background);
            meanings = known;
        }
        return known;
    }

    private Meanings load() {
        try {
            return Meanings.load(cache);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The list that counts for a tenant now: its own, or that for all.
     *
     * @param list one of several, by its name: in the tenant's own folder, or in that for all
     *
     * @throws IOException when there is none that can be read, or not in time, or the caller has gone
     */
    KnownAnswers of(String tenant, Optional<String> list, Patience patience) throws IOException, InterruptedException {
        Path file = list.isPresent() ? file(tenant, list.get()) : file(tenant);
        Slot slot = slot(file, version(file));
        KnownAnswers good = slot.good();
        return good != null ? good : await(slot.reading(), patience);
    }

    private Path file(String tenant) {
        Path own = folder.resolve(tenant + ".yaml");
        boolean hasOwn = NAME.matcher(tenant).matches() && Files.exists(own);
        return hasOwn ? own : folder.resolve(FOR_ALL + ".yaml");
    }

    /** The name comes from outside. */
    private Path file(String tenant, String list) throws FileNotFoundException {
        if (!NAME.matcher(list).matches()) {
            throw new FileNotFoundException("a list of answers has a name of lower-case letters, digits and dashes");
        }
        Path own = folder.resolve(tenant).resolve(list + ".yaml");
        boolean hasOwn = NAME.matcher(tenant).matches() && Files.exists(own);
        return hasOwn ? own : folder.resolve(FOR_ALL).resolve(list + ".yaml");
    }

    private static Version version(Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (NoSuchFileException e) {
            throw (IOException) new FileNotFoundException(file + " is missing").initCause(e);
        }
    }

    private Slot slot(Path file, Version version) {
        Slot known = slots.get(file);
        return known != null && known.version().equals(version)
                ? known
                : slots.compute(file, (same, former) -> changed(same, former, version));
    }

    private Slot changed(Path file, @Nullable Slot former, Version version) {
        if (former != null && former.version().equals(version)) {
            return former;
        }
        KnownAnswers good = former == null ? null : former.lastGood();
        CompletableFuture<Meanings> model = meanings();
        CompletableFuture<KnownAnswers> reading = model.thenApplyAsync(known -> read(file, good, known), background);
        CompletableFuture<?> unused = reading.whenCompleteAsync(
                (read, failure) -> {
                    if (failure != null) {
                        log.error("answers.broken file={} kept={} reason=\"{}\"", file, good != null, reason(failure));
                    }
                    boolean toBeTriedAgain = model.isCompletedExceptionally();
                    slots.computeIfPresent(file, (same, slot) -> toBeTriedAgain ? null : slot.settled(reading, read));
                },
                background);
        return new Slot(version, good, reading);
    }

    private static KnownAnswers read(Path file, @Nullable KnownAnswers former, Meanings model) {
        try {
            AnswerList list = YAML.readValue(Files.readAllBytes(file));
            Map<String, float[]> known = former == null ? Map.of() : former.meanings();
            KnownAnswers answers = new KnownAnswers(list, text -> {
                float[] meaning = known.get(text);
                return meaning != null ? meaning : model.of(text);
            });
            log.info("answers.read file={} answers={}", file, list.answers().size());
            return answers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && isWrapping(cause)) {
            cause = cause.getCause();
        }
        return cause instanceof JsonProcessingException json ? where(json) : String.valueOf(cause.getMessage());
    }

    private static boolean isWrapping(Throwable failure) {
        return failure instanceof CompletionException
                || failure instanceof ExecutionException
                || failure instanceof UncheckedIOException;
    }

    private static String where(JsonProcessingException e) {
        String at = e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
        return e.getOriginalMessage().lines().findFirst().orElse("") + at;
    }

    private static <T> T await(CompletableFuture<T> work, Patience patience) throws IOException, InterruptedException {
        CompletableFuture<T> mine = work.copy();
        try (HangUp.Interest interest = patience.hangUp()
                .whenHungUp(() -> mine.completeExceptionally(new InterruptedIOException("the caller hung up")))) {
            return mine.get(patience.deadline().left().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw (IOException) new InterruptedIOException("the answers were not ready in time").initCause(e);
        } catch (ExecutionException e) {
            throw new IOException("the answers cannot be read: " + reason(e), e);
        }
    }

    @Override
    public void close() {
        background.shutdownNow();
    }
}
