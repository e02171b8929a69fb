package org.caravox.publishing;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes cases of what really happened. */
@FunctionalInterface
public interface CaseRecorder {

    /** What can become a case. */
    enum Kind {
        CALL,
        JOB,
        DELIVERY
    }

    /**
     * The text of a file of cases. Telephone numbers, e-mail addresses, card numbers and names are replaced, the same one
     * by the same placeholder throughout; there is no secret in it.
     *
     * @param tenant whose it is; null for anybody's, where the caller may see those
     * @throws org.caravox.requests.Refusal NOT_FOUND when there is none by that id
     */
    String record(Kind kind, UUID id, @Nullable String tenant);
}
