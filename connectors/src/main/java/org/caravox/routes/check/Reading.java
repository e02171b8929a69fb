package org.caravox.routes.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.routes.check.Yaml.Kind;
import org.caravox.routes.check.Yaml.Member;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads YAML as Camel does, and tells what is wrong with it in plain words. */
final class Reading {

    private static final int MOST_CHARACTERS = 256 * 1024;
    private static final Pattern TAB = Pattern.compile("(?m)^ *\\t");
    private static final Pattern QUOTED = Pattern.compile("found character '(.+?)'");
    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setUseMarks(true)
            .setAllowNonScalarKeys(true)
            .setMaxAliasesForCollections(MOST_CHARACTERS)
            .build();

    private final String text;
    private final Findings findings;

    private Reading(String text, Findings findings) {
        this.text = text;
        this.findings = findings;
    }

    /** What a text holds; empty when it cannot be read, which is then among the findings. */
    static Optional<Yaml> of(String text, Findings findings) {
        Reading reading = new Reading(text, findings);
        Optional<Yaml> read = reading.acceptable() ? reading.read() : Optional.empty();
        return findings.none() ? read : Optional.empty();
    }

    private boolean acceptable() {
        if (text.isBlank()) {
            findings.error(1, 1, "the file is empty", "write a route (\"- route:\"), or delete the file");
        } else if (text.length() > MOST_CHARACTERS) {
            findings.error(
                    0,
                    0,
                    "the file has " + text.length() / 1024 + " KB, and at most " + MOST_CHARACTERS / 1024 + " are read",
                    "split it: one route a file");
        } else if (text.charAt(0) == '\uFEFF') {
            findings.error(1, 1, "the file begins with a byte order mark", "save it as UTF-8 without BOM");
        } else if (text.indexOf('\uFFFD') >= 0) {
            int at = text.indexOf('\uFFFD');
            findings.error(line(at), column(at), "there is a character that is not UTF-8", "save the file as UTF-8");
        }
        return findings.none();
    }

    private Optional<Yaml> read() {
        try {
            List<Node> documents = new ArrayList<>();
            new Compose(SETTINGS).composeAllFromString(text).forEach(documents::add);
            if (documents.size() > 1) {
                int line = line(documents.get(1));
                findings.error(line, 1, "a second document begins here", "take \"---\" out: one route a file");
                return Optional.empty();
            }
            if (documents.isEmpty()) {
                findings.error(
                        1, 1, "the file holds only comments", "write a route (\"- route:\"), or delete the file");
                return Optional.empty();
            }
            return Optional.of(piece(documents.get(0)));
        } catch (MarkedYamlEngineException e) {
            tell(e);
        } catch (YamlEngineException e) {
            findings.error(0, 0, "this is not YAML: " + firstLine(e.getMessage()), "");
        } catch (StackOverflowError e) {
            findings.error(0, 0, "lists and maps are nested too deeply to be read", "");
        }
        return Optional.empty();
    }

    private Yaml piece(Node node) {
        if (node.getAnchor().isPresent()) {
            if (findings.none()) {
                findings.error(
                        line(node),
                        column(node),
                        "the anchor &" + node.getAnchor().get() + " lets pieces be repeated, which visual editors lose",
                        "write each piece out where it is wanted");
            }
            return new Yaml(Kind.EMPTY, "", List.of(), List.of(), line(node), column(node));
        }
        if (node instanceof MappingNode map) {
            return new Yaml(Kind.MAP, "", members(map), List.of(), line(node), column(node));
        }
        if (node instanceof SequenceNode list) {
            List<Yaml> items = list.getValue().stream().map(this::piece).toList();
            return new Yaml(Kind.LIST, "", List.of(), items, line(node), column(node));
        }
        String value = ((ScalarNode) node).getValue();
        boolean empty =
                ((ScalarNode) node).isPlain() && List.of("", "~", "null").contains(value);
        return new Yaml(empty ? Kind.EMPTY : Kind.TEXT, value, List.of(), List.of(), line(node), column(node));
    }

    private List<Member> members(MappingNode map) {
        List<Member> members = new ArrayList<>();
        Map<String, Yaml> known = new HashMap<>();
        for (NodeTuple tuple : map.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode)) {
                notAKey(map);
                return List.of();
            }
            Yaml key = piece(tuple.getKeyNode());
            Yaml before = known.put(key.text(), key);
            if (before != null) {
                findings.error(
                        key,
                        "\"" + key.text() + "\" is here a second time; the first is in line " + before.line(),
                        "keep one of them");
            }
            members.add(new Member(key, piece(tuple.getValueNode())));
        }
        return List.copyOf(members);
    }

    private void notAKey(MappingNode map) {
        boolean placeholder = map.getFlowStyle() == FlowStyle.FLOW;
        findings.error(
                line(map),
                column(map),
                placeholder ? "a placeholder without quotes is a map to YAML" : "a map or a list is no key",
                placeholder ? "put it in quotes: \"{{...}}\"" : "write a word before the colon");
    }

    private void tell(MarkedYamlEngineException e) {
        Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
        int line = mark == null ? 0 : mark.getLine() + 1;
        int column = mark == null ? 0 : mark.getColumn() + 1;
        int began = e.getContextMark().map(Mark::getLine).orElse(line - 1) + 1;
        int beganAt = e.getContextMark().map(Mark::getColumn).orElse(0) + 1;
        String problem = String.valueOf(e.getProblem());
        Matcher tab = TAB.matcher(text);
        if (tab.find()) {
            findings.error(
                    line(tab.start()),
                    column(tab.end() - 1),
                    "a tab indents this line",
                    "write two spaces for each level");
        } else if (problem.contains("mapping values are not allowed")) {
            findings.error(
                    line,
                    column,
                    "a colon is not expected here: the text holds \": \", or the line is indented differently from its neighbours",
                    "put the text in quotes, or begin the line in the column of its neighbours");
        } else if (problem.contains("expected <block end>")) {
            findings.error(
                    line,
                    column,
                    "this line begins in column " + column + ", but what it belongs to begins in column " + beganAt
                            + " (line " + began + ")",
                    "indent it like its neighbours");
        } else if (problem.contains("expected ':'")) {
            findings.error(began, beganAt, "there is no colon behind this", "write \"key: value\"");
        } else if (problem.contains("unexpected end of stream")) {
            findings.error(began, beganAt, "the quote that begins here is not closed", "close it");
        } else if (problem.contains("expected ',' or")) {
            findings.error(
                    began,
                    beganAt,
                    "the bracket that begins here is not closed",
                    "close it, or put the text in quotes when the bracket belongs to it");
        } else if (problem.contains("cannot start any token")) {
            Matcher quoted = QUOTED.matcher(problem);
            String what = quoted.find() ? quoted.group(1) : "this character";
            findings.error(line, column, "a text cannot begin with " + what, "put the text in quotes");
        } else if (problem.contains("escape")) {
            findings.error(line, column, "a backslash in double quotes begins an escape", "use single quotes");
        } else if (problem.contains("undefined alias")) {
            findings.error(line, column, "a text that begins with * is an alias to YAML", "put the text in quotes");
        } else {
            findings.error(line, column, "this is not YAML: " + firstLine(problem), "");
        }
    }

    private static String firstLine(@org.jspecify.annotations.Nullable String message) {
        return String.valueOf(message).lines().findFirst().orElse("");
    }

    private int line(int offset) {
        return (int) text.substring(0, offset)
                        .chars()
                        .filter(each -> each == '\n')
                        .count()
                + 1;
    }

    private int column(int offset) {
        return offset - text.lastIndexOf('\n', offset - 1);
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    private static int column(Node node) {
        return node.getStartMark().map(mark -> mark.getColumn() + 1).orElse(0);
    }
}
