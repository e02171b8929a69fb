package org.caravox.fakes;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that a station got. Of secrets, only the last four characters are kept.
 *
 * @param at           when its head came
 * @param method       in upper case
 * @param path         without the station's name
 * @param query        as it came, with secrets masked; empty if there is none
 * @param headers      by name in lower case; of repeated ones the values are joined by comma
 * @param bodyBytes    length of the body that has come so far
 * @param body         the body, if it is JSON of at most 64 KiB
 * @param parts        of a multipart body
 * @param status       of the answer; 0 if there is none
 * @param answered     whether the answer was sent to its end
 * @param disconnected whether the caller went away before the answer ended
 */
public record SeenRequest(
        Instant at,
        String method,
        String path,
        String query,
        Map<String, String> headers,
        long bodyBytes,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode body,
        List<SeenPart> parts,
        int status,
        boolean answered,
        boolean disconnected) {

    /**
     * A part of a multipart body.
     *
     * @param name     of the field
     * @param filename empty if there is none
     * @param bytes    length of its content
     * @param text     its content if it is no file and at most 64 KiB, else empty
     */
    public record SeenPart(String name, String filename, long bytes, String text) {}

    /** The value of a header, or nothing. */
    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
    }
}
