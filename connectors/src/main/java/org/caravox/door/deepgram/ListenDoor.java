package org.caravox.door.deepgram;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.caravox.audio.RawAudio;
import org.caravox.door.Told;
import org.caravox.door.Warnings;
import org.caravox.door.live.LiveDoor;
import org.caravox.door.live.LiveKnock;
import org.caravox.door.live.LiveOpener;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSession;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;

/** {@code /v1/listen} as a WebSocket: Deepgram's live protocol, as its AsyncAPI document describes it. */
public final class ListenDoor implements LiveDoor {

    private static final String PATH = "/v1/listen";
    private static final String FLUX_PATH = "/v2/listen";

    private final LiveOpener opener;
    private final ObjectMapper json;
    private final Clock clock;

    public ListenDoor(LiveOpener opener, ObjectMapper json, Clock clock) {
        this.opener = opener;
        this.json = json;
        this.clock = clock;
    }

    @Override
    public boolean takes(String path) {
        return path.equals(PATH) || path.equals(FLUX_PATH);
    }

    @Override
    public Opened open(LiveKnock knock) throws InterruptedException {
        Caller caller = knock.caller();
        if (knock.path().equals(FLUX_PATH)) {
            throw new Refusal(
                    Refusal.Reason.NOT_FOUND, "Flux (/v2/listen) is not offered by this hub: use " + PATH + " instead");
        }
        ListenLiveOptions wished = ListenLiveOptions.of(knock.http().getParameterMap());
        LiveRequest request = request(knock, caller, wished);
        LiveSession session = opener.open(request, knock.loop(), false);
        Map<String, String> headers =
                new HashMap<>(Map.of(ListenAnswers.REQUEST_ID, knock.id().toString()));
        if (!wished.listen().warnings().isEmpty()) {
            headers.put(Warnings.HEADER, Warnings.line(wished.listen().warnings()));
        }
        return new Opened(new ListenCodec(session, wished.sent().intake(), json), knock.loop(), headers);
    }

    private LiveRequest request(LiveKnock knock, Caller caller, ListenLiveOptions wished) {
        RawAudio audio = wished.sent().heard();
        ListenOptions listen = wished.listen();
        return new LiveRequest(
                knock.id(),
                caller.requireTenant(),
                caller.keyId(),
                ListenIntake.userId(knock.http()),
                "deepgram",
                audio,
                listen.language(),
                listen.model(),
                null,
                listen.options(),
                wished.interim(),
                wished.endpointing(),
                wished.utteranceEnd(),
                wished.speechStarts(),
                wished.recorded(),
                ListenIntake.metadata(json, listen),
                clock.instant());
    }

    @Override
    public Refused refused(UUID id, Told told, Optional<Throwable> failure) {
        boolean isFlux = failure.isPresent()
                && failure.get() instanceof Refusal refusal
                && refusal.reason() == Refusal.Reason.NOT_FOUND;
        int status = isFlux ? told.status() : DeepgramErrors.status(told.status());
        String sentence = DeepgramErrors.sentence(told);
        return new Refused(
                status,
                "application/json",
                Map.of(ListenAnswers.REQUEST_ID, id.toString(), "dg-error", DeepgramErrors.header(sentence)),
                new DeepgramErrors.Failure(DeepgramErrors.code(status), sentence, id.toString()));
    }
}
