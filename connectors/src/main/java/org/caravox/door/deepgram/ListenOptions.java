package org.caravox.door.deepgram;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.caravox.audio.RawAudio;
import org.caravox.door.Parameters;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.jspecify.annotations.Nullable;

/**
 * What the query of {@code POST /v1/listen} asks: each of Deepgram's documented parameters is understood, refused, or
 * answered with a warning.
 *
 * @param options  what is wished of the transcript
 * @param model    null is the chain's default
 * @param language null is the provider's own
 * @param raw      what the samples are, when they come without a header; null when they have one
 * @param callback where the transcript is sent; null is the answer
 * @param method   how it is sent there
 * @param tags     the caller's labels
 * @param extra    what the caller wants to see again
 * @param warnings what is asked and cannot be done by anybody
 */
record ListenOptions(
        Options options,
        @Nullable String model,
        @Nullable String language,
        @Nullable RawAudio raw,
        @Nullable String callback,
        String method,
        List<String> tags,
        Map<String, String> extra,
        List<String> warnings) {

    private static final Map<String, Option> SWITCHES = Map.ofEntries(
            Map.entry("detect_entities", Option.ENTITIES),
            Map.entry("diarize", Option.DIARIZE),
            Map.entry("dictation", Option.DICTATION),
            Map.entry("filler_words", Option.FILLER_WORDS),
            Map.entry("intents", Option.INTENTS),
            Map.entry("measurements", Option.MEASUREMENTS),
            Map.entry("multichannel", Option.MULTICHANNEL),
            Map.entry("numerals", Option.NUMERALS),
            Map.entry("paragraphs", Option.PARAGRAPHS),
            Map.entry("profanity_filter", Option.PROFANITY_FILTER),
            Map.entry("punctuate", Option.PUNCTUATE),
            Map.entry("sentiment", Option.SENTIMENT),
            Map.entry("smart_format", Option.SMART_FORMAT),
            Map.entry("topics", Option.TOPICS),
            Map.entry("utterances", Option.UTTERANCES));

    private static final Map<String, Option> LISTS = Map.of(
            "keyterm", Option.KEYTERM,
            "keywords", Option.KEYWORDS,
            "replace", Option.REPLACE,
            "search", Option.SEARCH);

    /** These may be a switch or a list. */
    private static final Map<String, Option> SWITCHES_OR_LISTS =
            Map.of("detect_language", Option.DETECT_LANGUAGE, "redact", Option.REDACT);

    /** Nobody but Deepgram itself could do anything about these. */
    private static final List<String> NOT_HONOURED =
            List.of("custom_intent", "custom_intent_mode", "custom_topic", "custom_topic_mode");

    private static final String ON = "true";
    private static final int MOST_CHANNELS = 16;
    private static final int LOWEST_RATE_HZ = 4_000;
    private static final int HIGHEST_RATE_HZ = 192_000;
    private static final int G711_RATE_HZ = 8_000;
    static final Set<String> KNOWN = known();

    private static Set<String> known() {
        Set<String> known = new TreeSet<>(List.of(
                "callback",
                "callback_method",
                "channels",
                "diarize_model",
                "encoding",
                "extra",
                "language",
                "mip_opt_out",
                "model",
                "sample_rate",
                "summarize",
                "tag",
                "utt_split",
                "version"));
        known.addAll(SWITCHES.keySet());
        known.addAll(LISTS.keySet());
        known.addAll(SWITCHES_OR_LISTS.keySet());
        known.addAll(NOT_HONOURED);
        return Set.copyOf(known);
    }

    /**
     * Reads them.
     *
     * @throws Refusal INVALID, saying what is allowed
     */
    static ListenOptions of(Map<String, String[]> query) {
        Parameters given = new Parameters(query, KNOWN);
        List<String> warnings = new ArrayList<>();
        Options options = options(given);
        warn(given, warnings);
        String method = given.oneOf("callback_method", List.of("post", "put"));
        return new ListenOptions(
                options,
                given.one("model"),
                given.one("language"),
                raw(given, warnings),
                given.one("callback"),
                "put".equals(method) ? "PUT" : "POST",
                given.all("tag"),
                extra(given.all("extra")),
                List.copyOf(warnings));
    }

    private static Options options(Parameters given) {
        Map<Option, List<String>> wished = new EnumMap<>(Option.class);
        SWITCHES.forEach((name, option) -> put(wished, option, given.on(name) ? List.of(ON) : List.of()));
        LISTS.forEach((name, option) -> put(wished, option, given.all(name)));
        SWITCHES_OR_LISTS.forEach((name, option) -> put(
                wished,
                option,
                given.all(name).stream()
                        .filter(value -> !Parameters.isNo(value))
                        .toList()));
        if (given.oneOf("diarize_model", List.of("latest", "v1", "v2")) != null) {
            put(wished, Option.DIARIZE, List.of(ON));
        }
        String summarize = given.oneOf("summarize", List.of("v2", ON, "false"));
        put(wished, Option.SUMMARIZE, summarize == null || Parameters.isNo(summarize) ? List.of() : List.of(summarize));
        Double pause = given.number("utt_split", 0, 600);
        put(wished, Option.UTT_SPLIT, pause == null ? List.of() : List.of(pause.toString()));
        return new Options(wished);
    }

    private static void put(Map<Option, List<String>> wished, Option option, List<String> values) {
        if (!values.isEmpty()) {
            wished.put(option, values);
        }
    }

    private static void warn(Parameters given, List<String> warnings) {
        for (String name : NOT_HONOURED) {
            if (!given.all(name).isEmpty()) {
                warnings.add("option " + name + " is not honoured by this hub");
            }
        }
        warnUnless(given, "diarize_model", "latest", "the provider chooses which model tells speakers apart", warnings);
        warnUnless(given, "version", "latest", "the provider chooses the version of its model", warnings);
        if (given.on("mip_opt_out")) {
            warnings.add(
                    "option mip_opt_out is for the hub's operator to set for a provider; the hub itself keeps no audio"
                            + " to learn from");
        }
    }

    private static void warnUnless(
            Parameters given, String name, String harmless, String reason, List<String> warnings) {
        String value = given.one(name);
        if (value != null && !value.equals(harmless)) {
            warnings.add("option " + name + " is not honoured by this hub: " + reason);
        }
    }

    private static @Nullable RawAudio raw(Parameters given, List<String> warnings) {
        String encoding = given.one("encoding");
        OptionalInt rateHz = given.integer("sample_rate", LOWEST_RATE_HZ, HIGHEST_RATE_HZ);
        OptionalInt channels = given.integer("channels", 1, MOST_CHANNELS);
        if (encoding == null) {
            if (rateHz.isPresent() || channels.isPresent()) {
                warnings.add("sample_rate and channels count only with encoding: the recording's header was asked");
            }
            return null;
        }
        return switch (encoding) {
            case "linear16" ->
                new RawAudio(
                        RawAudio.Encoding.LINEAR16,
                        rateHz.orElseThrow(() -> Refusal.invalid("encoding linear16 needs sample_rate")),
                        channels.orElse(1));
            case "mulaw" -> new RawAudio(RawAudio.Encoding.MULAW, rateHz.orElse(G711_RATE_HZ), channels.orElse(1));
            case "alaw" -> new RawAudio(RawAudio.Encoding.ALAW, rateHz.orElse(G711_RATE_HZ), channels.orElse(1));
            case "flac", "amr-nb", "amr-wb", "ogg-opus" -> null; // these begin with a header of their own
            case "opus", "speex", "g729" ->
                throw Refusal.invalid(
                        "encoding " + encoding + " cannot be read without a container here: send it in Ogg"
                                + " and leave encoding out, or send linear16, mulaw or alaw");
            default ->
                throw Refusal.invalid("encoding must be linear16, mulaw, alaw, flac, amr-nb, amr-wb or ogg-opus: it is"
                        + " for recordings without a header, leave it out for all others");
        };
    }

    /** {@code key:value}, as Deepgram has it; a value without a key is its own. */
    private static Map<String, String> extra(List<String> given) {
        Map<String, String> extra = new LinkedHashMap<>();
        for (String pair : given) {
            int colon = pair.indexOf(':');
            extra.put(colon < 0 ? pair : pair.substring(0, colon), colon < 0 ? "" : pair.substring(colon + 1));
        }
        return extra;
    }
}
