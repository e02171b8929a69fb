package org.caravox.speech;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which of a provider's voices speaks: callers name voices as their own SDK does, and a chain has providers that call
 * them differently. The options {@code voices.<name>} say what another name stands for, {@code voices.<language>} which
 * voice speaks a language, {@code voice} which one speaks otherwise.
 */
public final class VoiceNames {

    private static final String ALIAS = "voices.";

    private final Map<String, String> options;
    private final String usual;

    private VoiceNames(Map<String, String> options, String usual) {
        this.options = Map.copyOf(options);
        this.usual = usual;
    }

    /**
     * Reads a provider's options.
     *
     * @throws IllegalArgumentException when they name no voice
     */
    public static VoiceNames of(String provider, Map<String, String> options) {
        String usual = options.get("voice");
        if (usual == null || usual.isBlank()) {
            throw new IllegalArgumentException("caravox.speech.providers." + provider
                    + ".options.voice must name the voice that speaks as a rule");
        }
        return new VoiceNames(options, usual);
    }

    /** The provider's own name of the voice for a request; a name without a setting is passed on as it is. */
    public String of(SpeechRequest request) {
        String asked = request.voice();
        if (asked != null) {
            return options.getOrDefault(ALIAS + asked, asked);
        }
        return forLanguage(request.language()).orElse(usual);
    }

    private Optional<String> forLanguage(@Nullable String language) {
        if (language == null) {
            return Optional.empty();
        }
        String primary = language.split("-", 2)[0];
        return Optional.ofNullable(options.get(ALIAS + language))
                .or(() -> Optional.ofNullable(options.get(ALIAS + primary)));
    }
}
