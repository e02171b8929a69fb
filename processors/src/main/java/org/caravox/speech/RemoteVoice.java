package org.caravox.speech;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.caravox.providers.Attempt;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderCall.Bytes;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;

/**
 * What the voices that are reached over HTTP have in common: settings, names of voices, and texts that are cut where one
 * call takes no more. Options that all of them know: {@code voice}, {@code voices.<name>}, {@code characters} in a call.
 */
public abstract class RemoteVoice implements Voice {

    private final RemoteSettings settings;
    private final VoiceNames voices;
    private final int characters;
    private final ObjectMapper json;
    private final AudioOverHttp audio;

    /**
     * A voice.
     *
     * @param names      what its vendor's names of voices look like
     * @param characters how many one call takes as a rule; the option of that name overrides it
     */
    protected RemoteVoice(
            RemoteSettings settings, Pattern names, int characters, ProviderHttp http, ObjectMapper json, Clock clock) {
        this.settings = settings;
        this.voices = VoiceNames.of(settings.name(), settings.options(), names);
        this.characters = Integer.parseInt(settings.option("characters", Integer.toString(characters)));
        this.json = json;
        this.audio = new AudioOverHttp(settings.name(), http, json, clock);
        if (this.characters < 2) {
            throw new IllegalArgumentException("caravox.speech.providers." + settings.name()
                    + ".options.characters must be at least 2, was " + this.characters);
        }
    }

    /** The call that has one part of a request's text spoken. */
    protected abstract ProviderCall call(SpeechRequest request, Attempt attempt, AudioFormat format, String part);

    /** How many characters of this request one call takes. */
    protected int characters(SpeechRequest request) {
        return characters;
    }

    @Override
    public final String provider() {
        return settings.name();
    }

    @Override
    public final Models models() {
        return settings.models();
    }

    @Override
    public Optional<String> refuses(SpeechRequest request) {
        return settings.refusesLanguage(request.language());
    }

    @Override
    public Set<String> cannot(SpeechRequest request) {
        Set<String> cannot = new HashSet<>();
        if (!voices.know(request)) {
            cannot.add("voice");
        }
        return cannot;
    }

    /** Coded audio of several calls cannot be joined: then it comes as PCM. */
    @Override
    public final Spoken speak(SpeechRequest request, Attempt attempt) throws IOException {
        List<String> parts = TextParts.of(request.text(), characters(request));
        AudioFormat wanted = request.format();
        AudioFormat format = parts.size() == 1 || wanted.encoding().isPcm()
                ? wanted
                : delivers(AudioFormat.pcm(wanted.sampleRateHz()));
        return audio.speak(attempt, format, parts, part -> call(request, attempt, format, part));
    }

    protected final RemoteSettings settings() {
        return settings;
    }

    /** The provider's own name of the voice that speaks. */
    protected final String voice(SpeechRequest request) {
        return voices.of(request);
    }

    /** The model that a request comes to, unless the chain has another name for it. */
    protected final String model(SpeechRequest request) {
        String model = request.model();
        return model == null ? settings.models().usual() : model;
    }

    protected final ObjectMapper json() {
        return json;
    }

    protected final Bytes jsonBody(JsonNode body) {
        try {
            return new Bytes("application/json", json.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
