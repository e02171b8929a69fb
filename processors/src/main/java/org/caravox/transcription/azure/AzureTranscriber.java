package org.caravox.transcription.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.caravox.audio.AudioInfo;
import org.caravox.providers.Attempt;
import org.caravox.providers.Credential;
import org.caravox.providers.JsonCalls;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderCall.Bytes;
import org.caravox.providers.ProviderCall.FileContent;
import org.caravox.providers.ProviderCall.Form;
import org.caravox.providers.ProviderCall.Part;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Option;
import org.caravox.transcription.RecordingSource;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.TranscriptionRequest;

/**
 * Azure Speech, fast transcription: {@code POST /speechtotext/transcriptions:transcribe}
 * (learn.microsoft.com/azure/ai-services/speech-service/fast-transcription-create). It writes punctuation, numbers and
 * sentences always; it tells either speakers or channels apart, and no more than two channels.
 */
public final class AzureTranscriber implements Transcriber {

    private static final String API = "/speechtotext/transcriptions:transcribe?api-version=";
    private static final String MODELS = "/speechtotext/models/base?top=1&api-version=";
    private static final String VERSION = "2025-10-15";
    private static final long MOST_BYTES = 250L * 1000 * 1000;
    private static final Duration LONGEST = Duration.ofHours(2);
    private static final int MOST_CHANNELS = 2;
    private static final Set<Option> HONOURED = Set.of(
            Option.DETECT_LANGUAGE,
            Option.DIARIZE,
            Option.KEYTERM,
            Option.KEYWORDS,
            Option.MULTICHANNEL,
            Option.NUMERALS,
            Option.PROFANITY_FILTER,
            Option.PUNCTUATE,
            Option.SMART_FORMAT,
            Option.UTTERANCES);

    private final RemoteSettings settings;
    private final AzureDefinition definition;
    private final JsonCalls calls;

    /** Its settings may have the options {@code locale}, {@code max-speakers} and {@code api-version}. */
    public AzureTranscriber(RemoteSettings settings, ProviderHttp http, ObjectMapper json, Clock clock) {
        this.settings = settings;
        this.definition = new AzureDefinition(settings, json);
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
        Set<String> cannot = new HashSet<>(Transcriber.super.cannot(request));
        if (request.options().has(Option.MULTICHANNEL)) {
            AudioInfo audio = request.audio();
            if (audio != null && audio.channels() > MOST_CHANNELS) {
                cannot.add(Option.MULTICHANNEL.word());
            } else if (request.options().has(Option.DIARIZE)) {
                cannot.add(Option.DIARIZE.word());
            }
        }
        return Set.copyOf(cannot);
    }

    @Override
    public Optional<String> refuses(TranscriptionRequest request) {
        Duration length = request.audioDuration();
        if (length != null && length.compareTo(LONGEST) >= 0) {
            return Optional.of("provider " + settings.name() + " takes recordings of less than 2 hours, this one has "
                    + length.toMinutes() + " minutes");
        }
        AudioInfo audio = request.audio();
        if (audio != null && audio.sampleBytes().orElse(0) > MOST_BYTES) {
            return Optional.of(tooLarge(audio.sampleBytes().getAsLong()));
        }
        return settings.refusesLanguage(request.language()).or(() -> definition.refuses(request.language()));
    }

    private String tooLarge(long bytes) {
        return "provider " + settings.name() + " takes recordings of up to 250 MB, this one has " + bytes / 1_000_000
                + " MB";
    }

    @Override
    public Optional<ProviderCall> probe(Credential credential) {
        return Optional.of(ProviderCall.get(settings.at(MODELS + version()), headers(credential)));
    }

    @Override
    public Heard transcribe(
            TranscriptionRequest request, RecordingSource recording, Listening listening, Attempt attempt)
            throws IOException, InterruptedException {
        Path file = recording.file();
        if (Files.size(file) > MOST_BYTES) {
            throw new ProviderRejected(settings.name(), tooLarge(Files.size(file)));
        }
        Form form = new Form(List.of(
                new Part("definition", null, new Bytes("application/json", definition.of(request))),
                new Part("audio", "recording", new FileContent("application/octet-stream", file))));
        ProviderCall call = ProviderCall.post(settings.at(API + version()), headers(attempt.credential()), form);
        JsonNode answer = calls.send(call, attempt.patience());
        Heard heard = new AzureAnswer(calls)
                .heard(settings.name(), attempt.model(), definition.usualLocale(request.language()), answer);
        listening.progress().accept(heard.duration());
        return heard;
    }

    private String version() {
        return settings.option("api-version", VERSION);
    }

    private static Map<String, String> headers(Credential credential) {
        return Map.of("Ocp-Apim-Subscription-Key", credential.secret(), "Accept", "application/json");
    }
}
