package org.caravox.live.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import org.caravox.live.LiveEar;
import org.caravox.live.LiveLeg;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveTranscriber;
import org.caravox.providers.Attempt;
import org.caravox.providers.Credential;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderSockets;
import org.caravox.providers.ProviderSockets.SocketCall;
import org.caravox.providers.RemoteSettings;
import org.caravox.transcription.Option;

/**
 * OpenAI's realtime transcription: the WebSocket {@code /realtime?intent=transcription}
 * (developers.openai.com/api/docs/guides/realtime-transcription), a connection for each channel. It tells no times, and its
 * models that tell words while they are spoken find no turns: so the hub finds them, and what it does not send it need not
 * be paid for.
 */
public final class OpenAiLive implements LiveTranscriber {

    /** The only rate of linear PCM that it takes. */
    static final int SAMPLE_RATE_HZ = 24_000;

    private static final Set<Option> HONOURED =
            EnumSet.of(Option.MULTICHANNEL, Option.PROMPT, Option.PUNCTUATE, Option.UTTERANCES);

    private final RemoteSettings settings;
    private final ProviderSockets sockets;
    private final ObjectMapper json;
    private final Set<String> withoutPrompt;

    /** Its settings may have the option {@code without-prompt}. */
    public OpenAiLive(RemoteSettings settings, ProviderSockets sockets, ObjectMapper json) {
        this.settings = settings;
        this.sockets = sockets;
        this.json = json;
        this.withoutPrompt =
                Set.of(settings.option("without-prompt", "gpt-realtime-whisper").split("\\s*,\\s*", -1));
    }

    @Override
    public String provider() {
        return settings.name();
    }

    @Override
    public boolean tellsWords() {
        return false;
    }

    @Override
    public Models models() {
        return settings.models();
    }

    @Override
    public Set<Option> honours() {
        return HONOURED;
    }

    @Override
    public Set<String> cannot(LiveRequest request) {
        String wanted = request.model();
        Set<String> cannot = new HashSet<>(LiveTranscriber.super.cannot(request));
        boolean prompted = request.options().has(Option.PROMPT);
        if (prompted && withoutPrompt.contains(wanted == null ? models().usual() : wanted)) {
            cannot.add(Option.PROMPT.word());
        }
        return cannot;
    }

    @Override
    public Optional<String> refuses(LiveRequest request) {
        return settings.refusesLanguage(request.language());
    }

    @Override
    public Optional<ProviderCall> probe(Credential credential) {
        return Optional.of(ProviderCall.get(settings.at("/models"), headers(credential)));
    }

    @Override
    public LiveLeg open(LiveRequest request, Attempt attempt, LiveEar ear, ScheduledExecutorService loop)
            throws IOException, InterruptedException {
        OpenAiLeg leg = new OpenAiLeg(settings.name(), request, session(request, attempt.model()), ear, json);
        SocketCall call = new SocketCall(
                settings.name(),
                settings.at("/realtime?intent=transcription"),
                headers(attempt.credential()),
                List.of());
        try {
            for (ProviderSockets.Listener channel : leg.channels()) {
                sockets.open(call, attempt.patience(), channel, loop);
            }
        } catch (IOException | RuntimeException | InterruptedException e) {
            loop.execute(leg::abort); // some may be open, or have been opened too late
            throw e;
        }
        return leg;
    }

    private String session(LiveRequest request, String model) {
        ObjectNode update = json.createObjectNode().put("type", "session.update");
        ObjectNode input = update.putObject("session")
                .put("type", "transcription")
                .putObject("audio")
                .putObject("input");
        input.putObject("format").put("type", "audio/pcm").put("rate", SAMPLE_RATE_HZ);
        input.putNull("turn_detection");
        ObjectNode transcription = input.putObject("transcription").put("model", model);
        String language = request.language();
        if (language != null) {
            transcription.put("language", language.split("[-_]", 2)[0]);
        }
        if (!withoutPrompt.contains(model)) {
            request.options().one(Option.PROMPT).ifPresent(prompt -> transcription.put("prompt", prompt));
        }
        return update.toString();
    }

    private static Map<String, String> headers(Credential credential) {
        return Map.of("Authorization", "Bearer " + credential.secret());
    }
}
