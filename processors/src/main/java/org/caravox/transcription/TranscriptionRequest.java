package org.caravox.transcription;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.caravox.audio.AudioInfo;
import org.caravox.providers.Request;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for, once its door has read it.
 *
 * @param id            names the request, its job and its transcript
 * @param tenant        whose request it is
 * @param userId        the tenant's own user, as the tenant names it
 * @param audioUrl      where the recording is to be fetched; null when it was uploaded
 * @param audio         what the uploaded recording is; null when it is to be fetched, or was not examined
 * @param mode          the mode that was asked for; null leaves it to the length
 * @param audioDuration how long the caller says the recording is, or how long an upload was measured to be; null when
 *                      nobody knows
 * @param language      BCP 47 tag of the language spoken; null is the provider's own
 * @param model         the provider's model; null is its default
 * @param provider      the provider; null is the chain's choice
 * @param options       what is wished beyond the words
 * @param priority      0 to 9, higher first
 * @param webhookUrl    where the end of the job is told; null is nowhere
 * @param metadata      the caller's own JSON, kept with the transcript
 * @param receivedAt    when it came in
 * @param door          what the door keeps that tells the end of a job in its own form; null for the hub's own form
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TranscriptionRequest(
        UUID id,
        String tenant,
        String userId,
        @Nullable URI audioUrl,
        @Nullable AudioInfo audio,
        @Nullable Mode mode,
        @Nullable Duration audioDuration,
        @Nullable String language,
        @Nullable String model,
        @Nullable String provider,
        Options options,
        int priority,
        @Nullable URI webhookUrl,
        @Nullable JsonNode metadata,
        Instant receivedAt,
        @Nullable DoorNotes door)
        implements Request {

    /** The priority of a request that names none. */
    public static final int NORMAL_PRIORITY = 5;

    /** One that came in at the hub's own door. */
    public TranscriptionRequest(
            UUID id,
            String tenant,
            String userId,
            @Nullable URI audioUrl,
            @Nullable AudioInfo audio,
            @Nullable Mode mode,
            @Nullable Duration audioDuration,
            @Nullable String language,
            @Nullable String model,
            @Nullable String provider,
            Options options,
            int priority,
            @Nullable URI webhookUrl,
            @Nullable JsonNode metadata,
            Instant receivedAt) {
        this(
                id,
                tenant,
                userId,
                audioUrl,
                audio,
                mode,
                audioDuration,
                language,
                model,
                provider,
                options,
                priority,
                webhookUrl,
                metadata,
                receivedAt,
                null);
    }

    public TranscriptionRequest {
        options = options == null ? Options.NONE : options; // jobs of before there were any
    }

    /** The same request under another id. */
    public TranscriptionRequest withId(UUID other) {
        return new TranscriptionRequest(
                other,
                tenant,
                userId,
                audioUrl,
                audio,
                mode,
                audioDuration,
                language,
                model,
                provider,
                options,
                priority,
                webhookUrl,
                metadata,
                receivedAt,
                door);
    }

    /** The same request, its recording examined. */
    public TranscriptionRequest withAudio(AudioInfo examined) {
        return new TranscriptionRequest(
                id,
                tenant,
                userId,
                audioUrl,
                examined,
                mode,
                audioDuration != null ? audioDuration : examined.duration(),
                language,
                model,
                provider,
                options,
                priority,
                webhookUrl,
                metadata,
                receivedAt,
                door);
    }

    /**
     * The same request, asked of one provider or model.
     *
     * @param otherProvider the only one that may answer; blank leaves it as it is
     * @param otherModel    blank leaves it as it is
     */
    public TranscriptionRequest asking(String otherProvider, String otherModel) {
        return new TranscriptionRequest(
                id,
                tenant,
                userId,
                audioUrl,
                audio,
                mode,
                audioDuration,
                language,
                otherModel.isBlank() ? model : otherModel,
                otherProvider.isBlank() ? provider : otherProvider,
                options,
                priority,
                webhookUrl,
                metadata,
                receivedAt,
                door);
    }

    /** The same request, whose end is told in a door's own form. */
    public TranscriptionRequest withDoor(DoorNotes notes) {
        return new TranscriptionRequest(
                id,
                tenant,
                userId,
                audioUrl,
                audio,
                mode,
                audioDuration,
                language,
                model,
                provider,
                options,
                priority,
                webhookUrl,
                metadata,
                receivedAt,
                notes);
    }

    /** Whether the recording is on this hub's disk already. */
    public boolean uploaded() {
        return audioUrl == null;
    }
}
