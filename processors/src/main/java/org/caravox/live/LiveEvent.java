package org.caravox.live;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What a session tells its client, in JSON where it is handed over. Times are seconds from the beginning of the stream. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "heard", value = LiveEvent.Heard.class),
    @JsonSubTypes.Type(name = "speech-started", value = LiveEvent.SpeechStarted.class),
    @JsonSubTypes.Type(name = "utterance-end", value = LiveEvent.UtteranceEnd.class),
    @JsonSubTypes.Type(name = "provider-changed", value = LiveEvent.ProviderChanged.class)
})
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
