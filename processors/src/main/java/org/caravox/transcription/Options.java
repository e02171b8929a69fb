package org.caravox.transcription;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The options of a request. An option that is there is wished for; one that is switched off ({@code diarize=false}) is
 * not there.
 *
 * @param values each option with its values, as the caller wrote them: {@code true}, a number, or what to look for
 */
public record Options(@JsonValue Map<Option, List<String>> values) {

    /** No wishes. */
    public static final Options NONE = new Options(Map.of());

    @JsonCreator
    public Options {
        EnumMap<Option, List<String>> copy = new EnumMap<>(Option.class);
        values.forEach((option, list) -> copy.put(option, List.copyOf(list)));
        values = Collections.unmodifiableMap(copy);
    }

    public boolean has(Option option) {
        return values.containsKey(option);
    }

    public List<String> all(Option option) {
        return values.getOrDefault(option, List.of());
    }

    public Optional<String> one(Option option) {
        return all(option).stream().findFirst();
    }

    /** The same but for one. */
    Options without(Option option) {
        return without(Set.of(option));
    }

    /** The same but for some. */
    public Options without(Set<Option> some) {
        return new Options(values.entrySet().stream()
                .filter(entry -> !some.contains(entry.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    public Set<Option> wished() {
        return values.keySet();
    }
}
