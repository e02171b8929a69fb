package org.caravox.speech;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which of a provider's voices speaks: callers name voices as their own SDK does, and a chain has providers that call
 * them differently. The options {@code voices.<name>} say what another name stands for, {@code voices.<language>} which
 * voice speaks a language, {@code voice} which one speaks otherwise. A name that is neither set nor looks like one of the
 * provider's own is not passed on: the usual voice speaks.
 */
public final class VoiceNames {

    private static final String ALIAS = "voices.";

    private final Map<String, String> options;
    private final String usual;
    private final Pattern own;

    private VoiceNames(Map<String, String> options, String usual, Pattern own) {
        this.options = Map.copyOf(options);
        this.usual = usual;
        this.own = own;
    }

    /**
     * Reads a provider's options.
     *
     * @param own what the provider's own names of voices look like
     * @throws IllegalArgumentException when they name no voice
     */
    public static VoiceNames of(String provider, Map<String, String> options, Pattern own) {
        String usual = options.get("voice");
        if (usual == null || usual.isBlank()) {
            throw new IllegalArgumentException("caravox.speech.providers." + provider
                    + ".options.voice must name the voice that speaks as a rule");
        }
        return new VoiceNames(options, usual, own);
    }

    /** The provider's own name of the voice for a request. */
    public String of(SpeechRequest request) {
        return asked(request.voice()).or(() -> forLanguage(request.language())).orElse(usual);
    }

    /** Whether the voice that a request asks for, if any, is one that the provider may have. */
    public boolean know(SpeechRequest request) {
        return request.voice() == null || asked(request.voice()).isPresent();
    }

    private Optional<String> asked(@Nullable String name) {
        if (name == null) {
            return Optional.empty();
        }
        boolean its = name.equals(usual) || own.matcher(name).matches();
        return Optional.ofNullable(options.getOrDefault(ALIAS + name, its ? name : null));
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
