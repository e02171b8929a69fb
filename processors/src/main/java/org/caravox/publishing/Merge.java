package org.caravox.publishing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.caravox.publishing.RouteFiles.Change;

/**
 * An edit, and what others have put in force since the version that it was made from: changes of different files go
 * together, those of the same file do not.
 *
 * @param files     as they would be in force
 * @param theirs    the paths that others have changed
 * @param conflicts what cannot go together
 */
record Merge(RouteFiles files, List<String> theirs, List<Conflict> conflicts) {

    static Merge of(Edit edit, InForce now, RouteVersions versions) {
        return versions.replacement(edit.base())
                .map(other -> of(goOn(edit, other, versions), now, versions))
                .orElseGet(() -> merge(edit, now, versions));
    }

    /** Whoever mends what was returned goes on from where that was, and not against the return. */
    private static Edit goOn(Edit edit, long other, RouteVersions versions) {
        return Edit.between(other, versions.files(other), edit.on(versions.files(edit.base())));
    }

    private static Merge merge(Edit edit, InForce now, RouteVersions versions) {
        RouteFiles current = versions.files(now.version());
        if (edit.base() == now.version()) {
            return new Merge(edit.on(current), List.of(), List.of());
        }
        RouteFiles base = versions.files(edit.base());
        SortedMap<String, Long> last = versions.lastChanges(now.version());
        List<Conflict> conflicts = new ArrayList<>();
        List<String> theirs = new ArrayList<>();
        RouteFiles merged = current;
        for (Change change : base.changesTo(current)) {
            Optional<String> mine = mine(edit, base, change.path());
            if (mine.equals(base.text(change.path()))) {
                theirs.add(change.path());
            } else if (!mine.equals(Optional.ofNullable(change.after()))) {
                long by = last.getOrDefault(change.path(), now.version());
                conflicts.add(new Conflict(
                        change.path(), versions.get(by), RouteDiff.of(change).diff()));
            }
        }
        for (Map.Entry<String, Optional<String>> file : edit.files().entrySet()) {
            if (!file.getValue().equals(base.text(file.getKey()))) {
                merged = file.getValue().isPresent()
                        ? merged.with(file.getKey(), file.getValue().get())
                        : merged.without(file.getKey());
            }
        }
        return new Merge(merged, theirs, conflicts);
    }

    private static Optional<String> mine(Edit edit, RouteFiles base, String path) {
        return edit.files().getOrDefault(path, base.text(path));
    }
}
