package org.caravox.tenants;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a key may do, from little to all that is an operator's; each may do what those before it may. */
public enum Role {
    /** A tenant's own business. */
    TENANT,
    /** Sees the routes. */
    VIEWER,
    /** Tries routes, and keeps drafts. */
    EDITOR,
    /** Puts routes in force. */
    PUBLISHER,
    /** Everything that is an operator's. */
    ADMIN;

    /** In lower case. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of a word. */
    public static Optional<Role> of(@Nullable String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }
}
