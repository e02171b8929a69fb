package org.caravox.fakes;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A way to fail, which every vendor tells in its own words. */
public enum Kind {
    /** Too many requests; {@code Retry-After: 1} unless the rule has another. */
    @JsonProperty("rate-limit")
    RATE_LIMIT,
    /** Too many requests, and no word on when to come back. */
    @JsonProperty("rate-limit-no-retry-after")
    RATE_LIMIT_NO_RETRY_AFTER,
    /** The plan is used up, hidden behind whatever status this vendor hides it. */
    @JsonProperty("quota")
    QUOTA,
    /** The key is not, or no longer, good. */
    @JsonProperty("revoked")
    REVOKED,
    /** The request is at fault. */
    @JsonProperty("bad-request")
    BAD_REQUEST,
    /** Status 200, and a body that is not JSON although it says so. */
    @JsonProperty("garbage")
    GARBAGE,
    /** Status 200, and an error within; in a stream, after its first piece. */
    @JsonProperty("error-in-200")
    ERROR_IN_200,
    /** Status 500. */
    @JsonProperty("server-error")
    SERVER_ERROR,
    /** The vendor's own sign of overload: 503, 529, ... */
    @JsonProperty("overloaded")
    OVERLOADED
}
