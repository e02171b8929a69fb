package org.caravox.publishing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** Routes were not put in force, and why: nothing has changed. */
public final class NotPublished extends Refusal {

    private static final long serialVersionUID = 1L;

    private final transient Map<String, Object> details;

    private NotPublished(Reason reason, String message, Map<String, Object> details) {
        super(reason, message);
        this.details = details;
    }

    /** Something is wrong with the files. */
    static NotPublished because(List<Finding> findings, @Nullable String node) {
        List<Finding> errors =
                findings.stream().filter(finding -> !finding.warning()).toList();
        Map<String, Object> details = new LinkedHashMap<>(Map.of("findings", findings));
        if (node != null) {
            details.put("node", node);
        }
        return new NotPublished(
                Reason.INVALID,
                "nothing was published" + (node == null ? "" : ", since " + node + " cannot take it") + ": "
                        + errors.get(0) + more(errors.size()),
                details);
    }

    /** Cases do not hold. */
    static NotPublished failing(List<RouteCases.Result> failed) {
        RouteCases.Result first = failed.get(0);
        return new NotPublished(
                Reason.INVALID,
                "nothing was published: the case \"" + first.name() + "\" (" + first.file() + ":" + first.line()
                        + ") does not hold" + more(failed.size()),
                Map.of("cases", failed.stream().map(CaseShown::of).toList()));
    }

    /** Others have changed the same files. */
    static NotPublished conflicting(List<Conflict> conflicts) {
        Conflict first = conflicts.get(0);
        Version theirs = first.version();
        return new NotPublished(
                Reason.CONFLICT,
                "nothing was published: " + first.path() + " was changed by " + theirs.author() + " in version "
                        + theirs.number() + (theirs.message().isEmpty() ? "" : " (" + theirs.message() + ")")
                        + more(conflicts.size()) + "; bring both changes together, on the version that is in force",
                Map.of("conflicts", conflicts));
    }

    /** A hub did not say in time that it is ready. */
    static NotPublished silent(String node, String how) {
        return new NotPublished(
                Reason.CONFLICT,
                "nothing was published, since the hub " + node + " " + how + ": publish again when it is well, or gone",
                Map.of("node", node));
    }

    private static String more(int all) {
        return all == 1 ? "" : " (and " + (all - 1) + " more)";
    }

    @Override
    public Map<String, ?> details() {
        return details;
    }
}
