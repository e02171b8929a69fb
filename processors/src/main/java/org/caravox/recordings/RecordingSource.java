package org.caravox.recordings;

import java.util.Locale;
import java.util.UUID;

/**
 * Whose audio it is.
 *
 * @param tenant whose recording it becomes
 * @param kind   what was recorded
 * @param id     of the stream or call
 * @param userId the tenant's own user
 */
public record RecordingSource(String tenant, Kind kind, UUID id, String userId) {

    /** What can be recorded. */
    public enum Kind {
        /** A live stream; its transcript has the same id. */
        LIVE,
        /** A call. */
        CALL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
