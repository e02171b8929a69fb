package org.caravox.providers;

import org.caravox.requests.Patience;

/**
 * One call of one provider on behalf of a request.
 *
 * @param model      the provider's model that is to answer
 * @param credential what the provider is shown
 * @param patience   this attempt's share of the request's time
 * @param last       whether nobody else would be asked after it: else it is better to fail at once than to queue
 */
public record Attempt(String model, Credential credential, Patience patience, boolean last) {}
