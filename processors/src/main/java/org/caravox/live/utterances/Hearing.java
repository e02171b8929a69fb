package org.caravox.live.utterances;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.caravox.audio.AudioInfo;
import org.caravox.audio.RawAudio;
import org.caravox.audio.Recording;
import org.caravox.live.Phrase;
import org.caravox.live.utterances.Splitter.Piece;
import org.caravox.providers.Attempt;
import org.caravox.providers.Chain;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Listening;
import org.caravox.transcription.RecordingSource;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.TranscriptionRequest;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;

/** Has one provider hear the utterances of one stream; each call blocks, and several may be under way. */
final class Hearing {

    /** With the longest utterance it is less than the audio that a session keeps. */
    private static final Duration WITHIN = Duration.ofSeconds(12);

    private final Transcriber transcriber;
    private final TranscriptionRequest request;
    private final Attempt attempt;
    private final Path folder;
    private final Clock clock;
    private final HangUp hangUp = new HangUp();

    Hearing(Transcriber transcriber, TranscriptionRequest request, Attempt attempt, Path folder, Clock clock) {
        this.transcriber = transcriber;
        this.request = request;
        this.attempt = attempt;
        this.folder = folder;
        this.clock = clock;
    }

    /** Cuts the calls that are under way. */
    void callOff() {
        hangUp.hangUp();
    }

    /** For an utterance that nobody can be found to send. */
    ProviderFailure noRoom() {
        return new ProviderBusy(
                transcriber.provider(), Cause.NO_CAPACITY, "too many utterances are being sent at once", null, null);
    }

    /**
     * Hears one.
     *
     * @throws ProviderFailure when it cannot, whatever the reason is
     */
    Phrase hear(int channel, Piece piece, int sampleRateHz) {
        Patience patience = new Patience(Deadline.in(WITHIN, clock), hangUp);
        try {
            return heard(channel, piece, sampleRateHz, patience);
        } catch (Refusal e) {
            throw patience.over()
                    ? new ProviderBusy(transcriber.provider(), Cause.TIMEOUT, "did not answer in time", null, null)
                    : new ProviderRejected(transcriber.provider(), String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            throw Chain.failure(transcriber.provider(), e, patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProviderBusy(transcriber.provider(), Cause.BROKEN_OFF, "was called off", null, null);
        }
    }

    private Phrase heard(int channel, Piece piece, int sampleRateHz, Patience patience)
            throws IOException, InterruptedException {
        Path file = Files.createTempFile(folder, "utterance-", ".wav");
        try {
            write(piece, sampleRateHz, file);
            AudioInfo info = new AudioInfo(
                    "wav", "pcm_s16le", sampleRateHz, 1, Duration.ofMillis(Math.round(piece.seconds() * 1000)), true);
            Attempt own = new Attempt(attempt.model(), attempt.credential(), patience, true);
            return phrase(
                    channel,
                    piece,
                    transcriber
                            .transcribe(
                                    request.withAudio(info),
                                    new Spoken(new Recording(file, info)),
                                    Listening.forCaller(patience),
                                    own)
                            .utterances());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void write(Piece piece, int sampleRateHz, Path file) throws IOException {
        RawAudio form = new RawAudio(RawAudio.Encoding.LINEAR16, sampleRateHz, 1);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(form.wavHeader(piece.pcm().length));
            out.write(piece.pcm());
        }
    }

    private static Phrase phrase(int channel, Piece piece, List<Utterance> utterances) {
        List<Word> words = utterances.stream()
                .flatMap(utterance -> utterance.words().stream())
                .toList();
        String text = utterances.stream()
                .map(utterance -> utterance.transcript().strip())
                .filter(said -> !said.isEmpty())
                .collect(Collectors.joining(" "));
        return new Phrase(channel, 0, piece.seconds(), text, null, words, true, piece.endpoint(), piece.asked())
                .later(piece.start());
    }

    /** An utterance on this hub's disk. */
    private record Spoken(Recording recording) implements RecordingSource {

        @Override
        public Optional<URI> url() {
            return Optional.empty();
        }

        @Override
        public Path file() {
            return recording.file();
        }
    }
}
