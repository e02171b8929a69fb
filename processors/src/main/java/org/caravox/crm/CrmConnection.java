package org.caravox.crm;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.caravox.crm.CrmAuth.Kind;

/**
 * A tenant's CRM, as its settings say.
 *
 * @param tenant  whose it is
 * @param name    how the tenant calls it
 * @param type    what it is
 * @param baseUrl where its API begins, without a slash at the end
 * @param version of its API; empty where it has none
 * @param events  the types of events that it gets
 * @param route   the route that deliveries to it take
 * @param mapping what makes its record's fields
 * @param auth    how the hub logs in
 * @param headers sent with every request
 * @param options what its requests look up beside
 */
public record CrmConnection(
        String tenant,
        String name,
        CrmType type,
        URI baseUrl,
        String version,
        List<String> events,
        String route,
        String mapping,
        CrmAuth auth,
        Map<String, String> headers,
        Map<String, String> options) {

    /** Events that a CRM can get: those of one call, transcript or job. */
    public static final Set<String> EVENTS =
            new TreeSet<>(Set.of("job.completed", "job.failed", "job.cancelled", "transcript.ready", "lead.scored"));

    /**
     * Looks whether it makes sense.
     *
     * @throws IllegalArgumentException saying which setting to mend, and how
     */
    public CrmConnection {
        String where = "caravox.tenants." + tenant + ".crm." + name;
        if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
            throw wrong(where, "a CRM's name is lower-case letters, digits and dashes");
        }
        checkUrl(where + ".base-url", baseUrl);
        checkEvents(where + ".events", events);
        checkOptions(where + ".options", type, options);
        checkAuth(where + ".auth", type, auth);
        events = List.copyOf(events);
        headers = Map.copyOf(headers);
        options = Map.copyOf(options);
    }

    private static void checkUrl(String where, URI url) {
        boolean good = url.getHost() != null
                && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
                && url.getUserInfo() == null
                && url.getQuery() == null
                && !url.toString().endsWith("/");
        if (!good) {
            throw wrong(
                    where,
                    "write where the API begins, like https://acme.my.salesforce.com, without a slash at the end");
        }
    }

    private static void checkEvents(String where, List<String> events) {
        if (events.isEmpty()) {
            throw wrong(where, "name at least one of " + String.join(", ", EVENTS));
        }
        events.stream().filter(event -> !EVENTS.contains(event)).findFirst().ifPresent(unknown -> {
            throw wrong(where, "\"" + unknown + "\" is not known: use " + String.join(", ", EVENTS));
        });
    }

    private static void checkOptions(String where, CrmType type, Map<String, String> options) {
        Set<String> unknown = new TreeSet<>(options.keySet());
        unknown.removeAll(type.options().keySet());
        if (!unknown.isEmpty()) {
            throw wrong(
                    where,
                    String.join(", ", unknown) + " is not known: use "
                            + String.join(", ", new TreeSet<>(type.options().keySet())));
        }
        if (type == CrmType.CUSTOM && !options.getOrDefault("path", "").startsWith("/")) {
            throw wrong(where + ".path", "write what comes behind base-url, like /calls or /calls/{subject}");
        }
    }

    private static void checkAuth(String where, CrmType type, CrmAuth auth) {
        if (!type.logins().contains(auth.kind())) {
            throw wrong(where + ".type", "use one of " + Kind.words(type.logins()));
        }
        need(where + ".secret", auth.kind() == Kind.NONE || !auth.secret().isEmpty(), "name one of caravox.secrets");
        need(where + ".client-id", !auth.logsIn() || !auth.clientId().isEmpty(), "write the client's id");
        need(where + ".token-url", !auth.logsIn() || auth.tokenUrl() != null, "write where tokens are handed out");
        boolean hasUser = auth.kind() == Kind.BASIC || auth.kind() == Kind.JWT_BEARER;
        need(where + ".user", !hasUser || !auth.user().isEmpty(), "write the user's name");
    }

    private static void need(String where, boolean there, String mend) {
        if (!there) {
            throw wrong(where, "is missing: " + mend);
        }
    }

    private static IllegalArgumentException wrong(String where, String mend) {
        return new IllegalArgumentException(where + ": " + mend);
    }

    /** What its requests may look up. */
    String option(String option) {
        return options.getOrDefault(option, type.options().getOrDefault(option, ""));
    }
}
