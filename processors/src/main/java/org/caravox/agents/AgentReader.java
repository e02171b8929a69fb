package org.caravox.agents;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the file of an agent; says what to mend where it cannot be used. */
final class AgentReader {

    private static final ObjectMapper YAML = YAMLMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .addModule(new SimpleModule().addDeserializer(Duration.class, new Times()))
            .build();

    /** Times as in the other settings: 400ms, 2s, 5m, 1h, 30d. */
    private static final class Times extends StdDeserializer<Duration> {

        private static final long serialVersionUID = 1;
        private static final Pattern TIME = Pattern.compile("([0-9]{1,9})\\s*(ms|s|m|h|d)");

        Times() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser json, DeserializationContext context) throws IOException {
            String text = json.getText().strip();
            Matcher time = TIME.matcher(text);
            if (!time.matches()) {
                throw JsonMappingException.from(
                        json, "must be a time with its unit, 400ms, 2s, 5m, 1h or 30d, was \"" + text + "\"");
            }
            long count = Long.parseLong(time.group(1));
            return switch (time.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
            };
        }
    }

    private final AgentProviders providers;

    AgentReader(AgentProviders providers) {
        this.providers = providers;
    }

    /**
     * Reads one.
     *
     * @param file what messages call it
     * @throws IllegalArgumentException when it cannot be used: names file and field, and says what to write
     */
    Agent read(String tenant, String name, Path file, byte[] yaml) {
        Agent agent = parse(name, file, yaml);
        List<String> wrong = providers.faults(tenant, agent);
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(
                    wrong.stream().map(fault -> file + ": " + fault).collect(Collectors.joining("; ")));
        }
        return agent;
    }

    private static Agent parse(String name, Path file, byte[] yaml) {
        try {
            if (!(YAML.readTree(yaml) instanceof ObjectNode tree)) {
                throw new IllegalArgumentException(file + ": must be a map of fields: greeting, prompt, model ...");
            }
            tree.put("name", name);
            complete(tree.path("tools"));
            return YAML.treeToValue(tree, Agent.class);
        } catch (UnrecognizedPropertyException e) {
            List<String> known = e.getKnownPropertyIds().stream()
                    .map(String::valueOf)
                    .sorted()
                    .toList();
            throw new IllegalArgumentException(
                    file + ": " + path(e) + " is not known" + Closest.hint(e.getPropertyName(), known), e);
        } catch (JsonMappingException e) {
            Throwable ours = e instanceof ValueInstantiationException ? e.getCause() : null;
            String where = ours != null || path(e).isEmpty() ? "" : path(e) + " ";
            String what = String.valueOf(ours != null ? ours.getMessage() : e.getOriginalMessage());
            throw new IllegalArgumentException(
                    file + ": " + where + what.lines().findFirst().orElse(""), e);
        } catch (JsonProcessingException e) {
            String line =
                    e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
            throw new IllegalArgumentException(
                    file + ": " + e.getOriginalMessage().lines().findFirst().orElse("") + line, e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** Tools that need no route know themselves what they do. */
    private static void complete(JsonNode tools) {
        if (!(tools instanceof ObjectNode listed)) {
            return;
        }
        for (Map.Entry<String, JsonNode> entry : Map.copyOf(fields(listed)).entrySet()) {
            ObjectNode tool = entry.getValue() instanceof ObjectNode own ? own : listed.putObject(entry.getKey());
            BuiltIn.of(entry.getKey()).ifPresent(known -> {
                if (!tool.has("description")) {
                    tool.put("description", known.description());
                }
                tool.set("parameters", known.parameters());
            });
        }
    }

    private static Map<String, JsonNode> fields(ObjectNode node) {
        return node.properties().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(reference -> reference.getFieldName() == null
                        ? String.valueOf(reference.getIndex())
                        : reference.getFieldName())
                .collect(Collectors.joining("."));
    }
}
