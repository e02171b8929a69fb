package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Transcribes many recordings as one batch, and goes on where an interrupted run was. */
@Command(
        name = "batch",
        mixinStandardHelpOptions = true,
        description = {
            "Transcribes the recordings of a folder, or those that a CSV file lists.",
            "Uses the hub at CARAVOX_URL with the key in CARAVOX_API_KEY, or starts one for the purpose.",
            "Run again after an interrupt, with the same arguments, it goes on with what is left.",
            "A manifest has a header: file (below its folder) or audioUrl, and if wished item, userId, language, model,",
            "provider, priority, audioDuration, options, webhookUrl, metadata.NAME.",
            "Exit status: 0 when all recordings were transcribed, 1 when some were not, 2 for wrong arguments."
        })
final class BatchCommand implements Callable<Integer> {

    private static final Duration LEAST_POLL = Duration.ofMillis(500);
    private static final int SHOWN = 10;

    @Parameters(paramLabel = "FOLDER|MANIFEST.csv", description = "The recordings.")
    private Path source = Path.of("");

    @Option(names = "--recursive", description = "Those of the folders in the folder, too.")
    private boolean recursive;

    @Option(
            names = "--output",
            paramLabel = "FILE.jsonl|FILE.zip",
            description = "Where the results go (default: SOURCE.jsonl in this folder).")
    private @Nullable Path output;

    @Option(names = "--user", paramLabel = "ID", description = "The userId to record them under (default: cli).")
    private String user = "cli";

    @Option(names = "--language", paramLabel = "TAG", description = "The language spoken, like en.")
    private @Nullable String language;

    @Option(names = "--priority", paramLabel = "0-9", description = "How urgent they are; higher comes first.")
    private @Nullable Integer priority;

    @Option(names = "--name", paramLabel = "NAME", description = "What the hub calls the batch.")
    private @Nullable String name;

    @Option(names = "--parallel", paramLabel = "N", description = "How many are sent at a time (default: 4).")
    private int parallel = 4;

    private final Patience patience = new Patience();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (parallel < 1 || parallel > 64) {
            throw new ParameterException(spec.commandLine(), "--parallel must be 1 to 64");
        }
        BatchSource recordings;
        try {
            recordings = read();
        } catch (HubFailure e) {
            System.err.println(e.getMessage());
            return ExitCode.USAGE;
        }
        String given = System.getenv("CARAVOX_URL");
        String url = given == null ? "" : given.strip();
        Path state = Path.of(System.getProperty("user.home"), ".caravox", "batches", state(url));
        try (BatchJournal journal = BatchJournal.open(Path.of(state + ".jsonl"))) {
            int failures = url.isEmpty()
                    ? withOwnHub(Path.of(state + ".hub"), journal, recordings)
                    : run(new HubClient(url, key(url)), journal, recordings);
            journal.forget();
            return failures == 0 ? 0 : 1;
        }
    }

    private BatchSource read() throws IOException {
        if (Files.isDirectory(source)) {
            BatchSource folder = BatchSource.folder(source, recursive);
            folder.skipped().stream().limit(SHOWN).forEach(file -> System.err.println("Not a recording: " + file));
            if (folder.skipped().size() > SHOWN) {
                System.err.println("... and " + (folder.skipped().size() - SHOWN) + " more that are none");
            }
            return some(folder);
        }
        if (Files.isRegularFile(source)) {
            return some(BatchSource.manifest(source));
        }
        throw new ParameterException(spec.commandLine(), "there is no folder or file " + source);
    }

    private BatchSource some(BatchSource found) {
        if (found.items().isEmpty()) {
            throw new HubFailure("there is no recording in " + source);
        }
        return found;
    }

    private String key(String url) {
        return Home.key("CARAVOX_API_KEY", Home.usualData(), "demo", url)
                .orElseThrow(() -> new ParameterException(spec.commandLine(), "CARAVOX_API_KEY must hold an API key"));
    }

    /** What makes two runs the same batch. */
    private String state(String url) throws IOException {
        String all = String.join(
                "\n", url, source.toRealPath().toString(), defaults().toString(), name + " " + recursive);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 10);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private Map<String, String> defaults() {
        Map<String, String> defaults = new TreeMap<>(Map.of("userId", user));
        if (language != null) {
            defaults.put("language", language);
        }
        if (priority != null) {
            defaults.put("priority", priority.toString());
        }
        return defaults;
    }

    /** Its data stays until the batch is done, so that an interrupt loses nothing. */
    private int withOwnHub(Path data, BatchJournal journal, BatchSource recordings)
            throws IOException, InterruptedException {
        System.err.println("Starting a hub for these recordings (set CARAVOX_URL to use one that runs) ...");
        int failures;
        try (EmbeddedHub own = EmbeddedHub.startOn(data)) {
            failures = run(own.client(), journal, recordings);
        }
        EmbeddedHub.delete(data);
        return failures;
    }

    private int run(HubClient hub, BatchJournal journal, BatchSource recordings)
            throws IOException, InterruptedException {
        journal.batch().ifPresent(batch -> System.err.println("Going on with batch " + batch));
        try (BatchSender sender = new BatchSender(hub, patience, journal, defaults())) {
            String batch = recordings.addressesOnly()
                    ? sender.sendAddresses(recordings.items(), name)
                    : sender.begin(recordings.items(), name, parallel);
            JsonNode ended =
                    follow(hub, journal, sender, batch, recordings.items().size());
            Path results = results(hub, journal, batch);
            return tell(hub, journal, batch, ended, results);
        }
    }

    private JsonNode follow(HubClient hub, BatchJournal journal, BatchSender sender, String batch, int total)
            throws InterruptedException {
        Clock clock = Clock.systemUTC();
        try (BatchProgress progress = new BatchProgress(total, clock)) {
            while (true) {
                if (sender.sent()) {
                    sender.close(batch);
                }
                long began = clock.millis();
                JsonNode now = patience.ask(() -> hub.get("/batches/" + batch));
                long took = clock.millis() - began;
                progress.show(
                        now,
                        now.path("total").asInt()
                                - now.path("counts").path("refused").asInt(),
                        journal.refused().size());
                String status = now.path("status").asText();
                if (status.equals("ended") || status.equals("cancelled")) {
                    return now;
                }
                Thread.sleep(Math.max(LEAST_POLL.toMillis(), 10 * took));
            }
        }
    }

    private Path results(HubClient hub, BatchJournal journal, String batch) throws IOException {
        Path file = output == null ? Path.of(source.toRealPath().getFileName() + ".jsonl") : output;
        boolean zip = file.toString().endsWith(".zip");
        Path part = Path.of(file + ".part");
        patience.ask(() -> {
            download(hub, "/batches/" + batch + "/results?format=" + (zip ? "zip" : "jsonl"), part);
            return part;
        });
        if (!zip) {
            append(journal.refused(), part);
        }
        return Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void download(HubClient hub, String path, Path file) {
        try {
            hub.download(path, file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What the hub never took is among the results, too. */
    private static void append(Map<String, String> refused, Path file) throws IOException {
        ObjectMapper json = new ObjectMapper();
        for (Map.Entry<String, String> item : refused.entrySet()) {
            Map<String, String> line = new LinkedHashMap<>();
            line.put("item", item.getKey());
            line.put("status", "refused");
            line.put("error", item.getValue());
            line.put("fault", "caller");
            Files.writeString(file, json.writeValueAsString(line) + "\n", StandardOpenOption.APPEND);
        }
    }

    private static int tell(HubClient hub, BatchJournal journal, String batch, JsonNode ended, Path results) {
        JsonNode counts = ended.path("counts");
        int completed = counts.path("completed").asInt();
        int failures =
                ended.path("total").asInt() - completed + journal.refused().size();
        System.err.println(completed + " transcribed, " + failures + " not; the results are in " + results);
        if (failures > 0) {
            reasons(hub, journal, batch).forEach((reason, count) -> System.err.println("  " + count + " x " + reason));
        }
        return failures;
    }

    /** Why items have no transcript, for the first of each sort. */
    private static Map<String, Integer> reasons(HubClient hub, BatchJournal journal, String batch) {
        Map<String, Integer> reasons = new LinkedHashMap<>();
        journal.refused().values().forEach(error -> reasons.merge(error, 1, Integer::sum));
        for (JsonNode job :
                hub.get("/jobs?limit=100&status=failed&batch=" + batch).path("jobs")) {
            reasons.merge(job.path("error").asText("no reason given"), 1, Integer::sum);
        }
        for (JsonNode line :
                hub.get("/batches/" + batch + "/refusals?limit=100").path("refusals")) {
            reasons.merge(line.path("error").asText(), 1, Integer::sum);
        }
        return reasons.entrySet().stream()
                .limit(SHOWN)
                .collect(LinkedHashMap::new, (map, entry) -> map.put(entry.getKey(), entry.getValue()), Map::putAll);
    }
}
