package org.caravox.publishing;

import com.fasterxml.jackson.annotation.JsonValue;
import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a file was changed.
 *
 * @param path   the file
 * @param change in a word
 * @param diff   in the unified form, with three lines around each change
 */
public record RouteDiff(String path, What change, String diff) {

    private static final int AROUND = 3;

    /** What was done to a file. */
    public enum What {
        /** It is new. */
        ADDED,
        /** Its text is another one. */
        CHANGED,
        /** It is gone. */
        REMOVED;

        /** In lower case. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** All that differs. */
    public static List<RouteDiff> between(RouteFiles before, RouteFiles after) {
        return before.changesTo(after).stream().map(RouteDiff::of).toList();
    }

    static RouteDiff of(RouteFiles.Change change) {
        What what = change.before() == null ? What.ADDED : change.after() == null ? What.REMOVED : What.CHANGED;
        return new RouteDiff(change.path(), what, unified(change));
    }

    private static String unified(RouteFiles.Change change) {
        List<String> before = lines(change.before());
        return String.join(
                        "\n",
                        UnifiedDiffUtils.generateUnifiedDiff(
                                change.before() == null ? "/dev/null" : "a/" + change.path(),
                                change.after() == null ? "/dev/null" : "b/" + change.path(),
                                before,
                                DiffUtils.diff(before, lines(change.after())),
                                AROUND))
                .replaceFirst("(?m)^@@ -1,0 ", "@@ -0,0 ") // as tools that apply it want a side that is not there
                .replaceFirst("(?m)^(@@ -\\S+) \\+1,0 @@", "$1 +0,0 @@");
    }

    private static List<String> lines(@Nullable String text) {
        return text == null ? List.of() : text.lines().toList();
    }
}
