package org.caravox.transcription.deepgram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.caravox.providers.Attempt;
import org.caravox.providers.Credential;
import org.caravox.providers.JsonCalls;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderCall.Bytes;
import org.caravox.providers.ProviderCall.Content;
import org.caravox.providers.ProviderCall.FileContent;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Option;
import org.caravox.transcription.RecordingSource;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.TranscriptionRequest;

/**
 * Deepgram, pre-recorded: {@code POST /v1/listen} (developers.deepgram.com/reference). It fetches an address by itself,
 * unless the option {@code fetches} is {@code false}, for recordings that only this hub can reach.
 */
public final class DeepgramTranscriber implements Transcriber {

    private static final Set<Option> HONOURED =
            EnumSet.complementOf(EnumSet.of(Option.CACHE, Option.PROMPT, Option.TEMPERATURE));

    private final RemoteSettings settings;
    private final ObjectMapper json;
    private final JsonCalls calls;

    public DeepgramTranscriber(RemoteSettings settings, ProviderHttp http, ObjectMapper json, Clock clock) {
        this.settings = settings;
        this.json = json;
        this.calls = new JsonCalls(settings.name(), http, json, clock);
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
    public Set<Option> honours() {
        return HONOURED;
    }

    @Override
    public Set<String> cannot(TranscriptionRequest request) {
        String model = request.model() == null ? settings.models().usual() : request.model();
        Set<String> cannot = DeepgramQuery.lost(request.options(), request.language(), model);
        cannot.addAll(Transcriber.super.cannot(request));
        return cannot;
    }

    @Override
    public Optional<String> refuses(TranscriptionRequest request) {
        return settings.refusesLanguage(request.language());
    }

    @Override
    public Optional<ProviderCall> probe(Credential credential) {
        return Optional.of(ProviderCall.get(settings.at("/v1/projects"), headers(credential)));
    }

    @Override
    public Heard transcribe(
            TranscriptionRequest request, RecordingSource recording, Listening listening, Attempt attempt)
            throws IOException, InterruptedException {
        URI uri = settings.at(
                "/v1/listen" + DeepgramQuery.of(request.options(), request.language(), attempt.model(), settings));
        ProviderCall call = ProviderCall.post(uri, headers(attempt.credential()), content(recording));
        JsonNode answer = calls.send(call, attempt.patience());
        Heard heard = new DeepgramAnswer(calls, json)
                .heard(
                        settings.name(),
                        attempt.model(),
                        DeepgramQuery.language(request.options(), request.language(), settings),
                        answer);
        listening.progress().accept(heard.duration());
        return heard;
    }

    private static Map<String, String> headers(Credential credential) {
        return Map.of("Authorization", "Token " + credential.secret(), "Accept", "application/json");
    }

    private Content content(RecordingSource recording) throws IOException, InterruptedException {
        Optional<URI> url = recording.url();
        if (url.isEmpty() || settings.option("fetches", "true").equals("false")) {
            return new FileContent("application/octet-stream", recording.file());
        }
        return new Bytes(
                "application/json",
                json.writeValueAsBytes(Map.of("url", url.get().toString())));
    }
}
