package org.caravox.door.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** Tells what was asked for and not done where a body has no room for it: in a header, as a JSON list of sentences. */
final class Warnings {

    private static final String HEADER = "x-caravox-warnings";
    private static final ObjectMapper ASCII =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final ObjectWriter LINE = ASCII.writerFor(List.class);

    private Warnings() {}

    static void tell(Message message, @Nullable List<String> warnings) {
        if (warnings == null || warnings.isEmpty()) {
            return;
        }
        try {
            message.setHeader(HEADER, LINE.writeValueAsString(warnings));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("sentences are always JSON", e);
        }
    }
}
