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
    void who_changed_what_is_written_down_without_secrets_and_what_failed_is_not() {
        admin.postJson("/tenants", Map.of("id", "audited")).expect(201);
        Answer key = admin.postJson("/keys", Map.of("tenant", "audited", "name", "crm"));
        Caller tenant = new Caller(hub.url(), key.expect(201).member("key"));
        String webhook = tenant.postJson(
                        "/webhooks",
                        Map.of("url", "https://nobody.invalid/t0ken", "headers", Map.of("X-Api-Key", "h1dden")))
                .expect(201)
                .member("id");
        tenant.post("/webhooks/" + webhook + "/secret").expect(200);
        tenant.postJson("/webhooks", Map.of("url", "https://nobody.invalid/", "filter", "$"))
                .expect(422);
        tenant.delete("/webhooks/" + key.member("id")).expect(404);
        admin.delete("/keys/" + key.member("id")).expect(200);
        tenant.get("/audit").expect(401);

        Caller successor = new Caller(
                hub.url(),
                admin.postJson("/keys", Map.of("tenant", "audited")).expect(201).member("key"));
        Answer own = successor.get("/audit").expect(200);
        Answer all = admin.get("/audit?tenant=audited&actor=" + key.member("id"));

        JsonNode acts = own.json().get("acts");
        assertThat(acts.findValuesAsText("act"))
                .containsSubsequence("key.revoked", "webhook.secret-rotated", "webhook.created", "key.created")
                .doesNotContain("webhook.deleted");
        assertThat(acts.findValuesAsText("act"))
                .filteredOn("webhook.created"::equals)
                .hasSize(1);
        assertThat(own.text())
                .doesNotContain("t0ken", "h1dden", "whsec_", tenant.key(), "\"node\"")
                .contains("\"actor\":\"admin\"");
        assertThat(all.expect(200).json().get("acts").findValuesAsText("act"))
                .containsExactly("webhook.secret-rotated", "webhook.created");
        assertThat(all.json().at("/acts/1/actorName").asText()).isEqualTo("crm");
        assertThat(all.json().at("/acts/1/subject").asText()).isEqualTo(webhook);
        assertThat(all.json().at("/acts/1/details/url").asText()).isEqualTo("https://nobody.invalid");
        assertThat(all.json().at("/acts/1/details/headers").asText()).isEqualTo("(not told)");
    }

    @Test
    void acts_are_found_by_name_actor_and_time_page_by_page() {
        Caller tenant = hub.newTenant();
        for (int i = 0; i < 3; i++) {
            tenant.postJson("/webhooks", Map.of("url", "https://nobody.invalid/" + i))
                    .expect(201);
        }

        Answer first = tenant.get("/audit?act=webhook.created&limit=2");
        Answer second = tenant.get("/audit?act=webhook.created&limit=2&cursor=" + first.member("nextCursor"));

        assertThat(first.expect(200).json().get("acts")).hasSize(2);
        assertThat(second.expect(200).json().get("acts")).hasSize(1);
        assertThat(second.json().has("nextCursor")).isFalse();
        assertThat(tenant.get("/audit?actor=admin").json().get("acts").findValuesAsText("act"))
                .containsExactly("key.created", "tenant.created");
        assertThat(tenant.get("/audit?to=2020-01-01").json().get("acts")).isEmpty();
        assertThat(tenant.get("/audit?from=2020-01-01&act=webhook.created")
                        .json()
                        .get("acts"))
                .hasSize(3);
        tenant.get("/audit?from=2020-01-02&to=2020-01-01").expect(422);
        tenant.get("/audit?tenant=demo").expect(404);
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
