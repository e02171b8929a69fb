package org.caravox.batches;

import org.caravox.transcription.TranscriptionRequest;
import org.jspecify.annotations.Nullable;

/** One line of a list of items that was sent. */
public sealed interface Line {

    /** Its number in the list, from 1. */
    int number();

    /**
     * One that can become a job.
     *
     * @param item    what the batch is to call it
     * @param request what is to be done
     */
    record Item(int number, String item, TranscriptionRequest request) implements Line {}

    /**
     * One that cannot.
     *
     * @param item  what it is called; null when that cannot be read
     * @param error why, in a sentence
     */
    record Refused(int number, @Nullable String item, String error) implements Line {}
}
