package org.caravox.itests.faults;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;

/**
 * A request that is to be refused.
 *
 * @param name    what is wrong with it
 * @param status  the status that it gets
 * @param error   what the sentence holds
 * @param request sends it
 */
record Attempt(String name, int status, String error, Function<Caller, Answer> request) {

    static Attempt attempt(String name, int status, String error, Function<Caller, Answer> request) {
        return new Attempt(name, status, error, request);
    }

    /** A body of JSON. */
    static Attempt json(String name, int status, String error, String body) {
        return attempt("JSON: " + name, status, error, caller -> caller.postJson("/transcribe", body));
    }

    /** An upload, with further fields by name and value. */
    static Attempt upload(String name, int status, String error, byte[] recording, String... further) {
        Map<String, String> fields = new HashMap<>(Map.of("userId", "u"));
        for (int i = 0; i < further.length; i += 2) {
            fields.put(further[i], further[i + 1]);
        }
        return attempt("upload: " + name, status, error, caller -> caller.upload(recording, fields));
    }

    /** A request that names an address to fetch from. */
    static Attempt url(String name, int status, String error, String url) {
        return attempt(
                "audioUrl: " + name,
                status,
                error,
                caller -> caller.postJson("/transcribe", Map.of("userId", "u", "audioUrl", url)));
    }

    Answer by(Caller caller) {
        return request.apply(caller);
    }

    @Override
    public String toString() {
        return name + " -> " + status;
    }
}
