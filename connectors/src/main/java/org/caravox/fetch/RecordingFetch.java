package org.caravox.fetch;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.caravox.audio.AudioStore;
import org.caravox.outbound.GuardedClient;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Recordings;
import org.caravox.transcription.TranscriptionRequest;
import org.jspecify.annotations.Nullable;

/** Brings a recording that was given as an address onto this hub's disk. */
public final class RecordingFetch implements Recordings.Fetch {

    /**
     * How long fetching may take.
     *
     * @param deadline    in all, while a caller waits
     * @param jobDeadline in all, in a job
     */
    public record FetchSettings(Duration deadline, Duration jobDeadline) {}

    private static final String FIELD = "audioUrl";

    private final GuardedClient client;
    private final AudioStore audio;
    private final FetchSettings settings;

    public RecordingFetch(GuardedClient client, AudioStore audio, FetchSettings settings) {
        this.client = client;
        this.audio = audio;
        this.settings = settings;
    }

    /**
     * Fetches the recording, if it is not here yet.
     *
     * @throws Refusal INVALID, UNREACHABLE or TIMED_OUT, saying what the address answered
     */
    @Override
    public void fetch(TranscriptionRequest request, Listening listening) throws InterruptedException {
        URI url = request.audioUrl();
        if (url == null) {
            return;
        }
        Duration time = listening.mode() == Mode.SYNC ? settings.deadline() : settings.jobDeadline();
        Deadline deadline = listening.deadline().orIn(time);
        HttpGet get = new HttpGet(url);
        client.call(FIELD, get, deadline, response -> keep(request, get, response, deadline));
    }

    private @Nullable Void keep(
            TranscriptionRequest request, HttpGet get, ClassicHttpResponse response, Deadline deadline)
            throws IOException {
        try {
            checkStatus(response.getCode());
            HttpEntity entity = response.getEntity();
            if (entity == null) {
                throw Refusal.invalid(FIELD + " answered without a body");
            }
            audio.checkSize(entity.getContentLength());
            AudioStore.Stored stored = audio.keep(request.id(), entity.getContent(), deadline);
            checkWhole(entity.getContentLength(), stored.bytes());
            return null;
        } catch (Refusal e) {
            get.cancel();
            throw e.reason() == Refusal.Reason.TOO_LARGE ? Refusal.invalid(FIELD + ": " + e.getMessage()) : e;
        }
    }

    private static void checkStatus(int status) {
        if (status >= 500 || status == 429 || status == 408) {
            throw new Refusal(Refusal.Reason.UNREACHABLE, FIELD + " answered with HTTP status " + status);
        }
        if (status != 200) {
            throw Refusal.invalid(FIELD + " answered with HTTP status " + status);
        }
    }

    private static void checkWhole(long claimed, long arrived) {
        if (claimed >= 0 && arrived < claimed) {
            throw new Refusal(
                    Refusal.Reason.UNREACHABLE, FIELD + " broke off after " + arrived + " of " + claimed + " bytes");
        }
    }
}
