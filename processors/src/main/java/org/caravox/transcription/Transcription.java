package org.caravox.transcription;

import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.caravox.audio.Recording;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the provider for a request and has it transcribe the recording. */
public final class Transcription {

    private static final Logger log = LoggerFactory.getLogger(Transcription.class);

    private final Map<String, Transcriber> transcribers = new LinkedHashMap<>();
    private final Clock clock;

    /** @param transcribers in the order in which they are asked; the first is the default */
    public Transcription(List<Transcriber> transcribers, Clock clock) {
        if (transcribers.isEmpty()) {
            throw new IllegalArgumentException("no speech-to-text provider is configured");
        }
        transcribers.forEach(transcriber -> this.transcribers.put(transcriber.provider(), transcriber));
        this.clock = clock;
    }

    /**
     * Whether a provider can do what a request asks, before its recording is looked at.
     *
     * @throws Refusal INVALID, saying what there is
     */
    public void check(@Nullable String provider, @Nullable String model, @Nullable String language) {
        transcriber(provider).check(model, language);
    }

    /**
     * Transcribes a recording.
     *
     * @throws ProviderFailure      when the provider is at fault
     * @throws Refusal              when the recording is
     * @throws InterruptedException when the work was called off
     */
    public Transcript transcribe(
            @Body TranscriptionRequest request,
            @ExchangeProperty("recording") Recording recording,
            @ExchangeProperty("listening") Listening listening)
            throws IOException, InterruptedException {
        Heard heard = transcriber(request.provider()).transcribe(recording, request, listening);
        Transcript transcript = Transcript.of(request, listening.mode(), heard, clock.instant());
        log.info(
                "transcription.heard request={} tenant={} provider={} model={} audio_seconds={} channels={}",
                request.id(),
                request.tenant(),
                heard.provider(),
                heard.model(),
                transcript.duration(),
                heard.channels());
        return transcript;
    }

    private Transcriber transcriber(@Nullable String provider) {
        if (provider == null) {
            return transcribers.values().iterator().next();
        }
        Transcriber transcriber = transcribers.get(provider);
        if (transcriber == null) {
            throw Refusal.invalid(
                    "provider \"" + provider + "\" is not known: use " + String.join(", ", transcribers.keySet()));
        }
        return transcriber;
    }
}
