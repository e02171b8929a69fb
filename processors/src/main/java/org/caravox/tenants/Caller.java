package org.caravox.tenants;

import java.util.Optional;
import java.util.UUID;
import org.caravox.requests.Refusal;

/**
 * Who is calling.
 *
 * @param tenant the tenant of the key; empty for an operator's key, which belongs to none
 * @param role   what the key may do
 * @param keyId  names the key, as lists of keys do
 */
public record Caller(Optional<String> tenant, Role role, UUID keyId) {

    /** Whether it is an operator's key that may do everything. */
    public boolean admin() {
        return role == Role.ADMIN;
    }

    /**
     * The tenant.
     *
     * @throws Refusal FORBIDDEN for an operator's key
     */
    public String requireTenant() {
        return tenant.orElseThrow(() -> new Refusal(
                Refusal.Reason.FORBIDDEN,
                "this is an " + (admin() ? "admin" : "operator's")
                        + " key, which belongs to no tenant: use a tenant's key"));
    }

    /**
     * Goes on for operators only.
     *
     * @throws Refusal FORBIDDEN for a tenant's key
     */
    public void requireAdmin() {
        if (!admin()) {
            throw new Refusal(Refusal.Reason.FORBIDDEN, "this needs an admin key");
        }
    }

    /**
     * Goes on for those who have a role, or one that may do more.
     *
     * @throws Refusal FORBIDDEN for others
     */
    public void require(Role least) {
        if (role.compareTo(least) < 0) {
            throw new Refusal(
                    Refusal.Reason.FORBIDDEN,
                    "this needs a key with the role " + least.word() + ", this one has the role " + role.word());
        }
    }
}
