package org.caravox.deliveries;

import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a message goes, and how.
 *
 * @param url        the address
 * @param method     {@code POST} or {@code PUT}
 * @param headers    besides those that sign it
 * @param secrets    those that sign it, {@code whsec_...}, the newest first
 * @param asymmetric whether it is signed with Ed25519 too
 * @param auth       how we show who we are, as JSON; null is not at all
 * @param mediaType  of the body
 * @param body       UTF-8 JSON
 */
public record Target(
        URI url,
        String method,
        Map<String, String> headers,
        List<String> secrets,
        boolean asymmetric,
        @Nullable String auth,
        String mediaType,
        String body) {

    /**
     * All headers of one attempt but those that show who we are.
     *
     * @param message {@code evt_...}
     * @param at      the time of this attempt, which is signed too
     */
    public Map<String, String> signedHeaders(String message, Instant at) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Content-Type", mediaType);
        all.put("webhook-id", message);
        all.put("webhook-timestamp", Long.toString(at.getEpochSecond()));
        all.put("webhook-signature", Signatures.of(secrets, asymmetric, message, at, body));
        return all;
    }

    /** Leaves out all that may hold a secret. */
    @Override
    public String toString() {
        return "Target[host=" + url.getHost() + "]";
    }
}
