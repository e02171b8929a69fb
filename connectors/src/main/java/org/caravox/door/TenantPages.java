package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.tenants.ApiKey;
import org.caravox.tenants.Caller;
import org.caravox.tenants.Role;
import org.caravox.tenants.Tenants;

/** {@code /keys}, {@code /tenants} and {@code /webhook-secret}: a tenant sees its own, an admin sees and changes all. */
public final class TenantPages {

    private static final List<String> ROLES =
            Arrays.stream(Role.values()).map(Role::word).toList();

    private final Tenants tenants;
    private final ObjectMapper json;

    public TenantPages(Tenants tenants, ObjectMapper json) {
        this.tenants = tenants;
        this.json = json;
    }

    /** {@code GET /keys}. */
    public void keys(Exchange exchange) throws IOException {
        Query query = Query.of(exchange, Set.of("tenant"), json);
        Caller caller = Callers.caller(exchange);
        String wanted = query.text("tenant");
        if (!caller.admin() && wanted != null && !wanted.equals(caller.requireTenant())) {
            throw Refusal.notFound("tenant " + wanted + " not found");
        }
        Answers.write(
                json, exchange, 200, Map.of("keys", tenants.keys(caller.admin() ? wanted : caller.requireTenant())));
    }

    /** {@code POST /keys} with {@code {"tenant", "name"}}, or {@code {"role", "name"}} for an operator's. */
    public void createKey(Exchange exchange) throws IOException {
        Callers.caller(exchange).requireAdmin();
        Fields fields = body(exchange, Set.of("tenant", "name", "role"));
        Role role = Role.of(fields.choice("role", ROLES)).orElse(Role.TENANT);
        if (role != Role.TENANT && fields.has("tenant")) {
            throw Refusal.invalid("a key with the role " + role.word() + " belongs to no tenant: leave tenant out");
        }
        String named = fields.text("name");
        String name = named == null ? "unnamed" : named;
        ApiKey made = role == Role.TENANT
                ? tenants.createKey(fields.required("tenant"), name)
                : tenants.createKey(role, name);
        exchange.getMessage().setHeader("Cache-Control", "no-store");
        Answers.write(json, exchange, 201, made);
    }

    /** {@code DELETE /keys/{id}}. */
    public void revokeKey(Exchange exchange) throws IOException {
        Callers.caller(exchange).requireAdmin();
        Answers.write(
                json,
                exchange,
                200,
                tenants.revoke(RequestIds.parse("key", exchange.getMessage().getHeader("id", String.class))));
    }

    /** {@code GET /tenants}. */
    public void list(Exchange exchange) throws IOException {
        Callers.caller(exchange).requireAdmin();
        Answers.write(json, exchange, 200, Map.of("tenants", tenants.list()));
    }

    /** {@code POST /tenants} with {@code {"id"}}. */
    public void create(Exchange exchange) throws IOException {
        Callers.caller(exchange).requireAdmin();
        Answers.write(
                json, exchange, 201, tenants.create(body(exchange, Set.of("id")).required("id")));
    }

    /** {@code GET /webhook-secret}. */
    public void webhookSecret(Exchange exchange) throws IOException {
        exchange.getMessage().setHeader("Cache-Control", "no-store");
        Answers.write(json, exchange, 200, Map.of("secret", tenants.webhookSecret(Callers.tenant(exchange))));
    }

    private Fields body(Exchange exchange, Set<String> known) throws IOException {
        return new Fields(JsonBody.fields(BodyOnDemand.request(exchange), json), known, json);
    }
}
