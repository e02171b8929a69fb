package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import org.apache.camel.Exchange;

/** {@code /openapi.json}: the description of this API. */
public final class OpenApi {

    private final JsonNode document;
    private final ObjectMapper json;

    /** Reads the description, which is written in YAML. */
    public OpenApi(InputStream yaml, ObjectMapper json) throws IOException {
        try (yaml) {
            this.document = new YAMLMapper().readTree(yaml);
        }
        this.json = json;
    }

    /** {@code GET /openapi.json}. */
    public void document(Exchange exchange) throws IOException {
        Answers.write(json, exchange, 200, document);
    }
}
