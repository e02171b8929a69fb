package org.caravox.publishing;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.caravox.requests.Refusal;

/**
 * What somebody wants to have otherwise.
 *
 * @param base  the version that it was made from
 * @param files whole texts of the files that are new or changed, by path; empty for those that are removed
 */
public record Edit(long base, SortedMap<String, Optional<String>> files) {

    /**
     * Copies the files.
     *
     * @throws Refusal INVALID when a path is not one of a file that belongs to routes
     */
    public Edit {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
        files.keySet().forEach(Edit::check);
    }

    private static void check(String path) {
        boolean within = !path.startsWith("/")
                && !path.contains("\\")
                && !List.of(path.split("/", -1)).contains("..")
                && !List.of(path.split("/", -1)).contains("");
        if (!within || !RouteFiles.belongs(path)) {
            throw Refusal.invalid("file \"" + path + "\" cannot be one of the routes: their names end with "
                    + String.join(", ", RouteFiles.ENDINGS) + ", and are told from within the routes folder");
        }
    }

    /** Of whole files: what they change of the ones that they were made from. */
    public static Edit between(long base, RouteFiles before, RouteFiles after) {
        SortedMap<String, Optional<String>> files = new TreeMap<>();
        before.changesTo(after).forEach(change -> files.put(change.path(), Optional.ofNullable(change.after())));
        return new Edit(base, files);
    }

    /** Files with this done to them. */
    public RouteFiles on(RouteFiles before) {
        RouteFiles after = before;
        for (Map.Entry<String, Optional<String>> file : files.entrySet()) {
            after = file.getValue().isPresent()
                    ? after.with(file.getKey(), file.getValue().get())
                    : after.without(file.getKey());
        }
        return after;
    }
}
