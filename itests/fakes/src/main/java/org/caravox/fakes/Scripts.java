package org.caravox.fakes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Scripts and lists of requests as JSON. Times are written {@code 200ms}, {@code 2s} or {@code 1m}. */
final class Scripts {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule()
                    .addDeserializer(Duration.class, new Times())
                    .addSerializer(Duration.class, ToStringSerializer.instance))
            .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private static final class Times extends StdDeserializer<Duration> {

        private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m)");

        Times() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            Matcher time = TIME.matcher(parser.getText());
            if (!time.matches()) {
                throw context.weirdStringException(
                        parser.getText(), Duration.class, "a time is written 200ms, 2s or 1m");
            }
            long amount = Long.parseLong(time.group(1));
            return switch (time.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                default -> Duration.ofMinutes(amount);
            };
        }
    }

    private Scripts() {}

    /**
     * Reads a list of rules, or one rule.
     *
     * @throws IllegalArgumentException when it is something else; the message says where
     */
    static List<Rule> rules(String json) {
        return read(json, Rule[].class);
    }

    /**
     * Reads a list of credentials.
     *
     * @throws IllegalArgumentException when it is something else
     */
    static List<String> keys(String json) {
        return read(json, String[].class);
    }

    private static <T> List<T> read(String json, Class<T[]> type) {
        try {
            return List.of(MAPPER.readValue(json, type));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    static @Nullable JsonNode tree(Buffer content) {
        try {
            return MAPPER.readTree(content.toString());
        } catch (JsonProcessingException notJson) {
            return null;
        }
    }

    static Buffer write(Object content) {
        try {
            return Buffer.buffer(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(content))
                    .appendString("\n");
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
