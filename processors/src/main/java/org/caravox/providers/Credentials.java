package org.caravox.providers;

import java.util.Optional;

/** Which credential a tenant's requests show to a provider. */
@FunctionalInterface
public interface Credentials {

    /** The tenant's own, else the one for all; empty when none is configured, or it cannot be had now. */
    Optional<Credential> of(Use use, String provider, String tenant);
}
