package org.caravox.door.deepgram;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.caravox.audio.RawAudio;
import org.caravox.door.Parameters;
import org.caravox.door.live.Milliseconds;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The query of a live stream: what recordings have too, and what only streams have.
 *
 * @param listen       what recordings have too
 * @param audio        what the samples are
 * @param interim      whether words are wished before they are settled
 * @param endpointing  how long a pause ends an utterance; null is the provider's own, zero is never
 * @param utteranceEnd how long a gap between words ends one; null is never
 * @param speechStarts whether the beginning of speech is told
 */
record ListenLiveOptions(
        ListenOptions listen,
        RawAudio audio,
        boolean interim,
        @Nullable Duration endpointing,
        @Nullable Duration utteranceEnd,
        boolean speechStarts) {

    private static final String UTTERANCE_END = "utterance_end_ms";
    private static final Set<String> LIVE_ONLY =
            Set.of("interim_results", "endpointing", UTTERANCE_END, "vad_events", "no_delay");
    private static final int LEAST_UTTERANCE_END_MS = 1_000;

    /**
     * Reads them.
     *
     * @throws Refusal INVALID, saying what is allowed
     */
    static ListenLiveOptions of(Map<String, String[]> query) {
        Map<String, String[]> ofBoth = new LinkedHashMap<>(query);
        Map<String, String[]> ofStreams = new LinkedHashMap<>(query);
        ofBoth.keySet().removeAll(LIVE_ONLY);
        ofStreams.keySet().retainAll(LIVE_ONLY);
        Parameters given = new Parameters(ofStreams, LIVE_ONLY);
        ListenOptions listen = ListenOptions.of(ofBoth);
        if (listen.callback() != null) {
            throw Refusal.invalid("callback is for recordings: the words of a live stream come on its own connection");
        }
        boolean interim = given.on("interim_results");
        Duration utteranceEnd = Milliseconds.of(given, UTTERANCE_END, LEAST_UTTERANCE_END_MS);
        if (utteranceEnd != null && !interim) {
            throw Refusal.invalid(UTTERANCE_END + " needs interim_results=true");
        }
        return new ListenLiveOptions(
                listen, audio(listen), interim, Milliseconds.endpointing(given), utteranceEnd, given.on("vad_events"));
    }

    private static RawAudio audio(ListenOptions listen) {
        RawAudio raw = listen.raw();
        if (raw == null) {
            throw Refusal.invalid("live streams are taken as samples without a container: send linear16, mulaw or alaw,"
                    + " and name it with encoding and sample_rate");
        }
        return raw;
    }
}
