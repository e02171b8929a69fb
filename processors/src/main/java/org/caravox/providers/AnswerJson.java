package org.caravox.providers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;

/**
 * Reads the JSON that providers answer. A tree takes far more memory than its text: its size is bounded by its tokens
 * (names, values, brackets), not by bytes alone.
 */
public final class AnswerJson {

    /** A transcript of four hours, with its words, in Deepgram's form is about 20 MB. */
    static final int MOST_BYTES = 32 * 1024 * 1024;

    /** That transcript has about a million. */
    static final long MOST_TOKENS = 2_000_000;

    private static final int DEEPEST = 200;
    private static final JsonFactory BOUNDED = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxTokenCount(MOST_TOKENS)
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(MOST_BYTES)
                    .build())
            .build();

    private AnswerJson() {}

    /** Reads pieces of an answer, each of them bounded. */
    public static ObjectReader reader(ObjectMapper json) {
        return json.reader().with(BOUNDED);
    }

    /**
     * Reads a whole answer.
     *
     * @throws com.fasterxml.jackson.core.JsonProcessingException when it is no JSON, or more of it than the hub reads
     * @throws IOException                                        when it breaks off, or is larger than 32 MiB
     */
    public static JsonNode read(ProviderAnswer answer, ObjectMapper json) throws IOException {
        return reader(json).readTree(answer.bytes(MOST_BYTES));
    }
}
