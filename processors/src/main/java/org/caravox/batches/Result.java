package org.caravox.batches;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of an item.
 *
 * @param item       what its batch calls it; null when it was refused and has no name that could be read
 * @param line       its number in the list that was sent, when it was refused
 * @param jobId      its job; null when it was refused
 * @param status     how its job stands, or {@code refused}
 * @param userId     the tenant's own user
 * @param error      why it failed or was refused
 * @param fault      whose doing that was
 * @param transcript the transcript as it is stored, in JSON
 * @param text       all that was said
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Result(
        @Nullable String item,
        @Nullable Integer line,
        @Nullable UUID jobId,
        String status,
        @Nullable String userId,
        @Nullable String error,
        @Nullable String fault,
        @JsonRawValue @Nullable String transcript,
        @JsonIgnore @Nullable String text) {

    /** The status of an item that never became a job. */
    public static final String REFUSED = "refused";

    static Result of(Line.Refused refused) {
        return new Result(refused.item(), refused.number(), null, REFUSED, null, refused.error(), "caller", null, null);
    }
}
