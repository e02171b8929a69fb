package org.caravox.transcription.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
 * OpenAI's transcription and whatever speaks the same: {@code POST /audio/transcriptions}
 * (platform.openai.com/docs/api-reference/audio/createTranscription). It mixes all channels into one. Models whose name
 * matches the option {@code verbose-models} tell words and times; the others tell the text alone.
 */
public final class OpenAiTranscriber implements Transcriber {

    private static final Set<Option> HONOURED =
            Set.of(Option.DETECT_LANGUAGE, Option.PROMPT, Option.PUNCTUATE, Option.TEMPERATURE, Option.UTTERANCES);
    private static final String MOST_BYTES = String.valueOf(25 * 1024 * 1024);
    private static final String TEXT = "text/plain; charset=utf-8";

    private final RemoteSettings settings;
    private final JsonCalls calls;
    private final long mostBytes;
    private final List<String> verboseModels;

    /** Its settings may have the options {@code verbose-models} and {@code max-bytes}. */
    public OpenAiTranscriber(RemoteSettings settings, ProviderHttp http, ObjectMapper json, Clock clock) {
        this.settings = settings;
        this.calls = new JsonCalls(settings.name(), http, json, clock);
        this.mostBytes = Long.parseLong(settings.option("max-bytes", MOST_BYTES));
        this.verboseModels = Arrays.stream(
                        settings.option("verbose-models", "whisper-1,*whisper*").split(","))
                .map(String::strip)
                .toList();
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

    /** It finds a language out among all that it knows, not among some. */
    @Override
    public Set<String> cannot(TranscriptionRequest request) {
        Set<String> cannot = new HashSet<>(Transcriber.super.cannot(request));
        if (request.options().all(Option.DETECT_LANGUAGE).stream().anyMatch(value -> !value.equals("true"))) {
            cannot.add(Option.DETECT_LANGUAGE.word());
        }
        return Set.copyOf(cannot);
    }

    @Override
    public Optional<String> refuses(TranscriptionRequest request) {
        AudioInfo audio = request.audio();
        if (audio != null && audio.sampleBytes().orElse(0) > mostBytes) {
            return Optional.of(tooLarge(audio.sampleBytes().getAsLong()));
        }
        return settings.refusesLanguage(request.language());
    }

    private String tooLarge(long bytes) {
        return "provider " + settings.name() + " takes recordings of up to " + mostBytes + " bytes, this one has "
                + bytes;
    }

    @Override
    public Optional<ProviderCall> probe(Credential credential) {
        return Optional.of(ProviderCall.get(settings.at("/models"), headers(credential)));
    }

    @Override
    public Heard transcribe(
            TranscriptionRequest request, RecordingSource recording, Listening listening, Attempt attempt)
            throws IOException, InterruptedException {
        ProviderCall call = ProviderCall.post(
                settings.at("/audio/transcriptions"),
                headers(attempt.credential()),
                new Form(parts(request, file(recording.file()), attempt.model())));
        JsonNode answer = calls.send(call, attempt.patience());
        OpenAiAnswer read = new OpenAiAnswer(calls, answer);
        Duration duration = read.duration().isPresent() ? read.duration().get() : measured(recording);
        Heard heard = new Heard(
                settings.name(), attempt.model(), read.language(request), duration, 1, read.utterances(duration));
        listening.progress().accept(duration);
        return heard;
    }

    /** What the recording says of itself, for models that tell no length. */
    private static Duration measured(RecordingSource recording) throws IOException, InterruptedException {
        Duration duration = recording.recording().info().duration();
        return duration == null ? Duration.ZERO : duration;
    }

    private Part file(Path file) throws IOException {
        long bytes = Files.size(file);
        if (bytes > mostBytes) {
            throw new ProviderRejected(settings.name(), tooLarge(bytes));
        }
        FileKind kind = FileKind.of(file)
                .orElseThrow(() -> new ProviderRejected(
                        settings.name(),
                        "takes recordings as flac, mp3, mp4, m4a, ogg, wav or webm, and this is none of them"));
        return new Part("file", "recording." + kind.extension(), new FileContent(kind.contentType(), file));
    }

    private List<Part> parts(TranscriptionRequest request, Part file, String model) {
        List<Part> parts = new ArrayList<>();
        add(parts, "model", model);
        String language = request.language();
        if (language != null && !request.options().has(Option.DETECT_LANGUAGE)) {
            add(parts, "language", language.split("[-_]", 2)[0]);
        }
        request.options().one(Option.PROMPT).ifPresent(prompt -> add(parts, "prompt", prompt));
        request.options().one(Option.TEMPERATURE).ifPresent(degree -> add(parts, "temperature", degree));
        if (isVerbose(model)) {
            add(parts, "response_format", "verbose_json");
            add(parts, "timestamp_granularities[]", "word");
            add(parts, "timestamp_granularities[]", "segment");
        } else {
            add(parts, "response_format", "json");
        }
        parts.add(file);
        return parts;
    }

    private static void add(List<Part> parts, String name, String value) {
        parts.add(new Part(name, null, new Bytes(TEXT, value.getBytes(StandardCharsets.UTF_8))));
    }

    private boolean isVerbose(String model) {
        return verboseModels.stream().anyMatch(pattern -> matches(pattern, model));
    }

    /** A name, in which a star stands for anything. */
    private static boolean matches(String pattern, String model) {
        return model.matches("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E");
    }

    private static Map<String, String> headers(Credential credential) {
        return Map.of("Authorization", "Bearer " + credential.secret(), "Accept", "application/json");
    }
}
