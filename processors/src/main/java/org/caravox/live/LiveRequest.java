package org.caravox.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.caravox.audio.RawAudio;
import org.caravox.providers.Request;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Options;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a live stream, once its door has read it.
 *
 * @param id           names the session and its transcript
 * @param tenant       whose it is
 * @param keyId        the API key that opened it: a stream ends when its key is revoked; null of a telephone call
 * @param userId       the tenant's own user, as the tenant names it
 * @param door         where it came in: {@code stream}, {@code deepgram}, {@code twilio} ...
 * @param audio        the form in which its audio reaches the session
 * @param language     BCP 47 tag of the language spoken; null is the provider's own
 * @param model        the provider's model; null is its default
 * @param provider     the provider; null is the chain's choice
 * @param options      what is wished beyond the words
 * @param interim      whether words are wished before they are settled
 * @param endpointing  how long a pause ends an utterance; null is the provider's own; zero is never
 * @param utteranceEnd how long a gap between words is told as the end of an utterance, 1 s or more; null is never
 * @param speechStarts whether the beginning of speech is told
 * @param recorded     whether the audio is kept; null is as the tenant has it
 * @param metadata     the caller's own JSON, kept with the transcript
 * @param receivedAt   when it was opened
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LiveRequest(
        UUID id,
        String tenant,
        @Nullable UUID keyId,
        String userId,
        String door,
        RawAudio audio,
        @Nullable String language,
        @Nullable String model,
        @Nullable String provider,
        Options options,
        boolean interim,
        @Nullable Duration endpointing,
        @Nullable Duration utteranceEnd,
        boolean speechStarts,
        @Nullable Boolean recorded,
        @Nullable JsonNode metadata,
        Instant receivedAt)
        implements Request {

    /** Refuses what PostgreSQL does not keep. */
    public LiveRequest {
        storable("userId", userId);
        storable("language", language);
        storable("model", model);
        storable("provider", provider);
    }

    private static void storable(String name, @Nullable String value) {
        if (value != null && value.indexOf(0) >= 0) {
            throw Refusal.invalid(name + " holds a NUL character");
        }
    }

    /** The same for another provider, model or language: what the route of opened streams has chosen. */
    public LiveRequest choosing(
            @Nullable String otherProvider, @Nullable String otherModel, @Nullable String otherLanguage) {
        return new LiveRequest(
                id,
                tenant,
                keyId,
                userId,
                door,
                audio,
                otherLanguage,
                otherModel,
                otherProvider,
                options,
                interim,
                endpointing,
                utteranceEnd,
                speechStarts,
                recorded,
                metadata,
                receivedAt);
    }
}
