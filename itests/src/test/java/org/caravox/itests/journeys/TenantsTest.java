package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.Test;

/** An operator makes tenants and keys; a tenant sees its own. */
class TenantsTest {

    private final RunningHub hub = SharedHub.hub();
    private final Caller admin = hub.admin();

    @Test
    void an_admin_makes_a_tenant_and_lists_it() {
        admin.postJson("/tenants", Map.of("id", "fresh")).expect(201);

        Answer again = admin.postJson("/tenants", Map.of("id", "fresh"));
        Answer all = admin.get("/tenants");

        assertThat(again.expect(409).member("error")).contains("fresh");
        assertThat(all.expect(200).json().get("tenants").findValuesAsText("id")).contains("fresh", "demo");
    }

    @Test
    void a_key_is_shown_once_works_at_once_and_ends_at_once_when_revoked() {
        admin.postJson("/tenants", Map.of("id", "keyed")).expect(201);

        Answer made = admin.postJson("/keys", Map.of("tenant", "keyed", "name", "crm"));
        Caller tenant = new Caller(hub.url(), made.expect(201).member("key"));
        Answer own = tenant.get("/keys");
        Answer revoked = admin.delete("/keys/" + made.member("id"));

        assertThat(made.header("Cache-Control")).isEqualTo("no-store");
        JsonNode listed = own.expect(200).json().get("keys");
        assertThat(listed.findValuesAsText("name")).containsExactly("crm");
        assertThat(own.text()).doesNotContain(tenant.key());
        assertThat(revoked.expect(200).json().has("revokedAt")).isTrue();
        tenant.get("/keys").expect(401);
    }

    @Test
    void an_admins_keys_are_made_by_role_and_reach_no_tenants_transcripts() {
        Answer made = admin.postJson("/keys", Map.of("role", "admin", "name", "night shift"));
        Caller colleague = new Caller(hub.url(), made.expect(201).member("key"));

        colleague.get("/tenants").expect(200);
        assertThat(colleague.get("/transcripts").expect(403).member("error")).contains("admin key");
        colleague.get("/webhook-secret").expect(403);
        admin.delete("/keys/" + made.member("id")).expect(200);
    }

    @Test
    void a_tenant_makes_neither_tenants_nor_keys_and_revokes_none() {
        Caller tenant = hub.newTenant();
        String ownKey = tenant.get("/keys").json().get("keys").get(0).get("id").asText();

        tenant.postJson("/tenants", Map.of("id", "mine")).expect(403);
        tenant.postJson("/keys", Map.of("role", "admin")).expect(403);
        tenant.delete("/keys/" + ownKey).expect(403);
        tenant.get("/tenants").expect(403);
    }
}
