package org.caravox.routes.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.caravox.publishing.RouteFiles;
import org.caravox.routes.RoutePlan;
import org.caravox.routes.RoutePlan.Unit;
import org.caravox.routes.cases.Case.Answer;
import org.caravox.routes.cases.Case.Given;
import org.caravox.routes.cases.Case.Message;
import org.caravox.routes.cases.Case.Named;
import org.caravox.routes.cases.Case.Sent;
import org.caravox.routes.cases.Case.Then;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads cases, and says where something is written that nobody knows. */
final class CaseReader {

    private static final String ENDING = ".case.yaml";
    private static final Set<String> OF_CASES = Set.of("case", "given", "when", "then");
    private static final Set<String> OF_GIVEN =
            Set.of("body", "text", "file", "audio", "headers", "properties", "providers", "steps", "endpoints");
    private static final Set<String> OF_THEN =
            Set.of("body", "text", "status", "headers", "properties", "sent", "notSent", "fails");
    private static final Set<String> OF_ANSWERS = Set.of("body", "text", "headers", "properties", "fail", "message");
    private static final Set<String> OF_MESSAGES = Set.of("body", "text", "headers", "properties");
    private static final String STATUS = "CamelHttpResponseCode";

    private final RouteFiles files;
    private final String file;
    private final Set<String> routes = new TreeSet<>();
    private final Set<String> steps = new TreeSet<>();
    private final Set<String> directs = new TreeSet<>();

    CaseReader(RouteFiles files, RoutePlan plan, String file) {
        this.files = files;
        this.file = file;
        for (Unit unit : plan.units().values()) {
            if (unit.kind() == RoutePlan.Kind.ROUTE) {
                routes.add(unit.id());
                unit.direct().ifPresent(directs::add);
            }
            steps.addAll(unit.tree().findValuesAsText("id"));
        }
    }

    /** Whether a file holds cases. */
    static boolean holdsCases(String path) {
        return path.endsWith(ENDING);
    }

    /**
     * Reads the cases of the file.
     *
     * @throws CaseUnreadable when it cannot be understood
     */
    List<Case> read() {
        Node root = compose(files.text(file).orElseThrow());
        if (root == null) {
            throw new CaseUnreadable(1, "there is no case in it: begin with \"- case: what it proves\"");
        }
        List<Case> cases = new ArrayList<>();
        for (Node each : list(root, "a file of cases is a list: begin with \"- case: what it proves\"")) {
            cases.add(read(each));
        }
        return cases;
    }

    /**
     * Reads what comes in, and what the world answers.
     *
     * @throws CaseUnreadable when it cannot be understood
     */
    Given given(String text) {
        Node root = compose(text);
        return root == null ? Given.NOTHING : given(root);
    }

    /**
     * Looks whether there is a route.
     *
     * @throws CaseUnreadable when there is none, with what was probably meant
     */
    void checkRoute(String route) {
        if (!routes.contains(route)) {
            throw new CaseUnreadable(0, "there is no route " + route + Closest.hint(route, routes));
        }
    }

    private static @Nullable Node compose(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try {
            return new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            throw new CaseUnreadable(line, "this is not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw new CaseUnreadable(0, "this is not YAML: " + e.getMessage());
        }
    }

    private Case read(Node node) {
        Map<String, Node> members = members(node, "a case", OF_CASES);
        Node name = members.get("case");
        if (name == null) {
            throw new CaseUnreadable(line(node), "the case has no name: write \"case: what it proves\"");
        }
        Node when = members.get("when");
        String route = when == null ? byFile(file) : text(when);
        known("route", route, routes, when == null ? node : when);
        return new Case(
                file,
                line(node),
                text(name),
                route,
                members.containsKey("given") ? given(members.get("given")) : Given.NOTHING,
                members.containsKey("then") ? then(members.get("then")) : Then.ENDS_WELL);
    }

    /** The route that a file is about whose cases name none. */
    static String byFile(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        return name.substring(0, name.length() - ENDING.length());
    }

    private Given given(Node node) {
        Map<String, Node> members = members(node, "given", OF_GIVEN);
        return new Given(
                body(members),
                values(members.get("headers"), "headers"),
                values(members.get("properties"), "properties"),
                each(members.get("providers"), "providers", StandIns.PROVIDERS, this::json),
                each(members.get("steps"), "steps", steps, this::answer),
                places(members.get("endpoints")));
    }

    private Map<String, List<Answer>> places(@Nullable Node node) {
        Map<String, List<Answer>> places = each(node, "endpoints", null, this::answer);
        if (node != null) {
            members(node, "endpoints", null).keySet().forEach(place -> checkPlace(place, node));
        }
        return places;
    }

    private <T> Map<String, List<T>> each(
            @Nullable Node node, String what, @Nullable Collection<String> known, Function<Node, T> read) {
        Map<String, List<T>> all = new LinkedHashMap<>();
        if (node == null) {
            return all;
        }
        members(node, what, known).forEach((name, value) -> {
            List<Node> several = value instanceof SequenceNode list ? list.getValue() : List.of(value);
            if (several.isEmpty()) {
                throw new CaseUnreadable(line(value), name + " has an empty list of answers: write at least {}");
            }
            all.put(name, several.stream().map(read).toList());
        });
        return all;
    }

    private Answer answer(Node node) {
        Map<String, Node> members = members(node, "an answer", OF_ANSWERS);
        return new Answer(
                body(members),
                values(members.get("headers"), "headers"),
                values(members.get("properties"), "properties"),
                members.containsKey("fail") ? text(members.get("fail")) : null,
                members.containsKey("message") ? text(members.get("message")) : "");
    }

    private Then then(Node node) {
        Map<String, Node> members = members(node, "then", OF_THEN);
        Map<String, JsonNode> headers = values(members.get("headers"), "headers");
        if (members.containsKey("status")) {
            headers.put(STATUS, json(members.get("status")));
        }
        return new Then(
                body(members),
                headers,
                values(members.get("properties"), "properties"),
                sent(members.get("sent")),
                notSent(members.get("notSent")),
                members.containsKey("fails") ? text(members.get("fails")) : null);
    }

    private Map<String, Sent> sent(@Nullable Node node) {
        Map<String, Sent> all = new LinkedHashMap<>();
        if (node == null) {
            return all;
        }
        members(node, "sent", null).forEach((place, value) -> {
            checkPlace(place, value);
            all.put(place, sent(place, value));
        });
        return all;
    }

    private Sent sent(String place, Node value) {
        if (value instanceof SequenceNode list) {
            List<Message> each = list.getValue().stream().map(this::message).toList();
            return new Sent(each.size(), each);
        }
        try {
            return new Sent(Integer.parseInt(text(value)), null);
        } catch (NumberFormatException e) {
            throw new CaseUnreadable(
                    line(value),
                    place + " under sent is how many messages went there, or a list of them, was " + text(value));
        }
    }

    private Message message(Node node) {
        Map<String, Node> members = members(node, "a message", OF_MESSAGES);
        return new Message(
                body(members),
                values(members.get("headers"), "headers"),
                values(members.get("properties"), "properties"));
    }

    private List<String> notSent(@Nullable Node node) {
        List<String> places = new ArrayList<>();
        for (Node place : node == null ? List.<Node>of() : list(node, "notSent is a list of places and steps")) {
            checkPlace(text(place), place);
            places.add(text(place));
        }
        return places;
    }

    /** A place is an address, a pattern of some, or the id of a step. */
    private void checkPlace(String place, Node node) {
        if (place.contains("*") || place.contains("{{")) {
            return;
        }
        if (place.startsWith("direct:")) {
            String name = place.substring("direct:".length());
            if (!directs.contains(name)) {
                throw new CaseUnreadable(line(node), "there is no route from " + place + Closest.hint(name, directs));
            }
        } else if (!place.contains(":")) {
            known("step", place, steps, node);
        }
    }

    private static void known(String what, String name, Collection<String> known, Node node) {
        if (!known.contains(name)) {
            throw new CaseUnreadable(line(node), "there is no " + what + " " + name + Closest.hint(name, known));
        }
    }

    private @Nullable JsonNode body(Map<String, Node> members) {
        List<String> ways = List.of("body", "text", "file", "audio").stream()
                .filter(members::containsKey)
                .toList();
        if (ways.isEmpty()) {
            return null;
        }
        Node first = Objects.requireNonNull(members.get(ways.get(0)));
        if (ways.size() > 1) {
            throw new CaseUnreadable(line(first), "write one of " + String.join(" and ", ways));
        }
        return switch (ways.get(0)) {
            case "text" -> first instanceof ScalarNode ? TextNode.valueOf(text(first)) : json(first);
            case "file" -> besides(first);
            case "audio" -> JsonNodeFactory.instance.binaryNode(Silence.wav(first, text(first)));
            default -> json(first);
        };
    }

    private JsonNode besides(Node node) {
        String path = file.substring(0, file.lastIndexOf('/') + 1) + text(node);
        if (!RouteFiles.belongs(path)) {
            throw new CaseUnreadable(
                    line(node), path + " does not belong to routes: name it *.case.json or *.case.txt");
        }
        return files.text(path)
                .map(TextNode::valueOf)
                .orElseThrow(() -> new CaseUnreadable(line(node), "there is no file " + path));
    }

    private Map<String, JsonNode> values(@Nullable Node node, String what) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        if (node != null) {
            members(node, what, null).forEach((name, value) -> values.put(name, json(value)));
        }
        return values;
    }

    /** @param known the only ones that there may be; null when any may */
    private static Map<String, Node> members(Node node, String what, @Nullable Collection<String> known) {
        if (!(node instanceof MappingNode mapping)) {
            throw new CaseUnreadable(
                    line(node),
                    what + " is written as \"name: value\", one a line"
                            + (known == null || known.size() > OF_GIVEN.size()
                                    ? ""
                                    : "; there are " + String.join(", ", new TreeSet<>(known))));
        }
        Map<String, Node> members = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String name = text(tuple.getKeyNode());
            if (known != null && !known.contains(name)) {
                throw new CaseUnreadable(
                        line(tuple.getKeyNode()), what + " has no \"" + name + "\"" + Closest.hint(name, known));
            }
            if (members.put(name, tuple.getValueNode()) != null) {
                throw new CaseUnreadable(line(tuple.getKeyNode()), name + " is written twice");
            }
        }
        return members;
    }

    private static List<Node> list(Node node, String otherwise) {
        if (node instanceof SequenceNode list) {
            return list.getValue();
        }
        throw new CaseUnreadable(line(node), otherwise);
    }

    private static String text(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw new CaseUnreadable(line(node), "here stands a text");
    }

    private JsonNode json(Node node) {
        String tag = node.getTag().getValue();
        if (tag.startsWith("!")) {
            String name = tag.substring(1);
            if (!Values.types().contains(name)) {
                throw new CaseUnreadable(line(node), "there is no !" + name + Closest.hint(name, Values.types()));
            }
            return JsonNodeFactory.instance.pojoNode(new Named(name, plain(node), line(node)));
        }
        return plain(node);
    }

    private JsonNode plain(Node node) {
        if (node instanceof MappingNode) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            members(node, "an object", null).forEach((name, value) -> object.set(name, json(value)));
            return object;
        }
        if (node instanceof SequenceNode list) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            list.getValue().forEach(each -> array.add(json(each)));
            return array;
        }
        return node instanceof ScalarNode scalar ? scalar(scalar) : MissingNode.getInstance();
    }

    /** As YAML 1.2 has it: {@code yes} and {@code 12:30} are texts. */
    private static JsonNode scalar(ScalarNode node) {
        String value = node.getValue();
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (!node.isPlain() || node.getTag().equals(Tag.STR)) {
            return nodes.textNode(value);
        }
        return switch (value) {
            case "", "~", "null" -> nodes.nullNode();
            case "true" -> nodes.booleanNode(true);
            case "false" -> nodes.booleanNode(false);
            default -> {
                if (value.matches("-?\\d{1,18}")) {
                    yield nodes.numberNode(Long.parseLong(value));
                }
                yield value.matches("-?\\d+\\.\\d+([eE][+-]?\\d+)?")
                        ? nodes.numberNode(new BigDecimal(value))
                        : nodes.textNode(value);
            }
        };
    }

    private static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }
}
