package org.caravox.routes.cases;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.StreamCache;
import org.caravox.crm.CrmMappings;
import org.caravox.crm.CrmRehearsals;
import org.caravox.crm.CrmRun;
import org.caravox.deliveries.Delivery;
import org.caravox.dialogue.ChatRequest;
import org.caravox.jobs.Job;
import org.caravox.providers.Answered;
import org.caravox.routes.cases.Case.Named;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.Spoken;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptionRequest;
import org.jspecify.annotations.Nullable;

/** JSON of cases and the hub's own messages, one made of the other. */
final class Values {

    /** The tenant of a case that names none. */
    static final String TENANT = "acme";

    private static final String CALL = "Call";
    private static final String CRM_RUN = "CrmRun";
    private static final String SOME_ID = "00000000-0000-7000-8000-000000000001";
    private static final String SOME_TIME = "2026-01-01T00:00:00Z";
    private static final Pattern LENGTH = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Map<String, Class<?>> TYPES = Map.of(
            "TranscriptionRequest",
            TranscriptionRequest.class,
            "Transcript",
            Transcript.class,
            "Job",
            Job.class,
            "Delivery",
            Delivery.class,
            "ChatRequest",
            ChatRequest.class,
            "SpeechRequest",
            SpeechRequest.class,
            CALL,
            AsBean.class,
            CRM_RUN,
            CrmRun.class);

    private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModules(new JavaTimeModule(), new Jdk8Module())
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .build();

    private final CrmRehearsals rehearsals;

    /** @param mappings what fields of CRMs are made by */
    Values(CrmMappings mappings) {
        this.rehearsals = new CrmRehearsals(mappings, JSON, Clock.systemUTC());
    }

    /** The names of messages that cases can write. */
    static Collection<String> types() {
        return TYPES.keySet();
    }

    /** {@code 20s} as a duration; empty when it is none. */
    static Optional<Duration> duration(String text) {
        Matcher length = LENGTH.matcher(text.strip());
        if (!length.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(length.group(1));
        return Optional.of(
                switch (length.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    default -> Duration.ofHours(number);
                });
    }

    /**
     * What a route gets to see.
     *
     * @throws CaseUnreadable when a message of the hub's cannot be made of it
     */
    @Nullable
    Object object(JsonNode value) {
        if (value instanceof POJONode node && node.getPojo() instanceof Named named) {
            return named(named);
        }
        if (value.isObject()) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            value.properties().forEach(member -> map.put(member.getKey(), object(member.getValue())));
            return map;
        }
        if (value.isArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            value.forEach(each -> list.add(object(each)));
            return list;
        }
        if (value.isNull() || value.isMissingNode()) {
            return null;
        }
        if (value.isTextual()) {
            return value.textValue();
        }
        return JSON.convertValue(value, Object.class);
    }

    private Object named(Named named) {
        try {
            return switch (named.name()) {
                case CRM_RUN -> rehearsals.make(JSON.convertValue(named.fields(), CrmRehearsals.Given.class));
                case CALL -> new AsBean(JSON.convertValue(named.fields(), MEMBERS));
                default -> made(named.fields(), TYPES.getOrDefault(named.name(), Map.class));
            };
        } catch (IllegalArgumentException e) {
            throw new CaseUnreadable(
                    named.line(), "no " + named.name() + " can be made of it: " + firstLine(e.getMessage()));
        }
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    /**
     * Makes something of JSON; what a record needs and is not there is filled in.
     *
     * @throws IllegalArgumentException when it cannot be made
     */
    <T> T made(Object from, Class<T> type) {
        JsonNode fields = from instanceof JsonNode node ? node : JSON.valueToTree(from);
        return JSON.convertValue(type.isRecord() ? filled(fields, type) : fields, type);
    }

    /** Whether something may be made of JSON. */
    static boolean makes(Class<?> type) {
        return type.isRecord() && type.getName().startsWith("org.caravox.");
    }

    private static ObjectNode filled(JsonNode given, Class<?> type) {
        ObjectNode filled = given.isObject() ? (ObjectNode) given.deepCopy() : JsonNodeFactory.instance.objectNode();
        for (RecordComponent component : type.getRecordComponents()) {
            JsonNode value = filled.get(component.getName());
            if (value == null) {
                if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    filled.set(component.getName(), sample(component));
                }
            } else if (component.getType() == Duration.class && value.isTextual()) {
                duration(value.textValue()).ifPresent(time -> filled.put(component.getName(), time.toString()));
            } else if (component.getType() == String.class && value.isContainerNode()) {
                filled.put(component.getName(), value.toString());
            } else if (hasMembers(component.getType()) && value.isObject()) {
                filled.set(component.getName(), filled(value, component.getType()));
            }
        }
        return filled;
    }

    /** A record of one component is written as that component. */
    private static boolean hasMembers(Class<?> type) {
        return type.isRecord() && type.getRecordComponents().length > 1;
    }

    private static JsonNode sample(RecordComponent component) {
        Class<?> type = component.getType();
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (type == UUID.class) {
            return nodes.textNode(SOME_ID);
        }
        if (type == java.time.Instant.class) {
            return nodes.textNode(SOME_TIME);
        }
        if (type == Duration.class) {
            return nodes.textNode(Duration.ZERO.toString());
        }
        if (type == String.class) {
            return nodes.textNode(component.getName().equals("tenant") ? TENANT : "");
        }
        if (type == boolean.class) {
            return nodes.booleanNode(false);
        }
        if (type.isPrimitive()) {
            return nodes.numberNode(0);
        }
        if (type.isEnum()) {
            return nodes.textNode(((Enum<?>) type.getEnumConstants()[0]).name());
        }
        if (Collection.class.isAssignableFrom(type)) {
            return nodes.arrayNode();
        }
        if (hasMembers(type)) {
            return filled(nodes.objectNode(), type);
        }
        return nodes.objectNode();
    }

    /** What a case compares, and a dry run shows: JSON of anything; a missing node for null. */
    JsonNode shown(@Nullable Object value) {
        if (value == null) {
            return MissingNode.getInstance();
        }
        if (value instanceof CrmRun run) {
            return rehearsals.show(run);
        }
        if (value instanceof Answered<?> answered) {
            return shown(answered.value());
        }
        if (value instanceof Spoken spoken) {
            return JSON.createObjectNode().put("provider", spoken.provider()).put("model", spoken.model());
        }
        if (value instanceof byte[] bytes) {
            return TextNode.valueOf(new String(bytes, StandardCharsets.UTF_8));
        }
        if (value instanceof InputStream) {
            return TextNode.valueOf(value instanceof StreamCache cache ? text(cache) : "(a stream)");
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = JSON.createObjectNode();
            map.forEach((name, each) -> object.set(String.valueOf(name), orNull(shown(each))));
            return object;
        }
        if (value instanceof Collection<?> list) {
            var array = JSON.createArrayNode();
            list.forEach(each -> array.add(orNull(shown(each))));
            return array;
        }
        return plain(value);
    }

    private JsonNode plain(Object value) {
        boolean ours = value instanceof Record
                || value instanceof JsonNode
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Enum<?>;
        if (!ours) {
            return TextNode.valueOf(value.toString());
        }
        try {
            return JSON.valueToTree(value);
        } catch (IllegalArgumentException e) {
            return TextNode.valueOf(value.toString());
        }
    }

    private static JsonNode orNull(JsonNode node) {
        return node.isMissingNode() ? NullNode.getInstance() : node;
    }

    private static String text(StreamCache cache) {
        try {
            ByteArrayOutputStream copy = new ByteArrayOutputStream();
            cache.reset();
            cache.writeTo(copy);
            cache.reset();
            return copy.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(a stream that cannot be read: " + e.getMessage() + ")";
        }
    }

    /** A text as the JSON that it holds; the text itself when it holds none. */
    JsonNode parsed(JsonNode text) {
        try {
            return text.isTextual() ? JSON.readTree(text.textValue()) : text;
        } catch (JsonProcessingException e) {
            return text;
        }
    }
}
