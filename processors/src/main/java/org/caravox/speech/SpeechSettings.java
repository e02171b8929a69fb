package org.caravox.speech;

/**
 * What is set for speech as a whole.
 *
 * @param mostCharacters how long a text may be, at least 1
 * @param edition        changes when the settings of a provider do: what was spoken before is then spoken anew
 */
public record SpeechSettings(int mostCharacters, String edition) {

    public SpeechSettings {
        if (mostCharacters < 1) {
            throw new IllegalArgumentException(
                    "caravox.speech-max-characters must be at least 1, was " + mostCharacters);
        }
    }
}
