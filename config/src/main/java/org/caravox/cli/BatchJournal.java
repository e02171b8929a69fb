package org.caravox.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What has been sent of a batch, line by line in a file, so that the next run goes on where this one was cut off. One
 * run at a time has it.
 */
final class BatchJournal implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final FileChannel channel;
    private final Set<String> begun = new LinkedHashSet<>();
    private final Set<String> sent = new LinkedHashSet<>();
    private final Map<String, String> refused = new LinkedHashMap<>();
    private @Nullable String batch;
    private @Nullable String key;
    private boolean closed;

    private BatchJournal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens it, and reads what a former run has written.
     *
     * @throws HubFailure when another run has it
     */
    static BatchJournal open(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (!locked(channel)) {
            channel.close();
            throw new HubFailure("another ./hub batch is at this one");
        }
        BatchJournal journal = new BatchJournal(file, channel);
        String text = Files.readString(file);
        int whole = text.lastIndexOf('\n') + 1;
        text.substring(0, whole).lines().forEach(journal::read);
        channel.truncate(text.substring(0, whole).getBytes(StandardCharsets.UTF_8).length);
        channel.position(channel.size());
        return journal;
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private void read(String line) {
        try {
            JsonNode entry = JSON.readTree(line);
            String item = entry.path("item").asText();
            switch (entry.path("is").asText()) {
                case "batch" -> batch = item;
                case "key" -> key = item;
                case "begun" -> begun.add(item);
                case "sent" -> sent.add(item);
                case "refused" -> refused.put(item, entry.path("error").asText());
                case "closed" -> closed = true;
                default -> throw new HubFailure(file + " cannot be read: remove it to begin again");
            }
        } catch (JsonProcessingException e) {
            throw new HubFailure(file + " cannot be read: remove it to begin again");
        }
    }

    synchronized Optional<String> batch() {
        return Optional.ofNullable(batch);
    }

    synchronized void batch(String id) {
        batch = id;
        write("batch", id, null);
    }

    /** The key under which the whole batch is sent at once; the same in each run. */
    synchronized String key() {
        if (key == null) {
            key = UUID.randomUUID().toString();
            write("key", key, null);
        }
        return key;
    }

    /** Whether all has been sent. */
    synchronized boolean closed() {
        return closed;
    }

    synchronized void close(String id) {
        closed = true;
        write("closed", id, null);
    }

    /** Items that a former run had begun to send, and it is not known whether they arrived. */
    synchronized Set<String> uncertain() {
        Set<String> items = new LinkedHashSet<>(begun);
        items.removeAll(sent);
        items.removeAll(refused.keySet());
        return items;
    }

    synchronized boolean done(String item) {
        return sent.contains(item) || refused.containsKey(item);
    }

    synchronized void begun(String item) {
        write("begun", item, null);
    }

    synchronized void sent(String item) {
        sent.add(item);
        write("sent", item, null);
    }

    synchronized void refused(String item, String error) {
        refused.put(item, error);
        write("refused", item, error);
    }

    synchronized int sent() {
        return sent.size();
    }

    /** The items that the hub did not take, and why. */
    synchronized Map<String, String> refused() {
        return new LinkedHashMap<>(refused);
    }

    private void write(String is, String item, @Nullable String error) {
        Map<String, String> entry = new LinkedHashMap<>();
        entry.put("is", is);
        entry.put("item", item);
        if (error != null) {
            entry.put("error", error);
        }
        try {
            ByteBuffer line = ByteBuffer.wrap((JSON.writeValueAsString(entry) + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The batch is done with: the next run begins another. */
    void forget() throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
