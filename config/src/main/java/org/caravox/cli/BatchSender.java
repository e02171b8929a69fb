package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Writer;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sends the items of a batch to a hub, each once: what the journal says was sent is not sent again.
 */
final class BatchSender implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HubClient hub;
    private final Patience patience;
    private final BatchJournal journal;
    private final Map<String, String> defaults;
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private @Nullable ExecutorService senders;

    /** @param defaults what is said of items that do not say otherwise */
    BatchSender(HubClient hub, Patience patience, BatchJournal journal, Map<String, String> defaults) {
        this.hub = hub;
        this.patience = patience;
        this.journal = journal;
        this.defaults = defaults;
    }

    /** Sends a list of addresses at once, and says which batch it is. */
    String sendAddresses(List<BatchItem> items, @Nullable String name) throws IOException {
        if (journal.batch().isPresent()) {
            return journal.batch().get();
        }
        Path lines = Files.createTempFile("caravox-batch-", ".jsonl");
        try {
            try (Writer out = Files.newBufferedWriter(lines)) {
                for (BatchItem item : items) {
                    out.write(JSON.writeValueAsString(line(item)) + "\n");
                }
            }
            Map<String, String> query = new HashMap<>(defaults);
            if (name != null) {
                query.put("name", name);
            }
            String key = journal.key();
            JsonNode batch = patience.ask(() -> hub.postLines("/jobs/batch", query, key, file(lines)));
            String id = batch.path("batchId").asText();
            journal.batch(id);
            journal.close(id);
            return id;
        } finally {
            Files.deleteIfExists(lines);
        }
    }

    private static ObjectNode line(BatchItem item) {
        ObjectNode line = JSON.createObjectNode().put("item", item.item());
        item.fields().forEach(line::put);
        return line;
    }

    /** Begins to send items one by one, some at a time, into a batch that is made or known. */
    String begin(List<BatchItem> items, @Nullable String name, int parallel) {
        String id = journal.batch().orElseGet(() -> open(name));
        if (journal.closed()) {
            return id;
        }
        journal.uncertain().stream().filter(item -> hubHas(id, item)).forEach(journal::sent);
        Queue<BatchItem> left = new ConcurrentLinkedQueue<>(
                items.stream().filter(item -> !journal.done(item.item())).toList());
        ExecutorService pool = Executors.newFixedThreadPool(parallel, task -> {
            Thread thread = new Thread(task, "sender");
            thread.setDaemon(true);
            return thread;
        });
        senders = pool;
        for (int i = 0; i < parallel; i++) {
            pool.execute(() -> send(id, left));
        }
        pool.shutdown();
        return id;
    }

    private String open(@Nullable String name) {
        Map<String, String> fields = new HashMap<>(name == null ? Map.of() : Map.of("name", name));
        fields.put("userId", defaults.getOrDefault("userId", ""));
        String id =
                patience.ask(() -> hub.post("/batches", fields)).path("batchId").asText();
        journal.batch(id);
        return id;
    }

    private boolean hubHas(String batch, String item) {
        String path = "/jobs?batch=" + batch + "&item=" + URLEncoder.encode(item, StandardCharsets.UTF_8);
        return !patience.ask(() -> hub.get(path)).path("jobs").isEmpty();
    }

    private void send(String batch, Queue<BatchItem> left) {
        try {
            for (BatchItem item = left.poll(); item != null && failure.get() == null; item = left.poll()) {
                send(batch, item);
            }
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void send(String batch, BatchItem item) {
        Map<String, String> fields = new LinkedHashMap<>(defaults);
        fields.putAll(item.fields());
        fields.put("batch", batch);
        fields.put("item", item.item());
        Path file = item.file();
        journal.begun(item.item());
        try {
            patience.ask(() ->
                    file == null ? hub.post("/transcribe", fields) : hub.upload("/transcribe", fields, file(file)));
            journal.sent(item.item());
        } catch (HubFailure e) {
            if (!e.refused()) {
                throw e;
            }
            journal.refused(item.item(), String.valueOf(e.getMessage()));
        }
    }

    private static java.net.http.HttpRequest.BodyPublisher file(Path file) {
        try {
            return BodyPublishers.ofFile(file);
        } catch (FileNotFoundException e) {
            throw new HubFailure("there is no file " + file + " any more", 422, Duration.ZERO);
        }
    }

    /** Whether all items have been sent; throws what stopped it. */
    boolean sent() {
        RuntimeException stopped = failure.get();
        if (stopped != null) {
            throw stopped;
        }
        return senders == null || senders.isTerminated();
    }

    /** Says that no more items come. */
    void close(String batch) {
        if (!journal.closed()) {
            patience.ask(() -> hub.post("/batches/" + batch + "/close", Map.of()));
            journal.close(batch);
        }
    }

    /** Nothing more is sent. */
    @Override
    public void close() {
        failure.compareAndSet(null, new HubFailure("stopped"));
    }
}
