package org.caravox.calls;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.caravox.calls.Call.Speaking;
import org.caravox.requests.Deadline;
import org.caravox.requests.Patience;
import org.caravox.requests.RequestIds;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.SpeechRequest;
import org.jspecify.annotations.Nullable;

/** What the party of a call, and whoever it is joined with, is told or played. */
final class Saying {

    private static final Duration SAID_WITHIN = Duration.ofMinutes(5);

    private final Call call;
    private final CallOutside outside;
    private final AtomicReference<@Nullable Playing> playing = new AtomicReference<>();

    Saying(Call call, CallOutside outside) {
        this.call = call;
        this.outside = outside;
    }

    /** A recording, by its address. */
    Playing.Source sound(String source) {
        return rate -> outside.sounds().open(source, rate, patience());
    }

    /** Words, in a provider's voice. */
    Playing.Source speech(Speaking speaking) {
        return rate -> {
            UUID id = RequestIds.next();
            call.asks(id);
            return outside.speech()
                    .speak(
                            new SpeechRequest(
                                    id,
                                    call.request().tenant(),
                                    speaking.provider(),
                                    null,
                                    speaking.voice(),
                                    speaking.text(),
                                    speaking.language(),
                                    speaking.speed(),
                                    null,
                                    AudioFormat.pcm(rate)),
                            patience())
                    .value()
                    .audio();
        };
    }

    private Patience patience() {
        return new Patience(Deadline.in(SAID_WITHIN, outside.clock()), call.gone());
    }

    /** They hear it from now on. */
    Playing begin(Party who, Playing.Source source) {
        Playing fresh = Playing.begin(who, outside.workers(), source);
        if (who == call.party()) {
            playing.set(fresh);
        }
        return fresh;
    }

    /** Stops what the call's own party is told or played. */
    void quiet() {
        Playing now = playing.get();
        if (now != null) {
            now.stop();
        }
    }
}
