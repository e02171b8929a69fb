package org.caravox.providers;

import java.io.IOException;
import org.caravox.requests.Patience;

/** The way out to providers. */
@FunctionalInterface
public interface ProviderHttp {

    /**
     * Sends a request and returns once status and headers are there, whatever the status is. At the deadline, or when the
     * caller hangs up, the connection is cut, also while the body is read.
     *
     * @throws IOException when the provider cannot be reached, does not answer in time or breaks off
     */
    ProviderAnswer send(ProviderCall call, Patience patience) throws IOException;
}
