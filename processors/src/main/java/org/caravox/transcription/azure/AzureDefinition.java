package org.caravox.transcription.azure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.caravox.audio.AudioInfo;
import org.caravox.providers.RemoteSettings;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.caravox.transcription.TranscriptionRequest;
import org.jspecify.annotations.Nullable;

/** What is wished, as the part {@code definition} of a fast transcription. */
final class AzureDefinition {

    private static final String USUAL_LOCALE = "en-US";
    private static final String USUAL_SPEAKERS = "10";
    private static final int LEAST_SPEAKERS = 2;
    private static final int MOST_SPEAKERS = 35;
    private static final String YES = "true";

    private final RemoteSettings settings;
    private final ObjectMapper json;

    AzureDefinition(RemoteSettings settings, ObjectMapper json) {
        this.settings = settings;
        this.json = json;
    }

    /** Why a language cannot be asked for. */
    Optional<String> refuses(@Nullable String language) {
        return locale(language).isPresent()
                ? Optional.empty()
                : Optional.of("language \"" + language + "\" needs its region for provider " + settings.name()
                        + ": use a tag like de-CH");
    }

    /** The locale that is expected where the answer tells none. */
    String usualLocale(@Nullable String language) {
        return locale(language).orElse(USUAL_LOCALE);
    }

    /** A language alone gets a region: the usual one's, or that of the first locale in the settings. */
    private Optional<String> locale(@Nullable String language) {
        String usual = settings.option("locale", USUAL_LOCALE);
        if (language == null) {
            return Optional.of(usual);
        }
        if (language.contains("-")) {
            return Optional.of(language);
        }
        return Stream.concat(Stream.of(usual), settings.languages().stream())
                .filter(known -> known.regionMatches(true, 0, language + "-", 0, language.length() + 1))
                .findFirst();
    }

    byte[] of(TranscriptionRequest request) throws JsonProcessingException {
        Options options = request.options();
        ObjectNode definition = json.createObjectNode();
        addLocales(definition, request);
        definition.put("profanityFilterMode", options.has(Option.PROFANITY_FILTER) ? "Masked" : "None");
        if (byChannel(request)) {
            definition.putArray("channels").add(0).add(1);
        } else if (options.has(Option.DIARIZE)) {
            definition.putObject("diarization").put("enabled", true).put("maxSpeakers", maxSpeakers(options));
        }
        List<String> terms = Stream.of(Option.KEYTERM, Option.KEYWORDS)
                .flatMap(option -> options.all(option).stream())
                .map(term -> term.replaceFirst(":-?[0-9.]+$", ""))
                .toList();
        if (!terms.isEmpty()) {
            ArrayNode phrases = definition.putObject("phraseList").putArray("phrases");
            terms.forEach(phrases::add);
        }
        return json.writeValueAsBytes(definition);
    }

    /** Without locales it finds out the language by itself. */
    private void addLocales(ObjectNode definition, TranscriptionRequest request) {
        List<String> toDetect = request.options().all(Option.DETECT_LANGUAGE);
        if (toDetect.contains(YES)) {
            return;
        }
        ArrayNode locales = definition.putArray("locales");
        if (toDetect.isEmpty()) {
            locales.add(usualLocale(request.language()));
        } else {
            toDetect.forEach(language -> locales.add(locale(language).orElse(language)));
        }
    }

    /** Channels of a mono recording are not asked for, those of one with more than two cannot be. */
    private static boolean byChannel(TranscriptionRequest request) {
        AudioInfo audio = request.audio();
        return request.options().has(Option.MULTICHANNEL) && (audio == null || audio.channels() == 2);
    }

    private int maxSpeakers(Options options) {
        String wished = options.one(Option.DIARIZE).orElse("");
        String most = wished.matches("\\d{1,2}") ? wished : settings.option("max-speakers", USUAL_SPEAKERS);
        return Math.max(LEAST_SPEAKERS, Math.min(MOST_SPEAKERS, Integer.parseInt(most)));
    }
}
