package org.caravox.transcription;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.caravox.providers.Attempt;
import org.caravox.providers.Models;

/**
 * Plays a provider of transcripts of recordings that takes everything.
 *
 * @param provider what it is called
 * @param ear      hears for it
 */
public record PlayedTranscriber(String provider, Ear ear) implements Transcriber {

    /** Hears what a test wants heard. */
    @FunctionalInterface
    public interface Ear {

        /** The one utterance of a WAV file. */
        Utterance hear(Path recording) throws IOException, InterruptedException;
    }

    @Override
    public Models models() {
        return Models.of("m");
    }

    @Override
    public Optional<String> refuses(TranscriptionRequest request) {
        return Optional.empty();
    }

    @Override
    public Set<Option> honours() {
        return Set.of();
    }

    @Override
    public Heard transcribe(
            TranscriptionRequest request, RecordingSource recording, Listening listening, Attempt attempt)
            throws IOException, InterruptedException {
        return new Heard(provider, "m", "en", Duration.ZERO, 1, List.of(ear.hear(recording.file())));
    }
}
