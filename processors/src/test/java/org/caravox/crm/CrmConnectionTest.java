package org.caravox.crm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.caravox.crm.CrmAuth.Kind;
import org.junit.jupiter.api.Test;

/** What is wrong with a connection's settings is told with the setting and the way out. */
class CrmConnectionTest {

    private static final CrmAuth LOGIN =
            new CrmAuth(Kind.CLIENT_CREDENTIALS, "id", "secret", "", URI.create("https://a.b/token"), "", "", "");
    private static final CrmAuth NONE = new CrmAuth(Kind.NONE, "", "", "", null, "", "", "");
    private static final List<String> EVENTS = List.of("transcript.ready");

    private static CrmConnection connection(
            CrmType type, String url, List<String> events, CrmAuth auth, Map<String, String> options) {
        return new CrmConnection(
                "acme", "sales", type, URI.create(url), "", events, "route", "mapping", auth, Map.of(), options);
    }

    private static void assertRefused(
            CrmType type,
            String url,
            List<String> events,
            CrmAuth auth,
            Map<String, String> options,
            String setting,
            String mend) {
        assertThatThrownBy(() -> connection(type, url, events, auth, options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("caravox.tenants.acme.crm.sales." + setting + ":")
                .hasMessageContaining(mend);
    }

    @Test
    void an_address_is_whole_and_ends_without_a_slash() {
        for (String url :
                List.of("", "acme.my.salesforce.com", "https://acme.example/", "https://me:pass@acme.example")) {
            assertRefused(CrmType.SALESFORCE, url, EVENTS, LOGIN, Map.of(), "base-url", "https://");
        }
    }

    @Test
    void an_event_that_is_not_known_is_answered_with_those_that_are() {
        assertRefused(
                CrmType.SALESFORCE, "https://a.b", List.of("call.rang"), LOGIN, Map.of(), "events", "transcript.ready");
        assertRefused(CrmType.SALESFORCE, "https://a.b", List.of(), LOGIN, Map.of(), "events", "transcript.ready");
    }

    @Test
    void a_login_that_a_crm_does_not_know_is_answered_with_those_that_it_knows() {
        assertRefused(CrmType.SALESFORCE, "https://a.b", EVENTS, NONE, Map.of(), "auth.type", "jwt-bearer");
        assertRefused(CrmType.HUBSPOT, "https://a.b", EVENTS, NONE, Map.of(), "auth.type", "bearer");
    }

    @Test
    void what_a_login_needs_is_asked_for() {
        CrmAuth withoutSecret = new CrmAuth(Kind.BEARER, "", "", "", null, "", "", "");
        CrmAuth withoutUser = new CrmAuth(Kind.BASIC, "", "secret", "", null, "", "", "");
        CrmAuth withoutTokens = new CrmAuth(Kind.CLIENT_CREDENTIALS, "id", "secret", "", null, "", "", "");
        Map<String, String> path = Map.of("path", "/calls");

        assertRefused(CrmType.CUSTOM, "https://a.b", EVENTS, withoutSecret, path, "auth.secret", "caravox.secrets");
        assertRefused(CrmType.CUSTOM, "https://a.b", EVENTS, withoutUser, path, "auth.user", "user");
        assertRefused(CrmType.CUSTOM, "https://a.b", EVENTS, withoutTokens, path, "auth.token-url", "tokens");
    }

    @Test
    void options_are_those_of_the_type() {
        assertRefused(CrmType.CUSTOM, "https://a.b", EVENTS, NONE, Map.of(), "options.path", "/calls");
        assertRefused(
                CrmType.SALESFORCE, "https://a.b", EVENTS, LOGIN, Map.of("extern-id", "X"), "options", "external-id");
    }
}
