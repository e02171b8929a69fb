package org.caravox.publishing;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A version of the routes, without its files.
 *
 * @param number    rises with time
 * @param actor     the id of the API key with which it was made, or {@code hub}
 * @param actorName what that key was called then; null for the hub
 * @param message   what was changed and why; may be empty
 * @param base      the version that was in force before; null for the first one
 * @param restores  the version whose files it has; null when it was made of an edit
 * @param changed   the paths of files that differ from {@code base}
 * @param digest    the same for two versions of the same files
 * @param inForce   whether new work gets it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Version(
        long number,
        Kind kind,
        Instant at,
        String actor,
        @Nullable String actorName,
        String message,
        @Nullable Long base,
        @Nullable Long restores,
        List<String> changed,
        String digest,
        boolean inForce) {

    /** How it came to be. */
    public enum Kind {
        /** From the routes folder of a hub that started. */
        STARTED,
        /** Somebody published it. */
        PUBLISHED,
        /** Somebody wanted an earlier one again. */
        ROLLED_BACK,
        /** It gets some of the new work, and is compared. */
        STAGED,
        /** It was taken back, or took the place of one that was. */
        RETURNED;

        /** In lower case, with dashes. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Kind of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /** Copies the paths. */
    public Version {
        changed = List.copyOf(changed);
    }

    /** Who made it, as people know them. */
    public String author() {
        return actorName == null ? actor : actorName;
    }
}
