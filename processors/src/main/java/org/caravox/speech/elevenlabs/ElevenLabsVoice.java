package org.caravox.speech.elevenlabs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;
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
import org.caravox.speech.RemoteVoice;
import org.caravox.speech.SpeechRequest;

/** ElevenLabs' {@code POST /v1/text-to-speech/{voice}/stream}. Source: elevenlabs.io/docs, API reference. */
public final class ElevenLabsVoice extends RemoteVoice {

    /** Ids of voices, like 21m00Tcm4TlvDq8ikWAM. */
    private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9]{20}");

    private static final int CHARACTERS = 5_000;
    private static final List<Integer> PCM_HZ = List.of(8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000);
    private static final Map<Integer, String> MP3 =
            Map.of(22_050, "mp3_22050_32", 24_000, "mp3_24000_48", 44_100, "mp3_44100_64");
    private static final double SLOWEST = 0.7;
    private static final double FASTEST = 1.2;

    /** It hears from the text which language it is, and takes no other word for it. */
    private static final String MULTILINGUAL = "eleven_multilingual_v2";

    public ElevenLabsVoice(RemoteSettings settings, ProviderHttp http, ObjectMapper json, Clock clock) {
        super(settings, NAMES, CHARACTERS, http, json, clock);
    }

    @Override
    public Optional<String> refuses(SpeechRequest request) {
        String voice = voice(request);
        return voice.matches("[A-Za-z0-9_-]{1,100}")
                ? super.refuses(request)
                : Optional.of("voice \"" + voice + "\" is no voice id of provider " + provider()
                        + ": letters, digits, - and _ only");
    }

    @Override
    public Set<String> cannot(SpeechRequest request) {
        Set<String> cannot = super.cannot(request);
        if (request.instructions() != null) {
            cannot.add("instructions");
        }
        if (request.otherSpeed().isPresent() && speed(request).isEmpty()) {
            cannot.add("speed");
        }
        return cannot;
    }

    private static Optional<Double> speed(SpeechRequest request) {
        return request.otherSpeed().filter(speed -> speed >= SLOWEST && speed <= FASTEST);
    }

    @Override
    public AudioFormat delivers(AudioFormat wanted) {
        int rateHz = wanted.sampleRateHz();
        boolean known =
                switch (wanted.encoding()) {
                    case LINEAR16 -> PCM_HZ.contains(rateHz);
                    case MULAW, ALAW -> rateHz == 8_000;
                    case MP3 -> MP3.containsKey(rateHz);
                    case OPUS, AAC, FLAC -> false;
                };
        return known ? wanted : wanted.pcmFrom(PCM_HZ);
    }

    @Override
    protected ProviderCall call(SpeechRequest request, Attempt attempt, AudioFormat format, String part) {
        ObjectNode body = json().createObjectNode().put("text", part).put("model_id", attempt.model());
        String language = request.language();
        if (language != null && !attempt.model().equals(MULTILINGUAL)) {
            body.put("language_code", language.split("-", 2)[0]);
        }
        speed(request).ifPresent(speed -> body.putObject("voice_settings").put("speed", speed));
        String path = "/v1/text-to-speech/" + voice(request) + "/stream?output_format=" + outputFormat(format);
        return ProviderCall.post(settings().at(path), headers(attempt.credential()), jsonBody(body));
    }

    private static String outputFormat(AudioFormat format) {
        return switch (format.encoding()) {
            case MULAW -> "ulaw_8000";
            case ALAW -> "alaw_8000";
            case MP3 -> MP3.getOrDefault(format.sampleRateHz(), "mp3_44100_64");
            default -> "pcm_" + format.sampleRateHz();
        };
    }

    private static Map<String, String> headers(Credential credential) {
        return Map.of("xi-api-key", credential.secret());
    }

    @Override
    public Optional<ProviderCall> probe(Credential credential) {
        return Optional.of(ProviderCall.get(settings().at("/v1/voices"), headers(credential)));
    }
}
