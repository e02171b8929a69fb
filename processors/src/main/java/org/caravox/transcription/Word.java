package org.caravox.transcription;

/**
 * A word that was heard.
 *
 * @param word       as the provider spells it
 * @param start      seconds from the start of the recording
 * @param end        seconds from the start of the recording
 * @param confidence 0 to 1
 */
public record Word(String word, double start, double end, double confidence) {}
