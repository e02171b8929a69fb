package org.caravox.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch as a list shows it.
 *
 * @param batchId     the id of the request that made it
 * @param status      where it stands
 * @param name        what its owner calls it
 * @param userId      the tenant's own user that it was made for
 * @param createdAt   when it was made
 * @param closedAt    since when no more items come
 * @param cancelledAt when it was called off
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BatchHead(
        UUID batchId,
        BatchStatus status,
        @Nullable String name,
        @Nullable String userId,
        Instant createdAt,
        @Nullable Instant closedAt,
        @Nullable Instant cancelledAt) {}
