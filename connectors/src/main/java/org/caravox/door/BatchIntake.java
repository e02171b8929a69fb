package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.support.SynchronizationAdapter;
import org.caravox.batches.Batches;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Listening;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes in what a caller of {@code POST /jobs/batch} sends: a list of items as JSON lines, of any length up to a limit. */
public final class BatchIntake {

    private static final Logger log = LoggerFactory.getLogger(BatchIntake.class);

    private static final Set<String> TYPES = Set.of(
            "",
            "application/x-ndjson",
            "application/ndjson",
            "application/jsonl",
            "application/x-jsonlines",
            "application/json-lines",
            "application/octet-stream",
            "text/plain");
    private static final Set<String> OF_ONE_LINE = Set.of("audioUrl", "audioDuration", "mode");
    private static final String NAME = "name";

    private final BatchSpool spool;
    private final Batches batches;
    private final RequestFields fields;
    private final ObjectMapper json;
    private final Duration arriveWithin;
    private final Duration deadline;
    private final Clock clock;

    /**
     * The intake.
     *
     * @param arriveWithin how long a list may take to arrive
     * @param deadline     how long its caller waits at most from then on
     */
    public BatchIntake(
            BatchSpool spool,
            Batches batches,
            RequestFields fields,
            ObjectMapper json,
            Duration arriveWithin,
            Duration deadline,
            Clock clock) {
        this.spool = spool;
        this.batches = batches;
        this.fields = fields;
        this.json = json;
        this.arriveWithin = arriveWithin;
        this.deadline = deadline;
        this.clock = clock;
    }

    /** Writes the list to disk; sets the exchange properties {@code listening} and {@code fingerprint}. */
    public void spool(Exchange exchange) throws IOException {
        Callers.tenant(exchange);
        HttpServletRequest http = BodyOnDemand.request(exchange);
        checkType(http.getContentType());
        Map<String, JsonNode> defaults = Query.fields(http);
        String name = new Fields(defaults, known(), json).text(NAME);
        spool.checkSize(http.getContentLengthLong());
        BatchSpool.Spooled spooled = spool.keep(http.getInputStream(), Deadline.in(arriveWithin, clock));
        dropAfterwards(exchange, spooled.file());
        exchange.setProperty(RecordingIntake.FINGERPRINT, "batch " + new TreeMap<>(defaults) + " " + spooled.sha256());
        exchange.setProperty(
                RecordingIntake.LISTENING, Listening.forCaller(Callers.patience(exchange, deadline, clock)));
        defaults.remove(NAME);
        exchange.getMessage().setBody(new BatchUpload(spooled.file(), name, defaults));
    }

    private static void checkType(@Nullable String contentType) {
        String type =
                contentType == null ? "" : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!TYPES.contains(type)) {
            throw new Refusal(
                    Refusal.Reason.NOT_AUDIO,
                    "a batch is JSON lines, one object a line: send it with \"Content-Type: application/x-ndjson\"");
        }
    }

    private static Set<String> known() {
        Set<String> known = RequestFields.known().stream()
                .filter(field -> !OF_ONE_LINE.contains(field))
                .collect(Collectors.toCollection(HashSet::new));
        known.add(NAME);
        return known;
    }

    private static void dropAfterwards(Exchange exchange, Path file) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    log.warn("batch.drop.failed file={} reason=\"{}\"", file, e.getMessage());
                }
            }
        });
    }

    /** Makes a batch of the list, whole or not at all. */
    public void submit(Exchange exchange) throws IOException, InvalidPayloadException {
        BatchUpload upload = exchange.getMessage().getMandatoryBody(BatchUpload.class);
        String tenant = Callers.tenant(exchange);
        Deadline until =
                exchange.getProperty(RecordingIntake.LISTENING, Listening.class).deadline();
        try (LineReader reader = new LineReader(Files.newInputStream(upload.file()), BatchLines.LONGEST_BYTES)) {
            exchange.getMessage()
                    .setBody(batches.submit(
                            exchange.getProperty(Admission.REQUEST_ID, UUID.class),
                            tenant,
                            upload.userId(),
                            upload.name(),
                            new BatchLines(reader, tenant, upload.defaults(), fields, json, until)));
        }
    }
}
