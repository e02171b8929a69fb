package org.caravox.speech;

import java.io.IOException;
import org.caravox.providers.Attempt;
import org.caravox.providers.Provider;

/** A text-to-speech provider. */
public interface Voice extends Provider<SpeechRequest> {

    /**
     * The form in which it would deliver when {@code wanted} is asked for: that very form where it can, else bare 16-bit
     * PCM at the rate nearest to it that loses nothing; the hub turns one into the other.
     */
    AudioFormat delivers(AudioFormat wanted);

    /**
     * Speaks; returns with the first bytes at hand, so that until then others may be asked.
     *
     * @param request its format is one that {@link #delivers} named
     * @throws org.caravox.providers.ProviderFailure when the provider cannot answer
     * @throws IOException                           when it cannot be reached or breaks off
     */
    Spoken speak(SpeechRequest request, Attempt attempt) throws IOException, InterruptedException;
}
