package org.caravox.crm;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The CRMs of all tenants, as the settings name them, and as endpoints to which events are delivered. */
public final class CrmConnections {

    /**
     * How one stands.
     *
     * @param events       what it gets
     * @param status       {@code active}, {@code paused} or {@code disabled}; {@code unknown} until it is enrolled
     * @param reason       why it is disabled
     * @param failingSince when the last delivery that arrived was followed by one that did not
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Standing(
            String name,
            CrmType type,
            URI url,
            List<String> events,
            String route,
            String mapping,
            String status,
            @Nullable String reason,
            @Nullable Instant failingSince) {}

    private record State(String name, String status, @Nullable String reason, @Nullable Instant failingSince) {}

    private static final String ENROL =
            """
            insert into endpoints (id, tenant, kind, name, types)
            select :id, id, 'crm', :name, :types from tenants where id = :tenant
            on conflict (tenant, kind, name) where name is not null do update
            set types = excluded.types, changed_at = now(),
                status = case endpoints.status when 'deleted' then 'active' else endpoints.status end
            where endpoints.types <> excluded.types or endpoints.status = 'deleted'""";

    private static final String LEAVE =
            """
            update endpoints e set status = 'deleted', changed_at = now()
            where kind = 'crm' and status <> 'deleted'
              and not exists (select from unnest(:tenants, :names) as known (tenant, name)
                              where known.tenant = e.tenant and known.name = e.name)""";

    private final List<CrmConnection> all;
    private final Jdbi database;

    public CrmConnections(List<CrmConnection> all, Jdbi database) {
        this.all = List.copyOf(all);
        this.database = database;
    }

    /** Makes the endpoints what the settings say, for those tenants that there are. */
    public void enrol() {
        database.useTransaction(handle -> {
            all.forEach(crm -> enrol(handle, crm));
            handle.createUpdate(LEAVE)
                    .bindArray(
                            "tenants",
                            String.class,
                            all.stream().map(CrmConnection::tenant).toArray())
                    .bindArray(
                            "names",
                            String.class,
                            all.stream().map(CrmConnection::name).toArray())
                    .execute();
        });
    }

    private static void enrol(Handle handle, CrmConnection crm) {
        handle.createUpdate(ENROL)
                .bind("id", RequestIds.next())
                .bind("tenant", crm.tenant())
                .bind("name", crm.name())
                .bindArray("types", String.class, crm.events().toArray())
                .execute();
    }

    /** The tenant's CRM of this name. */
    public Optional<CrmConnection> find(String tenant, String name) {
        return all.stream()
                .filter(crm -> crm.tenant().equals(tenant) && crm.name().equals(name))
                .findFirst();
    }

    /**
     * The tenant's CRM of this name.
     *
     * @throws Refusal NOT_FOUND, saying where it would be written
     */
    public CrmConnection get(String tenant, String name) {
        return find(tenant, name)
                .orElseThrow(() -> Refusal.notFound(
                        "CRM not found for tenant " + tenant + ": the operator adds it under crm in tenants.yaml"));
    }

    /** A tenant's CRMs, in the order of their names. */
    public List<Standing> standings(String tenant) {
        Map<String, State> states = states(tenant);
        return all.stream()
                .filter(crm -> crm.tenant().equals(tenant))
                .sorted(java.util.Comparator.comparing(CrmConnection::name))
                .map(crm -> standing(crm, states.get(crm.name())))
                .toList();
    }

    private static Standing standing(CrmConnection crm, @Nullable State state) {
        return new Standing(
                crm.name(),
                crm.type(),
                crm.baseUrl(),
                crm.events(),
                crm.route(),
                crm.mapping(),
                state == null ? "unknown" : state.status(),
                state == null ? null : state.reason(),
                state == null ? null : state.failingSince());
    }

    private Map<String, State> states(String tenant) {
        return database.withHandle(
                handle -> handle.createQuery("select name, status, reason, failing_since from endpoints"
                                + " where tenant = :tenant and kind = 'crm'")
                        .bind("tenant", tenant)
                        .map((row, context) -> {
                            java.sql.Timestamp failing = row.getTimestamp("failing_since");
                            return new State(
                                    row.getString("name"),
                                    row.getString("status"),
                                    row.getString("reason"),
                                    failing == null ? null : failing.toInstant());
                        })
                        .collect(Collectors.toMap(State::name, Function.identity())));
    }

    /** Deliveries to one that was disabled go on: it has been seen to work. */
    public void works(CrmConnection crm) {
        database.useHandle(handle -> handle.createUpdate(
                        """
                        with again as (
                          update endpoints set status = 'active', reason = null, failing_since = null, changed_at = now()
                          where tenant = :tenant and kind = 'crm' and name = :name and status = 'disabled' returning 1)
                        select pg_notify('caravox_deliveries', '') from again""")
                .bind("tenant", crm.tenant())
                .bind("name", crm.name())
                .execute());
    }
}
