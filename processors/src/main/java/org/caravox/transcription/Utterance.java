package org.caravox.transcription;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one speaker said between two pauses.
 *
 * @param channel    the channel it was heard on, from 0
 * @param start      seconds from the start of the recording
 * @param end        seconds from the start of the recording
 * @param transcript its words, joined
 * @param speaker    from 0, who said it; null without diarization
 * @param words      its words; none where the provider does not tell them apart
 */
public record Utterance(
        int channel, double start, double end, String transcript, @Nullable Integer speaker, List<Word> words) {

    /** One whose speaker is not told apart. */
    public Utterance(int channel, double start, double end, String transcript, List<Word> words) {
        this(channel, start, end, transcript, null, words);
    }

    public Utterance {
        words = List.copyOf(words);
    }
}
