package org.caravox.live.deepgram;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.caravox.audio.RawAudio;
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
import org.caravox.transcription.deepgram.DeepgramQuery;

/** Deepgram, live: the WebSocket {@code /v1/listen} (developers.deepgram.com/reference/listen-live). */
public final class DeepgramLive implements LiveTranscriber {

    private static final Set<Option> HONOURED = EnumSet.of(
            Option.DIARIZE,
            Option.DICTATION,
            Option.KEYTERM,
            Option.KEYWORDS,
            Option.MULTICHANNEL,
            Option.NUMERALS,
            Option.PROFANITY_FILTER,
            Option.PUNCTUATE,
            Option.REDACT,
            Option.REPLACE,
            Option.SMART_FORMAT,
            Option.UTTERANCES);

    /** Streams always tell utterances and, where there are several, channels: Deepgram is asked for them in other words. */
    private static final Set<Option> ANYWAY = EnumSet.of(Option.MULTICHANNEL, Option.UTTERANCES);

    private final RemoteSettings settings;
    private final ProviderSockets sockets;
    private final ObjectMapper json;
    private final AtomicInteger connections = new AtomicInteger();

    public DeepgramLive(RemoteSettings settings, ProviderSockets sockets, ObjectMapper json) {
        this.settings = settings;
        this.sockets = sockets;
        this.json = json;
    }

    /** How many connections are open. */
    public int connections() {
        return connections.get();
    }

    @Override
    public String provider() {
        return settings.name();
    }

    @Override
    public Models models() {
        return settings.models();
    }

    @Override
    public String language(LiveRequest request) {
        String wanted = request.language();
        return wanted != null ? wanted : settings.option("language", "en");
    }

    @Override
    public Set<Option> honours() {
        return HONOURED;
    }

    @Override
    public Set<String> cannot(LiveRequest request) {
        String wanted = request.model();
        Set<String> cannot = new HashSet<>(LiveTranscriber.super.cannot(request));
        cannot.addAll(DeepgramQuery.lost(
                request.options(),
                request.language(),
                wanted == null ? settings.models().usual() : wanted));
        return cannot;
    }

    @Override
    public Optional<String> refuses(LiveRequest request) {
        return settings.refusesLanguage(request.language());
    }

    @Override
    public Optional<ProviderCall> probe(Credential credential) {
        return Optional.of(ProviderCall.get(settings.at("/v1/projects"), headers(credential)));
    }

    @Override
    public LiveLeg open(LiveRequest request, Attempt attempt, LiveEar ear, ScheduledExecutorService loop)
            throws IOException, InterruptedException {
        DeepgramLeg leg = new DeepgramLeg(settings.name(), request.audio(), ear, loop, json, connections);
        URI uri = settings.at("/v1/listen" + query(request, attempt.model()));
        SocketCall call = new SocketCall(settings.name(), uri, headers(attempt.credential()), List.of());
        try {
            sockets.open(call, attempt.patience(), leg, loop);
        } catch (IOException | RuntimeException | InterruptedException e) {
            loop.execute(leg::abort); // it may have been opened too late
            throw e;
        }
        return leg;
    }

    private DeepgramQuery query(LiveRequest request, String model) {
        RawAudio audio = request.audio();
        DeepgramQuery query = DeepgramQuery.of(request.options().without(ANYWAY), request.language(), model, settings)
                .with("encoding", audio.encoding().name().toLowerCase(Locale.ROOT))
                .with("sample_rate", Integer.toString(audio.sampleRateHz()))
                .with("channels", Integer.toString(audio.channels()))
                .with("multichannel", Boolean.toString(audio.channels() > 1))
                .with("interim_results", "true");
        Duration pause = request.endpointing();
        return pause == null
                ? query
                : query.with("endpointing", pause.isZero() ? "false" : Long.toString(pause.toMillis()));
    }

    private static Map<String, String> headers(Credential credential) {
        return Map.of("Authorization", "Token " + credential.secret());
    }
}
