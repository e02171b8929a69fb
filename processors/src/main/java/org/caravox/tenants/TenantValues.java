package org.caravox.tenants;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values that routes look up by tenant: thresholds, numbers, switches. */
public final class TenantValues {

    private final Map<String, String> all;
    private final Function<String, Map<String, String>> own;

    /**
     * Values.
     *
     * @param all for every tenant
     * @param own those of a tenant, which go before
     */
    public TenantValues(Map<String, String> all, Function<String, Map<String, String>> own) {
        this.all = Map.copyOf(all);
        this.own = own;
    }

    /**
     * A value.
     *
     * @param tenant    whose; null is nobody's
     * @param otherwise where there is none; blank says that there has to be one
     * @throws IllegalStateException when there has to be one and is none, with what to write
     */
    public String of(@Nullable String tenant, String name, String otherwise) {
        String usual = all.getOrDefault(name, otherwise);
        String value = tenant == null ? usual : own.apply(tenant).getOrDefault(name, usual);
        if (value.isBlank()) {
            throw new IllegalStateException("no value \"" + name + "\" for tenant " + tenant + ": write caravox.values."
                    + name + ", or caravox.tenants." + tenant + ".values." + name);
        }
        return value;
    }
}
