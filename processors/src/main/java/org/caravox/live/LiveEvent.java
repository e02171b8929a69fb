package org.caravox.live;

/** What a session tells its client. Times are seconds from the beginning of the stream. */
public sealed interface LiveEvent {

    /** Words, or a stretch without any. */
    record Heard(Phrase phrase, int channels, String provider, String model) implements LiveEvent {}

    /** Somebody began to speak. */
    record SpeechStarted(int channel, int channels, double at) implements LiveEvent {}

    /** Nobody has spoken for the time that was asked for. */
    record UtteranceEnd(int channel, int channels, double lastWordEnd) implements LiveEvent {}

    /** Another provider listens from here on; no word is lost. */
    record ProviderChanged(String from, String to, double at) implements LiveEvent {}
}
