package org.caravox.speech.azure;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.caravox.providers.Attempt;
import org.caravox.providers.Credential;
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderCall.Bytes;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.RemoteVoice;
import org.caravox.speech.SpeechRequest;
import org.jspecify.annotations.Nullable;

/**
 * Azure's neural voices over REST: {@code POST /cognitiveservices/v1}. Source: learn.microsoft.com, Speech service,
 * text-to-speech REST API. The model is only a name here: a voice is its own model.
 */
public final class AzureVoice extends RemoteVoice {

    /** Like en-US-JennyNeural; some have a script, a region or a kind besides. */
    private static final Pattern NAMES =
            Pattern.compile("[a-z]{2,3}(-[A-Z][a-z]{3})?-[A-Z]{2}(-[a-z]+)?-[A-Za-z0-9:]+Neural");

    /** Audio is cut at ten minutes without a word. Slow speech of digits comes to half a second a character. */
    private static final int CHARACTERS = 1_200;

    private static final List<Integer> PCM_HZ = List.of(8_000, 16_000, 24_000, 48_000);
    private static final Map<Integer, String> MP3 = Map.of(
            16_000, "audio-16khz-64kbitrate-mono-mp3",
            24_000, "audio-24khz-96kbitrate-mono-mp3",
            48_000, "audio-48khz-96kbitrate-mono-mp3");
    private static final double SLOWEST = 0.5;
    private static final double FASTEST = 2;

    public AzureVoice(RemoteSettings settings, ProviderHttp http, ObjectMapper json, Clock clock) {
        super(settings, NAMES, CHARACTERS, http, json, clock);
    }

    @Override
    public Optional<String> refuses(SpeechRequest request) {
        return Ssml.forbidden(request.text() + voice(request))
                .map(character -> "the text has the control character " + character + ", which provider " + provider()
                        + " does not take: leave it out")
                .or(() -> super.refuses(request));
    }

    @Override
    public Set<String> cannot(SpeechRequest request) {
        Set<String> cannot = super.cannot(request);
        if (request.instructions() != null) {
            cannot.add("instructions");
        }
        if (request.otherSpeed().isPresent() && speed(request) == 1) {
            cannot.add("speed");
        }
        String language = request.language();
        if (language != null && !ownLanguage(request) && !multilingual(request)) {
            cannot.add("language");
        }
        return cannot;
    }

    private static double speed(SpeechRequest request) {
        return request.otherSpeed()
                .filter(speed -> speed >= SLOWEST && speed <= FASTEST)
                .orElse(1.0);
    }

    /** The voice's language is the beginning of its name: en-US-JennyNeural. */
    private String languageOfVoice(SpeechRequest request) {
        String[] parts = voice(request).split("-", 3);
        return parts.length < 3 ? "en-US" : parts[0] + "-" + parts[1];
    }

    private boolean ownLanguage(SpeechRequest request) {
        String language = request.language();
        return language == null
                || languageOfVoice(request).equalsIgnoreCase(language)
                || languageOfVoice(request).split("-", 2)[0].equalsIgnoreCase(language);
    }

    private boolean multilingual(SpeechRequest request) {
        return voice(request).contains("Multilingual");
    }

    @Override
    protected int characters(SpeechRequest request) {
        return Math.max(2, (int) (super.characters(request) * Math.min(1, speed(request))));
    }

    @Override
    public AudioFormat delivers(AudioFormat wanted) {
        int rateHz = wanted.sampleRateHz();
        boolean known =
                switch (wanted.encoding()) {
                    case LINEAR16 -> PCM_HZ.contains(rateHz);
                    case MULAW, ALAW -> rateHz == 8_000;
                    case MP3 -> MP3.containsKey(rateHz);
                    case OPUS -> rateHz == 16_000 || rateHz == 24_000 || rateHz == 48_000;
                    case AAC, FLAC -> false;
                };
        return known ? wanted : wanted.pcmFrom(PCM_HZ);
    }

    @Override
    protected ProviderCall call(SpeechRequest request, Attempt attempt, AudioFormat format, String part) {
        String document =
                Ssml.document(voice(request), languageOfVoice(request), otherLanguage(request), speed(request), part);
        Map<String, String> headers = Map.of(
                "Ocp-Apim-Subscription-Key", attempt.credential().secret(),
                "X-Microsoft-OutputFormat", outputFormat(format),
                "User-Agent", "Caravox");
        return ProviderCall.post(
                settings().at("/cognitiveservices/v1"),
                headers,
                new Bytes("application/ssml+xml", document.getBytes(StandardCharsets.UTF_8)));
    }

    private @Nullable String otherLanguage(SpeechRequest request) {
        return ownLanguage(request) || !multilingual(request) ? null : request.language();
    }

    private static String outputFormat(AudioFormat format) {
        int kilohertz = format.sampleRateHz() / 1_000;
        return switch (format.encoding()) {
            case MULAW -> "raw-8khz-8bit-mono-mulaw";
            case ALAW -> "raw-8khz-8bit-mono-alaw";
            case MP3 -> MP3.getOrDefault(format.sampleRateHz(), "audio-24khz-96kbitrate-mono-mp3");
            case OPUS -> "ogg-" + kilohertz + "khz-16bit-mono-opus";
            default -> "raw-" + kilohertz + "khz-16bit-mono-pcm";
        };
    }

    @Override
    public Optional<ProviderCall> probe(Credential credential) {
        return Optional.of(ProviderCall.get(
                settings().at("/cognitiveservices/voices/list"),
                Map.of("Ocp-Apim-Subscription-Key", credential.secret(), "User-Agent", "Caravox")));
    }
}
