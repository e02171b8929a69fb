package org.caravox.speech.cartesia;

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

/**
 * Cartesia's {@code POST /tts/bytes}. Source: docs.cartesia.ai, API reference. An option of its own: {@code version},
 * the date that names the API's version.
 */
public final class CartesiaVoice extends RemoteVoice {

    /** Ids of voices are UUIDs. */
    private static final Pattern NAMES = Pattern.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");

    private static final int CHARACTERS = 5_000;
    private static final List<Integer> RATES_HZ = List.of(8_000, 16_000, 22_050, 24_000, 44_100, 48_000);
    private static final double SLOWEST = 0.6;
    private static final double FASTEST = 1.5;

    public CartesiaVoice(RemoteSettings settings, ProviderHttp http, ObjectMapper json, Clock clock) {
        super(settings, NAMES, CHARACTERS, http, json, clock);
    }

    @Override
    public Set<String> cannot(SpeechRequest request) {
        Set<String> cannot = super.cannot(request);
        if (request.instructions() != null) {
            cannot.add("instructions");
        }
        if (request.otherSpeed().isPresent() && speed(request, model(request)).isEmpty()) {
            cannot.add("speed");
        }
        return cannot;
    }

    /** The speed to ask for; it came with sonic-3. */
    private static Optional<Double> speed(SpeechRequest request, String model) {
        return request.otherSpeed()
                .filter(speed -> model.startsWith("sonic-3") && speed >= SLOWEST && speed <= FASTEST);
    }

    @Override
    public AudioFormat delivers(AudioFormat wanted) {
        boolean known =
                switch (wanted.encoding()) {
                    case LINEAR16, MULAW, ALAW, MP3 -> RATES_HZ.contains(wanted.sampleRateHz());
                    case OPUS, AAC, FLAC -> false;
                };
        return known ? wanted : wanted.pcmFrom(RATES_HZ);
    }

    @Override
    protected ProviderCall call(SpeechRequest request, Attempt attempt, AudioFormat format, String part) {
        ObjectNode body =
                json().createObjectNode().put("model_id", attempt.model()).put("transcript", part);
        body.putObject("voice").put("mode", "id").put("id", voice(request));
        String language = request.language();
        if (language != null) {
            body.put("language", language.split("-", 2)[0]);
        }
        speed(request, attempt.model())
                .ifPresent(speed -> body.putObject("generation_config").put("speed", speed));
        body.set("output_format", outputFormat(format));
        return ProviderCall.post(settings().at("/tts/bytes"), headers(attempt.credential()), jsonBody(body));
    }

    private ObjectNode outputFormat(AudioFormat format) {
        ObjectNode output = json().createObjectNode().put("sample_rate", format.sampleRateHz());
        return switch (format.encoding()) {
            case MP3 -> output.put("container", "mp3").put("bit_rate", 64_000);
            case MULAW -> output.put("container", "raw").put("encoding", "pcm_mulaw");
            case ALAW -> output.put("container", "raw").put("encoding", "pcm_alaw");
            default -> output.put("container", "raw").put("encoding", "pcm_s16le");
        };
    }

    private Map<String, String> headers(Credential credential) {
        return Map.of(
                "Authorization",
                "Bearer " + credential.secret(),
                "Cartesia-Version",
                settings().option("version", "2026-03-01"));
    }

    @Override
    public Optional<ProviderCall> probe(Credential credential) {
        return Optional.of(ProviderCall.get(settings().at("/voices?limit=1"), headers(credential)));
    }
}
