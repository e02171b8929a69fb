package org.caravox.door.openai;

import org.caravox.requests.Refusal;

/** A refusal that names the field at fault, as OpenAI's errors do. */
final class WrongField extends RuntimeException {

    private final String field;
    private final Refusal refusal;

    WrongField(String field, String message) {
        super(message);
        this.field = field;
        this.refusal = Refusal.invalid(message);
    }

    static WrongField missing(String field) {
        return new WrongField(field, field + " is missing");
    }

    String field() {
        return field;
    }

    Refusal refusal() {
        return refusal;
    }
}
