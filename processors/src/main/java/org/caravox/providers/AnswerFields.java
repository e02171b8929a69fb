package org.caravox.providers;

import com.fasterxml.jackson.databind.JsonNode;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;

/** Reads what must be in the JSON that one provider tells. */
public class AnswerFields {

    private final String provider;

    public AnswerFields(String provider) {
        this.provider = provider;
    }

    /** Whose they are. */
    public final String provider() {
        return provider;
    }

    /** For an answer that lacks what must be in it; {@code said} reads on after the provider's name. */
    public final ProviderBusy garbage(String said) {
        return new ProviderBusy(provider, Cause.GARBAGE, said, null, null);
    }

    /**
     * A number that must be in an answer.
     *
     * @throws ProviderBusy GARBAGE when it is not
     */
    public final double number(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isNumber()) {
            throw garbage("answered without a number in " + field);
        }
        return value.doubleValue();
    }

    /**
     * A text that must be in an answer; it may be empty.
     *
     * @throws ProviderBusy GARBAGE when it is not
     */
    public final String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isTextual()) {
            throw garbage("answered without a text in " + field);
        }
        return value.textValue();
    }
}
