package org.caravox.sip;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a step can have done with a call. */
@SuppressWarnings("ImmutableEnumChecker") // its sets and lists are
enum Verb {
    RING(Set.of()),
    EARLY_MEDIA(Set.of()),
    ANSWER(Set.of()),
    DECLINE(Set.of("status", "reason", "retryAfter")),
    SAY(Set.of("text", "voice", "provider", "language", "speed")),
    PLAY(Set.of("source", "times"), "source"),
    GATHER(Set.of(
            "input",
            "digits",
            "finishOn",
            "timeout",
            "betweenDigits",
            "say",
            "voice",
            "provider",
            "language",
            "speed")),
    LISTEN(Set.of("language", "provider", "model", "parties")),
    CONVERSE(Set.of("agent")),
    RECORD(Set.of("consent", "voice", "provider", "language", "speed")),
    HOLD(Set.of()),
    RESUME(Set.of()),
    DIAL(Set.of("to", "trunk", "from", "within", "briefing", "voice", "provider", "language", "speed"), "to"),
    TRANSFER(
            Set.of("to", "mode", "trunk", "from", "within", "briefing", "voice", "provider", "language", "speed"),
            "to"),
    PRESS(Set.of("digits", "each"), "digits"),
    MARK(Set.of()),
    QUIET(Set.of()),
    QUEUE(Set.of("for", "play")),
    STAY(Set.of("for")),
    HANG_UP(Set.of("reason"));

    private final Set<String> parameters;
    private final List<String> required;

    Verb(Set<String> parameters, String... required) {
        this.parameters = parameters;
        this.required = List.of(required);
    }

    Set<String> parameters() {
        return parameters;
    }

    List<String> required() {
        return required;
    }

    /** As it stands in an endpoint's URI: {@code hang-up}. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * By its word.
     *
     * @throws IllegalArgumentException when there is none, naming those that there are
     */
    static Verb named(String word) {
        return Arrays.stream(values())
                .filter(verb -> verb.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("sip:" + word + " is not known: there are "
                        + Arrays.stream(values())
                                .map(verb -> "sip:" + verb.word())
                                .collect(Collectors.joining(", "))));
    }
}
