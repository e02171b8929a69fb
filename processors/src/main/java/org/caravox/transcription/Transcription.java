package org.caravox.transcription;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.caravox.providers.Answered;
import org.caravox.providers.Chain;
import org.caravox.providers.NobodyAnswered;
import org.caravox.requests.Refusal;
import org.caravox.usage.Assumed;
import org.caravox.usage.Consumed;
import org.caravox.usage.Meter;
import org.caravox.usage.Metered;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the chain of speech-to-text providers transcribe the recording of a request. */
public final class Transcription {

    private static final Logger log = LoggerFactory.getLogger(Transcription.class);

    private final Chain<TranscriptionRequest, Transcriber> chain;
    private final TranscriptCache cache;
    private final Meter meter;
    private final Clock clock;

    public Transcription(
            Chain<TranscriptionRequest, Transcriber> chain, TranscriptCache cache, Meter meter, Clock clock) {
        this.chain = chain;
        this.cache = cache;
        this.meter = meter;
        this.clock = clock;
    }

    /** The chain, for those who list its models. */
    public Chain<TranscriptionRequest, Transcriber> chain() {
        return chain;
    }

    /**
     * Whether anybody can do what a request asks, before its recording is looked at.
     *
     * @throws Refusal INVALID, saying what there is
     */
    public void check(TranscriptionRequest request) {
        chain.check(request);
    }

    /**
     * Whether anybody who may be asked honours an option that a request wishes.
     *
     * @throws Refusal INVALID when nobody can do what it asks, saying what there is
     */
    public boolean honours(TranscriptionRequest request, Option option) {
        return chain.honours(request, option.word());
    }

    /**
     * Transcribes a recording. Its usage is recorded with the transcript.
     *
     * @throws NobodyAnswered       when all providers failed
     * @throws Refusal              when the recording is at fault, or over the tenant's budget
     * @throws InterruptedException when the work was called off
     */
    public Transcript transcribe(
            @Body TranscriptionRequest request,
            @ExchangeProperty("recording") RecordingSource recording,
            @ExchangeProperty("listening") Listening listening)
            throws InterruptedException {
        Optional<byte[]> key = cache.key(request, recording);
        Optional<Transcript> known = key.flatMap(of -> cache.find(request.tenant(), of));
        if (known.isPresent()) {
            log.info("transcription.cached request={} tenant={}", request.id(), request.tenant());
            return known.get().again(request, listening.mode(), clock.instant());
        }
        Transcript transcript = measured(request, recording, listening);
        key.ifPresent(of -> cache.keep(request.tenant(), of, transcript));
        return transcript;
    }

    private Transcript measured(TranscriptionRequest request, RecordingSource recording, Listening listening)
            throws InterruptedException {
        Metered metered =
                meter.begin(chain, request, listening.patience(), assumed -> Consumed.audio(length(request, assumed)));
        try {
            return ask(request, recording, listening);
        } catch (RuntimeException | InterruptedException e) {
            metered.release();
            throw e;
        }
    }

    private static Duration length(TranscriptionRequest request, Assumed assumed) {
        Duration known = request.audio() == null ? null : request.audio().duration();
        Duration said = known != null ? known : request.audioDuration();
        return said != null ? said : assumed.audio();
    }

    private Transcript ask(TranscriptionRequest request, RecordingSource recording, Listening listening)
            throws InterruptedException {
        Answered<Heard> answered = chain.ask(
                request,
                listening.patience(),
                (provider, attempt) ->
                        provider.transcribe(request, recording, listening.with(attempt.patience()), attempt));
        Heard heard = answered.value();
        Transcript transcript = Transcript.of(request, listening.mode(), heard, answered.warnings(), clock.instant());
        log.info(
                "transcription.heard request={} tenant={} provider={} model={} audio_seconds={} channels={} attempts={}",
                request.id(),
                request.tenant(),
                heard.provider(),
                heard.model(),
                transcript.duration(),
                heard.channels(),
                answered.attempts());
        return transcript;
    }
}
