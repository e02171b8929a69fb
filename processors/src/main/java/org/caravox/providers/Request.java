package org.caravox.providers;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What all requests to a chain have in common. */
public interface Request {

    /** Names the request in logs, usage and answers. */
    UUID id();

    /** Whose request it is. */
    String tenant();

    /** The only provider that may answer; null leaves it to the chain. */
    @Nullable
    String provider();

    /** The model that is asked for; null leaves it to the provider. */
    @Nullable
    String model();
}
