package org.caravox.cli;

import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;

/** A table for a terminal, its columns as wide as they need to be. */
final class Table {

    private static final int GAP = 2;

    private final java.util.List<String[]> rows = new java.util.ArrayList<>();
    private final int[] widths;

    Table(String... headings) {
        widths = new int[headings.length];
        add(headings);
    }

    void add(String... cells) {
        for (int column = 0; column < cells.length; column++) {
            widths[column] = Math.max(widths[column], cells[column].length());
        }
        rows.add(cells);
    }

    /** Written with no column wider than so many characters; longer text goes over several lines. */
    String toString(int widest) {
        Column[] columns = java.util.Arrays.stream(widths)
                .mapToObj(width -> new Column(Math.min(width, widest) + GAP, 0, Column.Overflow.WRAP))
                .toArray(Column[]::new);
        TextTable table = TextTable.forColumns(Help.defaultColorScheme(Ansi.OFF), columns);
        rows.forEach(table::addRowValues);
        return table.toString();
    }

    @Override
    public String toString() {
        return toString(60);
    }
}
