package org.caravox.door;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.caravox.publishing.Edit;
import org.caravox.publishing.RouteDrafts;
import org.caravox.publishing.RouteDrafts.Draft;
import org.caravox.publishing.RouteVersions;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;
import org.caravox.tenants.Role;
import org.jspecify.annotations.Nullable;

/** {@code /routes/drafts}: edits that are kept. */
public final class RouteDraftPages {

    private final RouteDrafts drafts;
    private final RouteVersions versions;
    private final RouteEdits edits;
    private final ObjectMapper json;

    public RouteDraftPages(RouteDrafts drafts, RouteVersions versions, RouteEdits edits, ObjectMapper json) {
        this.drafts = drafts;
        this.versions = versions;
        this.edits = edits;
        this.json = json;
    }

    /** A draft with the texts of its files; null for one that is removed. */
    record Whole(@JsonUnwrapped Draft draft, Map<String, @Nullable String> files) {}

    /** {@code GET /routes/drafts}. */
    public void list(Exchange exchange) throws IOException {
        Callers.caller(exchange).require(Role.VIEWER);
        Answers.write(json, exchange, 200, Map.of("drafts", drafts.list()));
    }

    /** {@code GET /routes/drafts/{id}}. */
    public void get(Exchange exchange) throws IOException {
        Callers.caller(exchange).require(Role.VIEWER);
        Answers.write(json, exchange, 200, whole(name(exchange)));
    }

    /** {@code PUT /routes/drafts/{id}}. */
    public void save(Exchange exchange) throws IOException {
        Caller caller = Callers.caller(exchange);
        caller.require(Role.EDITOR);
        RouteEdits.Body body = edits.without(exchange, Set.of("base", "description", "files"));
        if (!body.fields().has("files")) {
            throw Refusal.invalid("files is missing: send the texts of the files that are changed, by their paths");
        }
        Edit edit = body.edit();
        versions.get(edit.base());
        String description = body.fields().text("description");
        drafts.save(
                name(exchange),
                edit,
                description == null ? "" : description,
                caller.keyId().toString());
        Answers.write(json, exchange, 200, whole(name(exchange)));
    }

    /** {@code DELETE /routes/drafts/{id}}. */
    public void discard(Exchange exchange) throws IOException {
        Callers.caller(exchange).require(Role.EDITOR);
        Whole draft = whole(name(exchange));
        drafts.discard(name(exchange));
        Answers.write(json, exchange, 200, draft);
    }

    private Whole whole(String name) {
        Map<String, @Nullable String> files = new LinkedHashMap<>();
        drafts.edit(name).files().forEach((path, text) -> files.put(path, text.orElse(null)));
        return new Whole(drafts.get(name), files);
    }

    private static String name(Exchange exchange) {
        return String.valueOf(exchange.getMessage().getHeader("id", String.class));
    }
}
