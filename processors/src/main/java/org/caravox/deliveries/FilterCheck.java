package org.caravox.deliveries;

import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.events.Catalogue;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/** Whether a filter can be one: PostgreSQL, which applies it, says so. */
public final class FilterCheck {

    private static final String EXAMPLE = "$.data.duration > 60 && $.type == \"transcript.ready\"";
    private static final String NO_PREDICATE = "22038";
    private static final Pattern NEAR = Pattern.compile("(?:at or )?near \"(.*)\"", Pattern.DOTALL);
    private static final Pattern TOLD = Pattern.compile("ERROR: |\\n[\\s\\S]*");

    private final List<String> samples;

    /** @param catalogue the events whose examples a filter must be able to look at */
    public FilterCheck(Catalogue catalogue) {
        this.samples = catalogue.types().stream()
                .map(type -> catalogue.sample(type).toString())
                .toList();
    }

    /**
     * Tries it, without spoiling the transaction.
     *
     * @throws Refusal INVALID, with what is wrong and where
     */
    void check(Handle handle, String filter) {
        handle.savepoint("filter");
        try {
            handle.createQuery(
                            """
                            select count(jsonb_path_match(cast(sample as jsonb), cast(:filter as jsonpath)))
                            from unnest(cast(:samples as text[])) as sample""")
                    .bind("filter", filter)
                    .bindArray("samples", String.class, samples.toArray())
                    .mapTo(Integer.class)
                    .one();
        } catch (UnableToExecuteStatementException e) {
            handle.rollbackToSavepoint("filter");
            if (e.getCause() instanceof SQLException refused) {
                throw refusal(filter, refused);
            }
            throw e;
        }
        handle.releaseSavepoint("filter");
    }

    private static Refusal refusal(String filter, SQLException refused) {
        if (NO_PREDICATE.equals(refused.getSQLState())) {
            return Refusal.invalid("filter must be a condition, which is true or false, like " + EXAMPLE);
        }
        String said = TOLD.matcher(String.valueOf(refused.getMessage())).replaceAll("");
        return Refusal.invalid("filter does not compile" + position(filter, said) + ": " + said);
    }

    private static String position(String filter, String said) {
        if (said.contains("at end of")) {
            return " at its end";
        }
        Matcher near = NEAR.matcher(said);
        int at = near.find() ? filter.indexOf(near.group(1)) : -1;
        return at < 0 ? "" : " at character " + (at + 1);
    }
}
