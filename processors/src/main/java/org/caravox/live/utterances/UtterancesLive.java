package org.caravox.live.utterances;

import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.caravox.live.LiveEar;
import org.caravox.live.LiveLeg;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveTranscriber;
import org.caravox.providers.Attempt;
import org.caravox.providers.Credential;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderCall;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.TranscriptionRequest;

/**
 * Has a provider of transcripts of recordings hear a stream: what is said is cut at its pauses, and each utterance is a
 * recording. There are no interim words.
 */
public final class UtterancesLive implements LiveTranscriber {

    /** Each channel is sent by itself, an utterance at a time. */
    private static final Set<Option> ANYWAY = EnumSet.of(Option.MULTICHANNEL, Option.UTTERANCES);

    private final Transcriber transcriber;
    private final Path folder;
    private final Executor background;
    private final Clock clock;

    /**
     * Makes one.
     *
     * @param folder     where utterances lie while they are sent
     * @param background threads that may wait; bounded, and they refuse what is too much
     */
    public UtterancesLive(Transcriber transcriber, Path folder, Executor background, Clock clock) {
        this.transcriber = transcriber;
        this.folder = folder;
        this.background = background;
        this.clock = clock;
    }

    @Override
    public String provider() {
        return transcriber.provider();
    }

    @Override
    public Models models() {
        return transcriber.models();
    }

    @Override
    public boolean needsCredential() {
        return transcriber.needsCredential();
    }

    @Override
    public Set<Option> honours() {
        Set<Option> honours = EnumSet.copyOf(ANYWAY);
        honours.addAll(transcriber.honours());
        return honours;
    }

    @Override
    public Set<String> cannot(LiveRequest request) {
        return transcriber.cannot(recording(request));
    }

    @Override
    public Optional<String> refuses(LiveRequest request) {
        return transcriber.refuses(recording(request));
    }

    @Override
    public Optional<ProviderCall> probe(Credential credential) {
        return transcriber.probe(credential);
    }

    /** Some do and some do not. */
    @Override
    public boolean tellsWords() {
        return false;
    }

    @Override
    public LiveLeg open(LiveRequest request, Attempt attempt, LiveEar ear, ScheduledExecutorService loop) {
        Hearing hearing = new Hearing(transcriber, recording(request), attempt, folder, clock);
        return new UtterancesLeg(request, hearing, background, ear, loop);
    }

    private static TranscriptionRequest recording(LiveRequest request) {
        Options options = request.options().without(ANYWAY);
        return new TranscriptionRequest(
                request.id(),
                request.tenant(),
                request.userId(),
                null,
                null,
                null,
                null,
                request.language(),
                request.model(),
                request.provider(),
                options,
                TranscriptionRequest.NORMAL_PRIORITY,
                null,
                null,
                request.receivedAt());
    }
}
