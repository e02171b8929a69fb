package org.caravox.transcription;

import java.util.List;

/**
 * What one speaker said between two pauses.
 *
 * @param channel    the channel it was heard on, from 0
 * @param start      seconds from the start of the recording
 * @param end        seconds from the start of the recording
 * @param transcript its words, joined
 * @param words      its words, at least one
 */
public record Utterance(int channel, double start, double end, String transcript, List<Word> words) {

    public Utterance {
        words = List.copyOf(words);
    }
}
