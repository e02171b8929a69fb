package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.caravox.batches.Line;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.transcription.Mode;

/**
 * The lines of a list of items, read one by one: each is what {@code POST /transcribe} takes as JSON, and has a name,
 * {@code item}, or else is called by its number.
 */
final class BatchLines implements Iterator<Line> {

    static final int LONGEST_BYTES = 64 * 1024;

    private static final Set<String> ITEM = Set.of("item");

    private final LineReader reader;
    private final String tenant;
    private final Map<String, JsonNode> defaults;
    private final RequestFields fields;
    private final ObjectMapper json;
    private final Deadline deadline;
    private boolean more;

    /**
     * Lines of a tenant.
     *
     * @param defaults the fields of lines that do not say otherwise
     * @param deadline when all must have been read
     */
    BatchLines(
            LineReader reader,
            String tenant,
            Map<String, JsonNode> defaults,
            RequestFields fields,
            ObjectMapper json,
            Deadline deadline)
            throws IOException {
        this.reader = reader;
        this.tenant = tenant;
        this.defaults = defaults;
        this.fields = fields;
        this.json = json;
        this.deadline = deadline;
        this.more = reader.next();
    }

    @Override
    public boolean hasNext() {
        return more;
    }

    @Override
    public Line next() {
        if (!more) {
            throw new NoSuchElementException();
        }
        if (deadline.passed()) {
            throw new Refusal(
                    Refusal.Reason.TIMED_OUT,
                    "the batch was still being read at line " + reader.number()
                            + " when its time was up: send it in several; nothing of it was kept");
        }
        try {
            Line line = read();
            more = reader.next();
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Line read() throws IOException {
        if (reader.tooLong()) {
            return new Line.Refused(reader.number(), null, "the line is longer than " + LONGEST_BYTES + " bytes");
        }
        Map<String, JsonNode> said;
        try {
            said = new HashMap<>(JsonBody.fields(reader.bytes(), json));
        } catch (Refusal e) {
            return new Line.Refused(reader.number(), null, withoutLine(e.getMessage()));
        }
        return read(reader.number(), said);
    }

    /** Of one line, the column is enough. */
    private static String withoutLine(String error) {
        return error.replace(" at line 1, column ", " at column ").replace("the body must", "the line must");
    }

    private Line read(int number, Map<String, JsonNode> said) {
        String item = null;
        try {
            Fields given = new Fields(said, said.keySet(), json);
            String named = given.text("item");
            item = named == null ? Integer.toString(number) : named;
            requireAsync(given);
            defaults.forEach(said::putIfAbsent);
            return new Line.Item(number, item, fields.read(RequestIds.next(), tenant, said, ITEM));
        } catch (Refusal e) {
            return new Line.Refused(number, item, e.getMessage());
        }
    }

    /** Items of batches are jobs. */
    static void requireAsync(Fields fields) {
        String mode = fields.text("mode");
        if (mode != null && Mode.of(mode) != Mode.ASYNC) {
            throw Refusal.invalid("an item of a batch is a job: mode must be async, or left out");
        }
    }
}
