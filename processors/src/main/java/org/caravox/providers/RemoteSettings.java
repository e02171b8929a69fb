package org.caravox.providers;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is set for a provider that is reached over the network.
 *
 * @param name      its name in requests, metrics and answers
 * @param baseUrl   what its addresses begin with, without a slash at the end
 * @param models    the default first
 * @param languages BCP 47 tags or their first parts; {@code *} is any
 * @param options   what else its kind understands: a voice, a version ...
 */
public record RemoteSettings(
        String name, URI baseUrl, Models models, List<String> languages, Map<String, String> options) {

    public RemoteSettings {
        languages = List.copyOf(languages);
        options = Map.copyOf(options);
        if (baseUrl.toString().endsWith("/")) {
            baseUrl = URI.create(baseUrl.toString().replaceAll("/+$", ""));
        }
    }

    /** An address below the base. */
    public URI at(String path) {
        return URI.create(baseUrl + path);
    }

    public @Nullable String option(String option) {
        return options.get(option);
    }

    public String option(String option, String otherwise) {
        return options.getOrDefault(option, otherwise);
    }

    /** Whether a language is spoken: its tag, the tag's first part, or {@code *} is listed; null is the usual one. */
    public boolean speaks(@Nullable String language) {
        return language == null
                || languages.contains("*")
                || languages.stream().anyMatch(known -> covers(known, language));
    }

    /** Why a language cannot be asked for; empty when it can. */
    public Optional<String> refusesLanguage(@Nullable String language) {
        return speaks(language)
                ? Optional.empty()
                : Optional.of("language \"" + language + "\" is not spoken by provider " + name + ": use "
                        + String.join(", ", languages));
    }

    private static boolean covers(String known, String language) {
        return known.equalsIgnoreCase(language)
                || language.regionMatches(true, 0, known + "-", 0, known.length() + 1)
                || known.regionMatches(true, 0, language + "-", 0, language.length() + 1);
    }
}
