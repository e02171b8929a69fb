package org.caravox.providers;

import java.util.Optional;
import java.util.Set;

/**
 * Somebody who answers requests of one kind: a vendor's service, or an engine inside the hub. Providers keep no state
 * of a request and may be called by many threads.
 *
 * @param <R> the requests
 */
public interface Provider<R extends Request> {

    /** Its name in settings, requests, metrics and answers. */
    String provider();

    /** The models that it knows. */
    Models models();

    /** Whether it needs a credential: all but the embedded ones do. */
    default boolean needsCredential() {
        return true;
    }

    /**
     * Why it cannot be asked at all, known before the call: a language that it does not speak, an address that it cannot
     * fetch. The sentence says what it can do instead. The request's model is not its business here.
     */
    Optional<String> refuses(R request);

    /** The names of the options in a request that it does not honour, as the request's door calls them. */
    Set<String> cannot(R request);

    /** A cheap call that shows whether it is there and takes the credential; none for the embedded ones. */
    default Optional<ProviderCall> probe(Credential credential) {
        return Optional.empty();
    }
}
