package org.caravox.transcription;

import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;
import org.caravox.providers.Attempt;
import org.caravox.providers.Provider;

/** A speech-to-text provider. */
public interface Transcriber extends Provider<TranscriptionRequest> {

    /** The options that it honours. */
    Set<Option> honours();

    @Override
    default Set<String> cannot(TranscriptionRequest request) {
        return request.options().wished().stream()
                .filter(option -> option != Option.CACHE && !honours().contains(option))
                .map(Option::word)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Transcribes each channel of a recording. Interrupting the thread stops it.
     *
     * @param listening the circumstances; its patience is this attempt's
     * @throws org.caravox.providers.ProviderFailure when the provider is at fault
     * @throws org.caravox.requests.Refusal          when the recording is
     * @throws IOException                           when the provider cannot be reached or breaks off
     * @throws InterruptedException                  when the work was called off
     */
    Heard transcribe(TranscriptionRequest request, RecordingSource recording, Listening listening, Attempt attempt)
            throws IOException, InterruptedException;
}
