package org.caravox.crm;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.Set;
import org.caravox.crm.CrmAuth.Kind;

/** The kinds of CRMs, and what goes for one where its settings say nothing else. */
@SuppressWarnings("ImmutableEnumChecker") // the sets and maps are those of Set.of and Map.of
public enum CrmType {
    /** Salesforce's REST API: persons are found by SOSL, calls logged as tasks by external id. */
    @JsonProperty("salesforce")
    SALESFORCE(
            "salesforce",
            "",
            "68.0",
            "salesforce-task",
            Set.of(Kind.CLIENT_CREDENTIALS, Kind.JWT_BEARER),
            Map.of("external-id", "Caravox_Id__c")),

    /** HubSpot's CRM objects: contacts and calls, upserted by unique properties. */
    @JsonProperty("hubspot")
    HUBSPOT(
            "hubspot",
            "https://api.hubapi.com",
            "2026-03",
            "hubspot-call",
            Set.of(Kind.BEARER, Kind.CLIENT_CREDENTIALS),
            Map.of("call-property", "caravox_id", "contact-property", "caravox_phone")),

    /** Anything that takes JSON over HTTP. */
    @JsonProperty("custom")
    CUSTOM(
            "custom-crm",
            "",
            "",
            "custom-crm",
            Set.of(Kind.values()),
            Map.of(
                    "path", "",
                    "method", "POST",
                    "update-path", "",
                    "update-method", "PUT",
                    "id", "/id",
                    "success", "",
                    "test-path", ""));

    private final String route;
    private final String baseUrl;
    private final String version;
    private final String mapping;
    private final Set<Kind> logins;
    private final Map<String, String> options;

    CrmType(
            String route,
            String baseUrl,
            String version,
            String mapping,
            Set<Kind> logins,
            Map<String, String> options) {
        this.route = route;
        this.baseUrl = baseUrl;
        this.version = version;
        this.mapping = mapping;
        this.logins = logins;
        this.options = options;
    }

    /** The route that deliveries take. */
    public String route() {
        return route;
    }

    /** Where its API is; empty where each customer has another. */
    public String baseUrl() {
        return baseUrl;
    }

    /** Of its API. */
    public String version() {
        return version;
    }

    /** What makes its record's fields. */
    public String mapping() {
        return mapping;
    }

    Set<Kind> logins() {
        return logins;
    }

    /** What may be set beside, with its defaults. */
    public Map<String, String> options() {
        return options;
    }
}
