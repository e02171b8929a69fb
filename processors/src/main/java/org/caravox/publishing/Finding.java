package org.caravox.publishing;

import java.util.Comparator;

/**
 * Something that is wrong with a file of routes.
 *
 * @param file    relative to the routes folder, with {@code /}
 * @param line    from 1; 0 when it concerns the whole file
 * @param column  from 1; 0 when it concerns the whole line
 * @param problem what is wrong, in a sentence without a full stop
 * @param remedy  what to write instead; empty when the problem says it
 * @param warning whether it may be published all the same
 */
public record Finding(String file, int line, int column, String problem, String remedy, boolean warning)
        implements Comparable<Finding> {

    private static final Comparator<Finding> BY_PLACE = Comparator.comparing(Finding::file)
            .thenComparingInt(Finding::line)
            .thenComparingInt(Finding::column)
            .thenComparing(Finding::problem);

    /** What prevents publishing. */
    public static Finding error(String file, int line, int column, String problem, String remedy) {
        return new Finding(file, line, column, problem, remedy, false);
    }

    /** What somebody should know, but may publish. */
    public static Finding warning(String file, int line, int column, String problem, String remedy) {
        return new Finding(file, line, column, problem, remedy, true);
    }

    @Override
    public int compareTo(Finding other) {
        return BY_PLACE.compare(this, other);
    }

    /** {@code file:line:column: problem; remedy}, as compilers write it. */
    @Override
    public String toString() {
        String place = line == 0 ? file : column == 0 ? file + ":" + line : file + ":" + line + ":" + column;
        return place + ": " + problem + (remedy.isEmpty() ? "" : "; " + remedy);
    }
}
