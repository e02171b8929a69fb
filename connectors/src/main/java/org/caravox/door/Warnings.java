package org.caravox.door;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** Tells what was asked for and not done, where a body has no room for it: in a header, as a JSON list of sentences. */
public final class Warnings {

    /** The header. */
    public static final String HEADER = "x-caravox-warnings";

    private static final int LONGEST_HEADER = 4_000;
    private static final ObjectWriter LINE = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build()
            .writerFor(List.class);

    private Warnings() {}

    /** Sets the header if there is something to tell; what is too long for a header is counted only. */
    public static void tell(Message message, @Nullable List<String> warnings) {
        if (warnings == null || warnings.isEmpty()) {
            return;
        }
        message.setHeader(HEADER, line(warnings));
    }

    /** What the header holds. */
    public static String line(List<String> warnings) {
        String line = json(warnings);
        return line.length() <= LONGEST_HEADER ? line : json(List.of(warnings.size() + " warnings"));
    }

    private static String json(List<String> warnings) {
        try {
            return LINE.writeValueAsString(warnings);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("sentences are always JSON", e);
        }
    }
}
