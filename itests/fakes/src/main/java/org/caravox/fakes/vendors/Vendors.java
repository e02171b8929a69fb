package org.caravox.fakes.vendors;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** All vendors by name. */
public final class Vendors {

    private static final Map<String, Supplier<Vendor>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("deepgram", Deepgram::new);
        ALL.put("azure", Azure::new);
        ALL.put("openai", OpenAi::new);
        ALL.put("anthropic", Anthropic::new);
        ALL.put("cartesia", Cartesia::new);
        ALL.put("elevenlabs", ElevenLabs::new);
        ALL.put("salesforce", Salesforce::new);
        ALL.put("hubspot", HubSpot::new);
        ALL.put("crm", PlainCrm::new);
    }

    private Vendors() {}

    public static Set<String> names() {
        return ALL.keySet();
    }

    /** Who answers at a station: {@code openai} and {@code openai-2} are both OpenAI, each with what it holds. */
    public static Optional<Vendor> at(String station) {
        return Optional.ofNullable(ALL.get(station.split("-", 2)[0])).map(Supplier::get);
    }

    /**
     * Whose path this is, where no station is named.
     *
     * @param speaksAnthropic whether the request has headers that only Anthropic's clients send
     * @param hasToken        whether its authorization has Deepgram's scheme
     */
    public static Optional<String> owning(String path, boolean speaksAnthropic, boolean hasToken) {
        if (path.equals("/v1/models") || path.equals("/v1/messages")) {
            boolean anthropic = speaksAnthropic || path.equals("/v1/messages");
            return Optional.of(anthropic ? "anthropic" : hasToken ? "deepgram" : "openai");
        }
        return switch (first(path)) {
            case "listen", "speak", "projects" -> Optional.of("deepgram");
            case "audio", "chat" -> Optional.of("openai");
            case "text-to-speech", "voices" -> Optional.of(path.startsWith("/v1/") ? "elevenlabs" : "cartesia");
            case "tts" -> Optional.of("cartesia");
            case "services" -> Optional.of("salesforce");
            case "account-info" -> Optional.of("hubspot");
            case "speechtotext", "speech", "cognitiveservices", "sts" -> Optional.of("azure");
            default -> Optional.empty();
        };
    }

    /** The first segment after the version. */
    private static String first(String path) {
        String rest = path.startsWith("/v1/") ? path.substring(4) : path.substring(1);
        int end = rest.indexOf('/');
        return end < 0 ? rest : rest.substring(0, end);
    }
}
