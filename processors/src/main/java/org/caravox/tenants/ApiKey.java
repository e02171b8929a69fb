package org.caravox.tenants;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An API key, without the key itself, of which only a hash is stored.
 *
 * @param id        names the key
 * @param tenant    whose it is; null for an operator's
 * @param role      what an operator's may do; null for a tenant's
 * @param name      what it is for
 * @param hint      its last four characters
 * @param key       the key itself, in the answer that creates it; null ever after
 * @param createdAt when it was made
 * @param revokedAt when it ceased to be valid; null while it is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ApiKey(
        UUID id,
        @Nullable String tenant,
        @Nullable Role role,
        String name,
        String hint,
        @Nullable String key,
        Instant createdAt,
        @Nullable Instant revokedAt) {

    /** Leaves the key out. */
    @Override
    public String toString() {
        return "ApiKey[id=" + id + ", tenant=" + tenant + ", name=" + name + "]";
    }
}
