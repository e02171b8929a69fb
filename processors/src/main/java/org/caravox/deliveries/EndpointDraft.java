package org.caravox.deliveries;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant sets of a webhook endpoint.
 *
 * @param url           where events are posted to
 * @param description   the tenant's own words; null when there are none
 * @param types         the events' types; none: all
 * @param filter        a jsonpath predicate on what is posted; null: all
 * @param ordering      {@code none}, or {@code call}: in order for each call, transcript or job
 * @param whenExhausted {@code skip} or {@code park}: what becomes of those behind one that was given up
 * @param ratePerSecond deliveries a second at most; null: as many as there are
 * @param format        {@code standard} or {@code cloudevents}
 * @param signatures    {@code v1}, or {@code v1,v1a}
 * @param headers       further headers, by name
 * @param auth          how the endpoint knows us beside the signature; null: not at all
 */
public record EndpointDraft(
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
        @Nullable JsonNode auth) {

    public EndpointDraft {
        types = List.copyOf(types);
        headers = Map.copyOf(headers);
    }

    /** One with everything but its address as usual. */
    public static EndpointDraft of(String url) {
        return new EndpointDraft(url, null, List.of(), null, "none", "skip", null, "standard", "v1", Map.of(), null);
    }

    /** Without its headers and credentials. */
    @Override
    public String toString() {
        return "EndpointDraft[types=" + types + ", ordering=" + ordering + ", format=" + format + "]";
    }
}
