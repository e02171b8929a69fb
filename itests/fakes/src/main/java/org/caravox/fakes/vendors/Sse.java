package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** A stream of server-sent events (WHATWG HTML, section 9.2), as it is put together. */
final class Sse {

    static final String TYPE = "text/event-stream";

    private final List<Buffer> events = new ArrayList<>();

    Sse data(JsonNode content) {
        events.add(Buffer.buffer("data: ").appendBuffer(Json.write(content)).appendString("\n\n"));
        return this;
    }

    Sse named(String event, JsonNode content) {
        events.add(Buffer.buffer("event: " + event + "\ndata: ")
                .appendBuffer(Json.write(content))
                .appendString("\n\n"));
        return this;
    }

    Sse done() {
        events.add(Buffer.buffer("data: [DONE]\n\n"));
        return this;
    }

    Reply reply() {
        return Reply.stream(TYPE, events);
    }
}
