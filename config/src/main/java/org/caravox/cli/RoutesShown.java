package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.caravox.publishing.RouteDiff;
import picocli.CommandLine.Help.Ansi;

/** Findings, cases and changes of routes, as a person reads them in a terminal. */
final class RoutesShown {

    private final PrintStream out;
    private final boolean coloured;

    RoutesShown(PrintStream out, boolean coloured) {
        this.out = out;
        this.coloured = coloured;
    }

    /** Findings as a compiler tells them. Says whether there are errors. */
    boolean findings(JsonNode findings) {
        int errors = 0;
        for (JsonNode finding : findings) {
            boolean warning = finding.path("warning").asBoolean();
            errors += warning ? 0 : 1;
            out.println(place(finding) + ": " + (warning ? paint("yellow", "warning") : paint("red", "error")) + ": "
                    + finding.path("problem").asText());
            if (!finding.path("remedy").asText().isEmpty()) {
                out.println("    " + paint("cyan", "=") + " "
                        + finding.path("remedy").asText());
            }
        }
        return errors > 0;
    }

    private static String place(JsonNode finding) {
        StringBuilder place = new StringBuilder(finding.path("file").asText());
        for (String part : List.of("line", "column")) {
            if (finding.path(part).asInt() > 0) {
                place.append(':').append(finding.path(part).asInt());
            }
        }
        return place.toString();
    }

    /** Cases as a test runner tells them. Says whether all hold. */
    boolean cases(JsonNode cases) {
        int failed = 0;
        String file = "";
        for (JsonNode one : cases) {
            if (!one.path("file").asText().equals(file)) {
                file = one.path("file").asText();
                out.println(file);
            }
            boolean holds = one.path("holds").asBoolean();
            failed += holds ? 0 : 1;
            out.println("  " + (holds ? paint("green", "ok  ") : paint("red", "FAIL")) + " "
                    + one.path("name").asText() + " ("
                    + Math.round(one.path("tookMs").asDouble()) + " ms)");
            one.path("failures")
                    .forEach(failure -> out.println(failure.asText().indent(7).stripTrailing()));
        }
        out.println(cases.size()
                + (cases.size() == 1 ? " case, " : " cases, ")
                + (failed == 0 ? paint("green", "all hold") : paint("red", failed + " do not hold")));
        return failed == 0;
    }

    /** What differs, in the unified form. */
    void changes(List<RouteDiff> changes) {
        changes.forEach(change -> diff(change.diff()));
    }

    void changes(JsonNode changes) {
        changes.forEach(change -> diff(change.path("diff").asText()));
    }

    private void diff(String text) {
        text.lines().map(this::painted).forEach(out::println);
    }

    private String painted(String line) {
        if (line.startsWith("+++") || line.startsWith("---")) {
            return paint("bold", line);
        }
        return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '+' -> paint("green", line);
            case '-' -> paint("red", line);
            case '@' -> paint("cyan", line);
            default -> line;
        };
    }

    /** Why the hub refused: the sentence, and all that it has to show. */
    void problem(HubFailure failure) {
        JsonNode problem = failure.problem();
        findings(problem.path("findings"));
        if (problem.has("cases")) {
            cases(problem.get("cases"));
        }
        conflicts(problem.path("conflicts"));
        out.println(paint("red", "refused: ") + failure.getMessage());
    }

    /** Says whether there are any. */
    boolean conflicts(JsonNode conflicts) {
        conflicts.forEach(this::conflict);
        return !conflicts.isEmpty();
    }

    private void conflict(JsonNode conflict) {
        JsonNode version = conflict.path("version");
        out.println(paint("red", "conflict: ") + conflict.path("path").asText() + " was changed in version "
                + version.path("number").asText() + " by " + author(version) + " at "
                + version.path("at").asText()
                + note(version));
        diff(conflict.path("diff").asText());
    }

    /** What came of publishing. */
    void published(JsonNode published) {
        findings(published.path("warnings"));
        JsonNode version = published.get("version");
        String merged = texts(published.path("merged"));
        if (!merged.isEmpty()) {
            out.println("with what others published meanwhile: " + merged);
        }
        String late = texts(published.path("late"));
        if (!late.isEmpty()) {
            out.println(paint("yellow", "warning") + ": these hubs do not serve it yet: " + late);
        }
        out.println(paint("green", "version " + version.get("number").asText()) + " is "
                + (version.path("inForce").asBoolean() ? "in force" : "tried") + " after "
                + Math.round(published.path("tookMs").asDouble()) + " ms ("
                + published.path("cases").asInt() + " cases; "
                + texts(version.path("changed")) + ")");
    }

    /** The history, the latest first. */
    void history(JsonNode versions) {
        Table table = new Table("VERSION", "KIND", "AT", "WHO", "CHANGED", "MESSAGE");
        versions.forEach(version -> table.add(
                version.get("number").asText() + (version.path("inForce").asBoolean() ? " *" : ""),
                version.get("kind").asText()
                        + (version.has("restores")
                                ? " " + version.get("restores").asText()
                                : ""),
                version.get("at").asText().replaceFirst("[.]\\d+Z", "Z"),
                author(version),
                texts(version.path("changed")),
                version.get("message").asText()));
        out.print(table);
    }

    /** What is in force, what is tried, and which hubs there are. */
    void standing(JsonNode all) {
        out.println("version " + all.get("version").asText() + " is in force since "
                + all.get("since").asText()
                + (all.has("probationUntil")
                        ? ", on probation until " + all.get("probationUntil").asText()
                        : ""));
        JsonNode staged = all.path("staged");
        if (staged.isObject()) {
            out.println("version " + staged.get("version").asText() + " is tried with "
                    + staged.get("percent").asText() + " % of the new work"
                    + (staged.has("tenant") ? " of " + staged.get("tenant").asText() : ""));
        }
        if (!all.path("comparison").isEmpty()) {
            Table compared = new Table(
                    "ROUTE", "BEFORE: DONE", "FAILED", "MEAN MS", "P99", "NOW: DONE", "FAILED", "MEAN MS", "P99");
            all.get("comparison").forEach(one -> compared.add(row(one)));
            out.print(compared);
        }
        all.path("nodes").forEach(node -> {
            if (node.has("problem")) {
                out.println(paint("red", "hub ") + node.get("node").asText() + " serves version "
                        + node.get("serving").asText() + ": "
                        + node.get("problem").asText());
            }
        });
    }

    /** What each step of a dry run did. Says whether it ended well. */
    boolean steps(JsonNode outcome) {
        outcome.get("steps").forEach(step -> {
            out.println(paint("bold", step.get("id").asText()) + " of "
                    + step.get("route").asText() + " ("
                    + Math.round(step.get("tookMs").asDouble()) + " ms)");
            message("in", step.get("in"));
            message("out", step.get("out"));
            failure(step);
        });
        out.println(paint("bold", "at the end"));
        message("out", outcome.get("end"));
        return !failure(outcome);
    }

    private void message(String side, JsonNode message) {
        out.println("  " + side + ": " + message.path("body").asText());
        for (String part : List.of("headers", "properties")) {
            message.path(part)
                    .properties()
                    .forEach(value -> out.println(
                            "      " + value.getKey() + " = " + value.getValue().asText()));
        }
    }

    private boolean failure(JsonNode of) {
        if (of.has("failure")) {
            out.println("  " + paint("red", "failed: ") + of.get("failure").asText());
        }
        return of.has("failure");
    }

    private static String[] row(JsonNode one) {
        List<String> cells = new ArrayList<>(List.of(one.get("route").asText()));
        for (String side : List.of("before", "after")) {
            for (String figure : List.of("done", "failed", "meanMs", "p99Ms")) {
                cells.add(Long.toString(Math.round(one.get(side).get(figure).asDouble())));
            }
        }
        return cells.toArray(new String[0]);
    }

    private static String author(JsonNode version) {
        return version.path("actorName").asText(version.path("actor").asText());
    }

    private static String note(JsonNode version) {
        String message = version.path("message").asText();
        return message.isEmpty() ? "" : " (" + message + ")";
    }

    private static String texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.joining(", "));
    }

    private String paint(String style, String text) {
        Ansi.IStyle[] styles = Ansi.Style.parse(style);
        return coloured ? Ansi.Style.on(styles) + text + Ansi.Style.off(styles) : text;
    }
}
