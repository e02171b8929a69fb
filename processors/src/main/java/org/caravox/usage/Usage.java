package org.caravox.usage;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.caravox.providers.Use;
import org.jspecify.annotations.Nullable;

/**
 * What one request used, and what that cost.
 *
 * @param request  names it; recording it again changes nothing
 * @param model    the model that was asked
 * @param cached   whether no provider was asked, since the answer was at hand
 * @param cost     null when no price is known
 */
public record Usage(
        UUID request,
        Use use,
        String tenant,
        String provider,
        String model,
        Consumed consumed,
        boolean cached,
        @Nullable BigDecimal cost,
        Instant at) {

    /** What a request used of a provider, with its cost as the prices are now. */
    static Usage priced(
            Prices prices,
            UUID request,
            Use use,
            String tenant,
            String provider,
            String model,
            Consumed consumed,
            Instant at) {
        BigDecimal cost = prices.cost(use, provider, model, consumed).orElse(null);
        return new Usage(request, use, tenant, provider, model, consumed, false, cost, at);
    }

    /** The same, answered without a provider: it costs nothing. */
    public Usage asCached() {
        return new Usage(request, use, tenant, provider, model, consumed, true, BigDecimal.ZERO, at);
    }
}
