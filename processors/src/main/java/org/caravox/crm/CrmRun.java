package org.caravox.crm;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.caravox.requests.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way into one CRM: the body that goes through the routes. Its document is what mappings see; each
 * step's answer is added to it. A rehearsal sends nothing and remembers what would have been sent.
 */
public final class CrmRun {

    /**
     * A request that a rehearsal did not send; of a step that had nothing to send, only its name.
     *
     * @param step    as the route calls it
     * @param method  of HTTP
     * @param url     whole
     * @param headers with secrets masked
     * @param body    JSON
     * @param assumed the answer that the steps behind it took for given
     * @param skipped true: its request's file made nothing of this event
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Rehearsed(
            String step,
            @Nullable String method,
            @Nullable String url,
            @Nullable Map<String, String> headers,
            @Nullable JsonNode body,
            @Nullable JsonNode assumed,
            @Nullable Boolean skipped) {}

    private final CrmConnection connection;
    private final CrmMappings mappings;
    private final ObjectNode document;
    private final UUID subject;
    private final Deadline deadline;
    private final boolean rehearsal;
    private final List<Rehearsed> rehearsed = new ArrayList<>();

    CrmRun(
            CrmConnection connection,
            CrmMappings mappings,
            ObjectNode document,
            UUID subject,
            Deadline deadline,
            boolean rehearsal) {
        this.connection = connection;
        this.mappings = mappings;
        this.document = document;
        this.subject = subject;
        this.deadline = deadline;
        this.rehearsal = rehearsal;
    }

    /** The route that it takes. */
    public String route() {
        return connection.route();
    }

    /** The CRM. */
    public CrmConnection connection() {
        return connection;
    }

    /** What was not sent, step by step. */
    public List<Rehearsed> rehearsed() {
        return List.copyOf(rehearsed);
    }

    /** The fields of the CRM's record; a missing node until they are made. */
    public JsonNode fields() {
        return document.path("fields");
    }

    /**
     * What mappings see of the event, as text for routes.
     *
     * @param pointer a JSON pointer, as {@code /transcript/transcript}
     * @return a text or number as it is, anything larger as JSON, empty where there is nothing
     */
    public String text(String pointer) {
        JsonNode found = document.at(pointer);
        return found.isContainerNode() ? found.toString() : found.asText("");
    }

    boolean isRehearsal() {
        return rehearsal;
    }

    Deadline deadline() {
        return deadline;
    }

    UUID subject() {
        return subject;
    }

    JsonNode map(String mapping) {
        return mappings.apply(mapping, document);
    }

    void put(String name, JsonNode value) {
        document.set(name, value);
    }

    /** The answer that a step found already, or was given; a missing node is none. */
    JsonNode answer(String step) {
        return document.path("answers").path(step).path("body");
    }

    void answered(String step, CrmAnswer answer) {
        document.withObjectProperty("answers")
                .putObject(step)
                .put("status", answer.status())
                .set("body", answer.body());
    }

    void add(Rehearsed request) {
        rehearsed.add(request);
    }
}
