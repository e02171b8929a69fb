package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.caravox.publishing.Edit;
import org.caravox.publishing.Publishing;
import org.caravox.publishing.RouteDrafts;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** The edits that requests hold: the name of a draft, or files and the version that they were made from. */
public final class RouteEdits {

    private static final String DRAFT = "draft";
    private static final String BASE = "base";
    private static final String FILES = "files";
    private static final int LONGEST_MESSAGE = 256;

    private final Publishing publishing;
    private final RouteDrafts drafts;
    private final ObjectMapper json;

    public RouteEdits(Publishing publishing, RouteDrafts drafts, ObjectMapper json) {
        this.publishing = publishing;
        this.drafts = drafts;
        this.json = json;
    }

    /** A request's body: an edit, and further fields. */
    final class Body {

        private final Map<String, JsonNode> sent;
        private final Fields fields;

        private Body(Map<String, JsonNode> sent, Set<String> known) {
            this.sent = sent;
            this.fields = new Fields(sent, known, json);
        }

        Fields fields() {
            return fields;
        }

        /** What is changed and why; empty when it is not told. */
        String message() {
            String message = fields.text("message", LONGEST_MESSAGE);
            return message == null ? "" : message;
        }

        /** The name of the draft, when it is one. */
        Optional<String> draft() {
            return Optional.ofNullable(fields.text(DRAFT));
        }

        /** The edit; of a request that holds none, one that changes nothing. */
        Edit edit() {
            Optional<String> draft = draft();
            if (draft.isEmpty()) {
                return new Edit(base(), files());
            }
            if (fields.has(FILES) || fields.has(BASE)) {
                throw Refusal.invalid("name a draft, or send files and their base, not both");
            }
            return drafts.edit(draft.get());
        }

        private long base() {
            long base = fields.integer(BASE, 1, Integer.MAX_VALUE, 0);
            return base == 0 ? publishing.inForce().version() : base;
        }

        private SortedMap<String, Optional<String>> files() {
            SortedMap<String, Optional<String>> files = new TreeMap<>();
            JsonNode given = sent.get(FILES);
            if (given == null || given.isNull()) {
                return files;
            }
            if (!given.isObject()) {
                throw Refusal.invalid("files must be an object of texts by their paths, with null for what is removed");
            }
            given.properties().forEach(file -> files.put(file.getKey(), text(file.getKey(), file.getValue())));
            return files;
        }

        private static Optional<String> text(String path, JsonNode text) {
            if (!text.isTextual() && !text.isNull()) {
                throw Refusal.invalid("the text of " + Fields.printable(path) + " must be text, or null to remove it");
            }
            if (text.isTextual() && text.textValue().indexOf(0) >= 0) {
                throw Refusal.invalid(Fields.printable(path) + " holds a NUL character");
            }
            return Optional.ofNullable(text.textValue());
        }
    }

    /**
     * Reads a body that holds an edit.
     *
     * @param more the names of its further fields
     */
    Body withEdit(Exchange exchange, String... more) throws IOException {
        Set<String> known = new LinkedHashSet<>(Set.of(DRAFT, BASE, FILES));
        known.addAll(Set.of(more));
        return without(exchange, known);
    }

    /** Reads a body that holds none, and may be missing. */
    Body without(Exchange exchange, Set<String> known) throws IOException {
        return new Body(JsonBody.optionalFields(BodyOnDemand.request(exchange), json), known);
    }

    /** Reads the number of a version from a path. */
    static long number(@Nullable String text) {
        if (text == null || !text.matches("[1-9]\\d{0,15}")) {
            throw Refusal.notFound("version " + Fields.printable(String.valueOf(text))
                    + " of the routes not found: versions are numbers, list them with ./hub routes history");
        }
        return Long.parseLong(text);
    }
}
