package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A list of items that has arrived.
 *
 * @param file     where it is until its request ends
 * @param name     what its owner calls it
 * @param defaults the fields of those lines that do not say otherwise
 */
record BatchUpload(Path file, @Nullable String name, Map<String, JsonNode> defaults) {

    /** Whose it is, unless its lines say otherwise. */
    @Nullable
    String userId() {
        JsonNode user = defaults.get("userId");
        return user == null ? null : user.textValue();
    }
}
