package org.caravox.transcription;

import java.time.Duration;
import java.util.function.Function;
import org.apache.camel.Body;

/** Picks the mode of a request: the one it asks for; else by its length; else sync. */
public final class ModeChooser {

    /**
     * Where the length decides.
     *
     * @param syncBelow  recordings shorter than this are answered at once
     * @param asyncAbove recordings longer than this become jobs
     * @param between    what the rest become
     */
    public record Thresholds(Duration syncBelow, Duration asyncAbove, Mode between) {

        public Thresholds {
            if (syncBelow.compareTo(asyncAbove) > 0) {
                throw new IllegalArgumentException("caravox.modes.sync-below must not be over async-above, was "
                        + syncBelow + " and " + asyncAbove);
            }
        }
    }

    private final Function<String, Thresholds> thresholdsOfTenant;

    public ModeChooser(Function<String, Thresholds> thresholdsOfTenant) {
        this.thresholdsOfTenant = thresholdsOfTenant;
    }

    /** Chooses; the answer is the mode's word, as routes compare it. */
    public String choose(@Body TranscriptionRequest request) {
        Mode asked = request.mode();
        return (asked != null ? asked : byLength(request)).word();
    }

    private Mode byLength(TranscriptionRequest request) {
        Duration length = request.audioDuration();
        if (length == null) {
            return Mode.SYNC;
        }
        Thresholds thresholds = thresholdsOfTenant.apply(request.tenant());
        if (length.compareTo(thresholds.syncBelow()) < 0) {
            return Mode.SYNC;
        }
        return length.compareTo(thresholds.asyncAbove()) > 0 ? Mode.ASYNC : thresholds.between();
    }
}
