package org.caravox.door;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.caravox.batches.Batch;
import org.caravox.batches.BatchHead;
import org.caravox.batches.Batches;
import org.caravox.batches.Line;
import org.caravox.requests.RequestIds;
import org.jspecify.annotations.Nullable;

/** {@code /batches}: how they stand, and what their owner may do with them. */
public final class BatchPages {

    private static final int SHOWN = 10;

    private final Batches batches;
    private final ObjectMapper json;

    public BatchPages(Batches batches, ObjectMapper json) {
        this.batches = batches;
        this.json = json;
    }

    /** The answer to a list that became a batch, with the first of its lines that did not become jobs. */
    record Accepted(@JsonUnwrapped Batch batch, List<RefusedLine> refusals) {}

    /** A line that did not become a job. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RefusedLine(int line, @Nullable String item, String error) {

        static RefusedLine of(Line.Refused refused) {
            return new RefusedLine(refused.number(), refused.item(), refused.error());
        }
    }

    /** 202 with the batch and where to ask for it. */
    public void accepted(Exchange exchange) throws IOException, InvalidPayloadException {
        Batch batch = exchange.getMessage().getMandatoryBody(Batch.class);
        UUID id = batch.head().batchId();
        List<RefusedLine> first = batches.refusals(Callers.tenant(exchange), id, 0, SHOWN).stream()
                .map(RefusedLine::of)
                .toList();
        exchange.getMessage().setHeader("Location", "/batches/" + id);
        Answers.write(json, exchange, 202, new Accepted(batch, first));
    }

    /** {@code POST /batches} with {@code {"name", "userId"}}, both of which may be left out. */
    public void open(Exchange exchange) throws IOException {
        String tenant = Callers.tenant(exchange);
        Fields fields =
                new Fields(JsonBody.fields(BodyOnDemand.request(exchange), json), Set.of("name", "userId"), json);
        Batch batch = batches.open(
                exchange.getProperty(Admission.REQUEST_ID, UUID.class),
                tenant,
                fields.text("userId"),
                fields.text("name"));
        exchange.getMessage().setHeader("Location", "/batches/" + batch.head().batchId());
        Answers.write(json, exchange, 201, batch);
    }

    /** {@code GET /batches}. */
    public void list(Exchange exchange) throws IOException {
        Query query = Query.of(exchange, Set.of("cursor", "limit"), json);
        int limit = query.limit();
        Answers.write(
                json,
                exchange,
                200,
                Page.of(
                        "batches",
                        batches.list(Callers.tenant(exchange), query.cursor(), limit + 1),
                        limit,
                        BatchHead::batchId));
    }

    /** {@code GET /batches/{id}}. */
    public void one(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, batches.get(Callers.tenant(exchange), id(exchange)));
    }

    /** {@code GET /batches/{id}/refusals}. */
    public void refusals(Exchange exchange) throws IOException {
        Query query = Query.of(exchange, Set.of("cursor", "limit"), json);
        String tenant = Callers.tenant(exchange);
        UUID id = id(exchange);
        int limit = query.limit();
        batches.get(tenant, id);
        List<Line.Refused> found = batches.refusals(tenant, id, query.lineCursor(), limit + 1);
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("refusals", found.stream().limit(limit).map(RefusedLine::of).toList());
        if (found.size() > limit) {
            page.put("nextCursor", Integer.toString(found.get(limit - 1).number()));
        }
        Answers.write(json, exchange, 200, page);
    }

    /** {@code POST /batches/{id}/close}. */
    public void close(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, batches.close(Callers.tenant(exchange), id(exchange)));
    }

    /** {@code DELETE /batches/{id}}. */
    public void cancel(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, batches.cancel(Callers.tenant(exchange), id(exchange)));
    }

    static UUID id(Exchange exchange) {
        return RequestIds.parse("batch", exchange.getMessage().getHeader("id", String.class));
    }
}
