package org.caravox.speech.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.caravox.providers.Attempt;
import org.caravox.providers.Credential;
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.AudioFormat.Encoding;
import org.caravox.speech.RemoteVoice;
import org.caravox.speech.SpeechRequest;

/**
 * {@code POST /audio/speech} as OpenAI has it, and those who serve the same API. Source: platform.openai.com/docs, API
 * reference; that {@code pcm} has 24 kHz is said in its guide to text-to-speech. The language is heard from the text.
 */
public final class OpenAiVoice extends RemoteVoice {

    /** Those who serve this API have names of all kinds. */
    private static final Pattern NAMES = Pattern.compile(".*", Pattern.DOTALL);

    private static final int CHARACTERS = 4_096;
    private static final int RATE_HZ = 24_000;

    public OpenAiVoice(RemoteSettings settings, ProviderHttp http, ObjectMapper json, Clock clock) {
        super(settings, NAMES, CHARACTERS, http, json, clock);
    }

    @Override
    public Set<String> cannot(SpeechRequest request) {
        boolean lost = request.instructions() != null && !takesInstructions(model(request));
        return lost ? Set.of("instructions") : Set.of();
    }

    /** All but the first generation. */
    private static boolean takesInstructions(String model) {
        return !model.startsWith("tts-1");
    }

    @Override
    public AudioFormat delivers(AudioFormat wanted) {
        boolean known =
                switch (wanted.encoding()) {
                    case LINEAR16, MP3, AAC, FLAC -> wanted.sampleRateHz() == RATE_HZ;
                    case OPUS -> true; // it has no rate but in the decoder
                    case MULAW, ALAW -> false;
                };
        return known ? wanted : wanted.pcmFrom(List.of(RATE_HZ));
    }

    @Override
    protected ProviderCall call(SpeechRequest request, Attempt attempt, AudioFormat format, String part) {
        ObjectNode body = json().createObjectNode()
                .put("model", attempt.model())
                .put("input", part)
                .put("voice", voice(request))
                .put("response_format", responseFormat(format.encoding()));
        request.otherSpeed().ifPresent(speed -> body.put("speed", speed));
        String instructions = request.instructions();
        if (instructions != null && takesInstructions(attempt.model())) {
            body.put("instructions", instructions);
        }
        return ProviderCall.post(settings().at("/audio/speech"), headers(attempt.credential()), jsonBody(body));
    }

    private static String responseFormat(Encoding encoding) {
        return encoding.isPcm() ? "pcm" : encoding.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, String> headers(Credential credential) {
        return Map.of("Authorization", "Bearer " + credential.secret());
    }

    @Override
    public Optional<ProviderCall> probe(Credential credential) {
        return Optional.of(ProviderCall.get(settings().at("/models"), headers(credential)));
    }
}
