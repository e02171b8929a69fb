package org.caravox.tenants;

import java.util.Optional;
import java.util.UUID;
import org.caravox.requests.Refusal;

/**
 * Who is calling.
 *
 * @param tenant the tenant of the key; empty for an operator's key, which belongs to none
 * @param admin  whether it is an operator's key
 * @param keyId  names the key, as lists of keys do
 */
public record Caller(Optional<String> tenant, boolean admin, UUID keyId) {

    /**
     * The tenant.
     *
     * @throws Refusal FORBIDDEN for an operator's key
     */
    public String requireTenant() {
        return tenant.orElseThrow(() -> new Refusal(
                Refusal.Reason.FORBIDDEN, "this is an admin key, which belongs to no tenant: use a tenant's key"));
    }

    /**
     * Goes on for operators only.
     *
     * @throws Refusal FORBIDDEN for a tenant's key
     */
    public void requireAdmin() {
        if (!admin) {
            throw new Refusal(Refusal.Reason.FORBIDDEN, "this needs an admin key");
        }
    }
}
