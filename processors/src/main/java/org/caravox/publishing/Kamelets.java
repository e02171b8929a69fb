package org.caravox.publishing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.caravox.publishing.Kamelet.Parameter;

/** The catalogue of Kamelets among files of routes, and whether each keeps to what it declares. */
public final class Kamelets {

    private static final String ENDING = ".kamelet.yaml";
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\??([\\w-]+)}}");
    private static final Pattern SECRET = Pattern.compile("(?i).*(secret|password|token)$");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES));

    private Kamelets() {}

    /** All that can be read, by name. */
    public static List<Kamelet> of(RouteFiles files) {
        List<Kamelet> all = new ArrayList<>();
        files.texts().forEach((path, text) -> {
            JsonNode read = path.endsWith(ENDING) ? read(text) : MissingNode.getInstance();
            if (read.at("/metadata/name").isTextual()) {
                all.add(kamelet(read));
            }
        });
        all.sort(Comparator.comparing(Kamelet::name));
        return all;
    }

    private static JsonNode read(String text) {
        try {
            return YAML.readTree(text);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private static Kamelet kamelet(JsonNode read) {
        String name = read.at("/metadata/name").asText();
        JsonNode definition = read.at("/spec/definition");
        List<Parameter> parameters = parameters(definition);
        return new Kamelet(
                name,
                definition.path("title").asText(),
                definition.path("description").asText(),
                parameters,
                snippet(name, parameters));
    }

    private static List<Parameter> parameters(JsonNode definition) {
        Set<String> required = texts(definition.path("required"));
        List<Parameter> parameters = new ArrayList<>();
        definition.path("properties").properties().forEach(property -> {
            JsonNode about = property.getValue();
            parameters.add(new Parameter(
                    property.getKey(),
                    about.path("title").asText(),
                    about.path("description").asText(),
                    about.path("type").asText(),
                    required.contains(property.getKey()),
                    about.has("default") ? about.path("default").asText() : null,
                    about.path("example").asText(),
                    List.copyOf(texts(about.path("enum"))),
                    about.path("format").asText().equals("password")));
        });
        parameters.sort(Comparator.comparing(parameter -> !parameter.required()));
        return parameters;
    }

    private static Set<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asText).collect(Collectors.toCollection(TreeSet::new));
    }

    /** As one writes it in a route; what may be left out is left out. */
    private static String snippet(String name, List<Parameter> parameters) {
        Map<String, Object> to = new LinkedHashMap<>();
        to.put("id", name + "-1");
        to.put("uri", "kamelet:" + name);
        Map<String, String> given = new LinkedHashMap<>();
        parameters.stream()
                .filter(Parameter::required)
                .forEach(parameter -> given.put(parameter.name(), parameter.example()));
        if (!given.isEmpty()) {
            to.put("parameters", given);
        }
        try {
            return YAML.writeValueAsString(List.of(Map.of("to", to)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can be written as YAML", e);
        }
    }

    /**
     * Whether each Kamelet declares what it uses, uses what it declares, and explains it. A file that is not YAML has no
     * findings here.
     */
    public static List<Finding> check(RouteFiles files) {
        List<Finding> findings = new ArrayList<>();
        files.texts().forEach((path, text) -> {
            JsonNode read = path.endsWith(ENDING) ? read(text) : MissingNode.getInstance();
            if (!read.isMissingNode()) {
                check(new Checked(path, text, read), findings);
            }
        });
        findings.sort(Comparator.naturalOrder());
        return findings;
    }

    /** A file that is being checked. */
    private record Checked(String path, String text, JsonNode read) {

        JsonNode definition() {
            return read.at("/spec/definition");
        }

        /** Names the line on which a word stands first. */
        Finding error(Pattern where, String problem, String remedy) {
            var found = where.matcher(text);
            int line = found.find()
                    ? 1
                            + (int) text.substring(0, found.start())
                                    .chars()
                                    .filter(c -> c == '\n')
                                    .count()
                    : 0;
            return Finding.error(path, line, 0, problem, remedy);
        }
    }

    private static void check(Checked file, List<Finding> findings) {
        String fileName = file.path().substring(file.path().lastIndexOf('/') + 1);
        String name = file.read().at("/metadata/name").asText();
        if (!fileName.equals(name + ENDING)) {
            findings.add(file.error(
                    Pattern.compile("name: "),
                    "the Kamelet is named \"" + name + "\" and its file " + fileName,
                    "name the file " + name + ENDING));
        }
        for (String field : List.of("title", "description")) {
            if (file.definition().path(field).asText().isBlank()) {
                findings.add(file.error(
                        Pattern.compile("definition:"), "the Kamelet has no " + field, "write one under definition:"));
            }
        }
        checkParameters(file, findings);
    }

    private static void checkParameters(Checked file, List<Finding> findings) {
        Set<String> used = PLACE.matcher(file.read().at("/spec/template").toString())
                .results()
                .map(place -> place.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        JsonNode declared = file.definition().path("properties");
        Set<String> required = texts(file.definition().path("required"));
        used.stream()
                .filter(name -> !declared.has(name))
                .forEach(name -> findings.add(file.error(
                        Pattern.compile(Pattern.quote("{{") + "\\??" + Pattern.quote(name + "}}")),
                        "{{" + name + "}} is not declared",
                        "declare the parameter " + name + " under properties:")));
        required.stream()
                .filter(name -> !declared.has(name))
                .forEach(name -> findings.add(file.error(
                        Pattern.compile("required:"),
                        "the parameter " + name + " is required and not declared",
                        "declare it under properties:, or take it out of required:")));
        declared.properties().forEach(property -> {
            String name = property.getKey();
            if (!used.contains(name)) {
                findings.add(file.error(
                        declaration(name),
                        "the parameter " + name + " is declared and not used",
                        "write {{" + name + "}} where it is wanted, or take it out"));
            }
            checkExplained(file, name, property.getValue(), required.contains(name), findings);
        });
    }

    private static void checkExplained(
            Checked file, String name, JsonNode about, boolean required, List<Finding> findings) {
        for (String field : List.of("title", "description", "type", "example")) {
            if (about.path(field).asText().isBlank()) {
                findings.add(file.error(
                        declaration(name),
                        "the parameter " + name + " has no " + field,
                        "write " + field + ": under it"));
            }
        }
        if (required == about.has("default")) {
            findings.add(file.error(
                    declaration(name),
                    "the parameter " + name
                            + (required ? " is required and has a default" : " may be left out and has no default"),
                    required ? "take one of the two away" : "write default:, or name it under required:"));
        }
        if (SECRET.matcher(name).matches() && !about.path("format").asText().equals("password")) {
            findings.add(file.error(
                    declaration(name),
                    "the parameter " + name + " is not marked as a secret",
                    "write format: password"));
        }
    }

    private static Pattern declaration(String name) {
        return Pattern.compile("(?m)^[ ]+" + Pattern.quote(name) + ":");
    }
}
