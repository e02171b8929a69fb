package org.caravox.usage;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.caravox.providers.Use;

/** What the providers charge, as an operator has written it down. */
public final class Prices {

    private record Key(Use use, String provider, String model) {}

    private final Currency currency;
    private final Map<Key, Price> prices = new HashMap<>();

    /**
     * Takes the prices, all of which are in one currency.
     *
     * @throws IllegalArgumentException when a model has two
     */
    public Prices(Currency currency, List<Price> prices) {
        this.currency = currency;
        for (Price price : prices) {
            Key key = new Key(price.use(), price.provider(), price.model());
            if (this.prices.put(key, price) != null) {
                throw new IllegalArgumentException("model \"" + price.model() + "\" of provider " + price.provider()
                        + " has two prices for " + price.use().word());
            }
        }
    }

    public Currency currency() {
        return currency;
    }

    /** What a model charges for that; empty when no price is known. */
    public Optional<BigDecimal> cost(Use use, String provider, String model, Consumed consumed) {
        Price own = prices.get(new Key(use, provider, model));
        Price price = own != null ? own : prices.get(new Key(use, provider, Price.ANY));
        return Optional.ofNullable(price).map(known -> known.of(consumed));
    }
}
