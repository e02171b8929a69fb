package org.caravox.transcription;

import java.time.Clock;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.caravox.providers.Answered;
import org.caravox.providers.Chain;
import org.caravox.providers.NobodyAnswered;
import org.caravox.requests.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the chain of speech-to-text providers transcribe the recording of a request. */
public final class Transcription {

    private static final Logger log = LoggerFactory.getLogger(Transcription.class);

    private final Chain<TranscriptionRequest, Transcriber> chain;
    private final Clock clock;

    public Transcription(Chain<TranscriptionRequest, Transcriber> chain, Clock clock) {
        this.chain = chain;
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
     * Transcribes a recording.
     *
     * @throws NobodyAnswered       when all providers failed
     * @throws Refusal              when the recording is at fault
     * @throws InterruptedException when the work was called off
     */
    public Transcript transcribe(
            @Body TranscriptionRequest request,
            @ExchangeProperty("recording") RecordingSource recording,
            @ExchangeProperty("listening") Listening listening)
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
