package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * A request, once all of it is there.
 *
 * @param method    in upper case
 * @param path      without the station's name
 * @param query     decoded
 * @param headers   by name, whatever its case
 * @param body      the beginning of it: at least 64 KiB, all of it if it is text
 * @param bodyBytes its length
 * @param parts     of a multipart body
 * @param script    what the station's script wants to be said
 */
public record Call(
        String method,
        String path,
        MultiMap query,
        MultiMap headers,
        Buffer body,
        long bodyBytes,
        List<Part> parts,
        Optional<String> script) {

    /** What is heard, or answered, where no script says otherwise. */
    static final String FOX = "the quick brown fox jumps over the lazy dog";

    String header(String name) {
        return headers.contains(name) ? headers.get(name) : "";
    }

    String query(String name) {
        return query.contains(name) ? query.get(name) : "";
    }

    boolean asks(String option) {
        return query(option).equals("true");
    }

    JsonNode json() {
        return Json.read(body);
    }

    boolean is(String wantedMethod, String wantedPath) {
        return method.equals(wantedMethod) && path.equals(wantedPath);
    }

    boolean hasType(String type) {
        return header("Content-Type").startsWith(type);
    }

    /** The text of a form's field, empty if there is none. */
    String field(String name) {
        return part(name).map(part -> part.content().toString()).orElse("");
    }

    Optional<Part> part(String name) {
        return parts.stream().filter(part -> part.name().equals(name)).findFirst();
    }

    /** The credential behind a scheme such as {@code Bearer}, whatever the scheme's case; empty if there is none. */
    String bearer(String scheme) {
        String[] words = header("Authorization").split(" ", 2);
        return words.length == 2 && words[0].equalsIgnoreCase(scheme) ? words[1].trim() : "";
    }
}
