package org.caravox.speech;

import java.io.IOException;
import org.caravox.providers.Attempt;
import org.caravox.providers.Provider;

/** A text-to-speech provider. */
public interface Voice extends Provider<SpeechRequest> {

    /**
     * The form in which it would deliver when {@code wanted} is asked for: that very form where it can, else bare 16-bit
     * PCM at the rate nearest to it that loses nothing; the hub turns one into the other.
     *
     * @param wanted never in a WAV container: the hub adds that
     */
    AudioFormat delivers(AudioFormat wanted);

    /**
     * Speaks; returns with the first bytes at hand, so that until then others may be asked.
     *
     * @param request its format is one that {@link #delivers} named
     * @return in that format, or in bare 16-bit PCM where it cannot be had for this text
     * @throws org.caravox.providers.ProviderFailure when the provider cannot answer
     * @throws IOException                           when it cannot be reached or breaks off
     */
    Spoken speak(SpeechRequest request, Attempt attempt) throws IOException, InterruptedException;
}
