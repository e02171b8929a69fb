package org.caravox.crm;

import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** The CRMs' own ids of what was written into them. */
public final class CrmRecords {

    private static final String UNKNOWN = "-";

    private final Jdbi database;

    public CrmRecords(Jdbi database) {
        this.database = database;
    }

    /** What is known of a subject, by kind. */
    Map<String, String> of(CrmConnection crm, UUID subject) {
        return database.withHandle(handle -> handle.createQuery("select kind, record from crm_records"
                        + " where tenant = :tenant and crm = :crm and subject = :subject")
                .bind("tenant", crm.tenant())
                .bind("crm", crm.name())
                .bind("subject", subject)
                .setMapKeyColumn("kind")
                .setMapValueColumn("record")
                .collectInto(new org.jdbi.v3.core.generic.GenericType<Map<String, String>>() {}));
    }

    /**
     * Remembers one; an id that is known outlives an answer that does not tell it.
     *
     * @param record the CRM's id; empty when it did not say
     */
    void keep(CrmConnection crm, UUID subject, String kind, String record) {
        database.useHandle(handle -> handle.createUpdate(
                        """
                        insert into crm_records (tenant, crm, subject, kind, record)
                        values (:tenant, :crm, :subject, :kind, coalesce(:record, :unknown))
                        on conflict (tenant, crm, subject, kind) do update
                        set record = coalesce(:record, crm_records.record), written_at = now()""")
                .bind("tenant", crm.tenant())
                .bind("crm", crm.name())
                .bind("subject", subject)
                .bind("kind", kind)
                .bind("record", record.isEmpty() ? null : record)
                .bind("unknown", UNKNOWN)
                .execute());
    }
}
