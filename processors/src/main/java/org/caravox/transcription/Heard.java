package org.caravox.transcription;

import java.time.Duration;
import java.util.List;

/**
 * A provider's answer.
 *
 * @param provider   who heard it
 * @param model      with what
 * @param language   BCP 47 tag of the language
 * @param duration   of the audio that was heard
 * @param channels   how many channels the recording had
 * @param utterances what was said, in any order
 */
public record Heard(
        String provider, String model, String language, Duration duration, int channels, List<Utterance> utterances) {}
