package org.caravox.deliveries;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A webhook endpoint as its tenant sees it: without its secret and its credentials.
 *
 * @param id            names it
 * @param url           see {@link EndpointDraft}, as what follows up to auth
 * @param status        {@code active}, {@code paused} or {@code disabled}
 * @param reason        why it is disabled; null when it is not
 * @param failingSince  since when nothing arrived; null when the last delivery did
 * @param createdAt     when it was made
 * @param changedAt     when it was last changed
 * @param secret        what signs its deliveries, once when it is made; null afterwards
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Endpoint(
        UUID id,
        String url,
        @Nullable String description,
        List<String> types,
        @Nullable String filter,
        String ordering,
        String whenExhausted,
        @Nullable Integer ratePerSecond,
        String format,
        String signatures,
        Map<String, String> headers,
        @Nullable JsonNode auth,
        String status,
        @Nullable String reason,
        @Nullable Instant failingSince,
        Instant createdAt,
        Instant changedAt,
        @Nullable String secret) {

    /** What stands in the place of something that is not shown again. */
    public static final String HIDDEN = "***";

    private static final Set<String> CREDENTIALS = Set.of("clientSecret", "key");
    private static final Pattern TELLING =
            Pattern.compile("authorization|cookie|key|token|secret|password|auth|signature");

    static Endpoint of(
            UUID id,
            EndpointDraft draft,
            String status,
            @Nullable String reason,
            @Nullable Instant failingSince,
            Instant createdAt,
            Instant changedAt) {
        return new Endpoint(
                id,
                draft.url(),
                draft.description(),
                draft.types(),
                draft.filter(),
                draft.ordering(),
                draft.whenExhausted(),
                draft.ratePerSecond(),
                draft.format(),
                draft.signatures(),
                shown(draft.headers()),
                shown(draft.auth()),
                status,
                reason,
                failingSince,
                createdAt,
                changedAt,
                null);
    }

    /** The same with its secret, which is shown this once. */
    Endpoint with(String itsSecret) {
        return new Endpoint(
                id,
                url,
                description,
                types,
                filter,
                ordering,
                whenExhausted,
                ratePerSecond,
                format,
                signatures,
                headers,
                auth,
                status,
                reason,
                failingSince,
                createdAt,
                changedAt,
                itsSecret);
    }

    /** Headers without the values of those that may be credentials. */
    public static Map<String, String> shown(Map<String, String> headers) {
        Map<String, String> shown = new TreeMap<>(headers);
        shown.replaceAll(
                (name, value) -> TELLING.matcher(name.toLowerCase(Locale.ROOT)).find() ? HIDDEN : value);
        return shown;
    }

    private static @Nullable JsonNode shown(@Nullable JsonNode auth) {
        if (!(auth instanceof ObjectNode object)) {
            return null;
        }
        ObjectNode shown = object.deepCopy();
        CREDENTIALS.stream().filter(shown::has).forEach(name -> shown.put(name, HIDDEN));
        return shown;
    }

    @Override
    public String toString() {
        return "Endpoint[id=" + id + ", status=" + status + "]";
    }
}
