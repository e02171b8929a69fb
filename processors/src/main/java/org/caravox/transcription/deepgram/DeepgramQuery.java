package org.caravox.transcription.deepgram;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.caravox.providers.RemoteSettings;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.jspecify.annotations.Nullable;

/** What is wished, as Deepgram's query parameters: repeated for lists. */
public final class DeepgramQuery {

    private static final String YES = "true";
    private static final Pattern WEIGHT = Pattern.compile(":-?[0-9.]+$");

    private final List<String> parameters = new ArrayList<>();

    private DeepgramQuery() {}

    /**
     * The query of a request. Words are always asked for with their punctuation.
     *
     * @param wanted the language that is asked for; null is the usual one
     */
    public static DeepgramQuery of(Options options, @Nullable String wanted, String model, RemoteSettings settings) {
        DeepgramQuery query = new DeepgramQuery();
        query.add("model", model);
        language(options, wanted, settings).ifPresent(language -> query.add("language", language));
        query.add("punctuate", YES);
        query.addWishes(options, model);
        if (settings.option("mip-opt-out", "false").equals(YES)) {
            query.add("mip_opt_out", YES);
        }
        return query;
    }

    /** The language that is asked for; none when it is to be found out, or is Deepgram's own. */
    static Optional<String> language(Options options, @Nullable String wanted, RemoteSettings settings) {
        if (options.has(Option.DETECT_LANGUAGE)) {
            return Optional.empty();
        }
        return Optional.ofNullable(wanted != null ? wanted : settings.option("language"));
    }

    /** One parameter more. */
    public DeepgramQuery with(String name, String value) {
        add(name, value);
        return this;
    }

    /** As it follows the path, with its question mark. */
    @Override
    public String toString() {
        return "?" + String.join("&", parameters);
    }

    private void addWishes(Options options, String model) {
        for (Option option : options.wished()) {
            List<String> values = options.all(option);
            switch (option) {
                case PUNCTUATE -> {} // always
                case PROMPT, TEMPERATURE -> {} // not honoured, which is said elsewhere
                case ENTITIES -> addAll("detect_entities", values);
                case SUMMARIZE -> add("summarize", values.contains(YES) ? "v2" : values.get(0));
                case REDACT -> addAll("redact", values.contains(YES) ? List.of("pci", "pii", "numbers") : values);
                case KEYTERM, KEYWORDS -> addTerms(values, model);
                case UTT_SPLIT -> {
                    addAll("utt_split", values);
                    if (!options.has(Option.UTTERANCES)) {
                        add("utterances", YES);
                    }
                }
                default -> addAll(option.word(), values);
            }
        }
    }

    /** Newer models take key terms, older ones key words, which may have a weight: {@code word:2}. */
    private void addTerms(List<String> values, String model) {
        boolean terms = takesTerms(model);
        addAll(
                terms ? "keyterm" : "keywords",
                values.stream()
                        .map(value -> terms ? WEIGHT.matcher(value).replaceFirst("") : value)
                        .toList());
    }

    private static boolean takesTerms(String model) {
        return model.startsWith("nova-3") || model.startsWith("flux");
    }

    /** What is wished and not passed on: weights where there are none, a language beside finding it out. */
    public static Set<String> lost(Options options, @Nullable String language, String model) {
        Set<String> lost = new HashSet<>();
        for (Option option : List.of(Option.KEYTERM, Option.KEYWORDS)) {
            boolean weighted = options.all(option).stream()
                    .anyMatch(value -> WEIGHT.matcher(value).find());
            if (weighted && takesTerms(model)) {
                lost.add(option.word());
            }
        }
        if (language != null && options.has(Option.DETECT_LANGUAGE)) {
            lost.add("language");
        }
        return lost;
    }

    private void addAll(String name, List<String> values) {
        values.forEach(value -> add(name, value));
    }

    private void add(String name, String value) {
        parameters.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
}
