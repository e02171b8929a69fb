package org.caravox.door.deepgram;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.caravox.audio.RawAudio;
import org.caravox.door.Parameters;
import org.caravox.door.live.Milliseconds;
import org.caravox.door.live.SentAudio;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Option;
import org.jspecify.annotations.Nullable;

/**
 * The query of a live stream: what recordings have too, and what only streams have.
 *
 * @param listen       what recordings have too
 * @param sent         how the audio comes
 * @param interim      whether words are wished before they are settled
 * @param endpointing  how long a pause ends an utterance; null is the provider's own, zero is never
 * @param utteranceEnd how long a gap between words ends one; null is never
 * @param speechStarts whether the beginning of speech is told
 * @param recorded     whether the audio is kept; null is as the tenant has it
 */
record ListenLiveOptions(
        ListenOptions listen,
        SentAudio sent,
        boolean interim,
        @Nullable Duration endpointing,
        @Nullable Duration utteranceEnd,
        boolean speechStarts,
        @Nullable Boolean recorded) {

    private static final String UTTERANCE_END = "utterance_end_ms";
    private static final Set<String> LIVE_ONLY =
            Set.of("interim_results", "endpointing", UTTERANCE_END, "vad_events", "no_delay", "record");
    private static final Set<String> KNOWN = known();
    private static final List<String> ENCODINGS = List.of("linear16", "mulaw", "alaw", "opus", "ogg-opus");
    private static final Set<String> OF_SAMPLES = Set.of("encoding", "sample_rate", "channels");
    private static final int LOWEST_RATE_HZ = 8_000;
    private static final int HIGHEST_RATE_HZ = 48_000;
    private static final int MOST_CHANNELS = 2;
    private static final int LEAST_UTTERANCE_END_MS = 1_000;

    private static Set<String> known() {
        Set<String> known = new TreeSet<>(ListenOptions.KNOWN);
        known.addAll(LIVE_ONLY);
        return Set.copyOf(known);
    }

    /**
     * Reads them.
     *
     * @throws Refusal INVALID, saying what is allowed
     */
    static ListenLiveOptions of(Map<String, String[]> query) {
        check(new Parameters(query, KNOWN));
        Map<String, String[]> ofBoth = new LinkedHashMap<>(query);
        Map<String, String[]> ofStreams = new LinkedHashMap<>(query);
        SentAudio decoded = decoded(query);
        ofBoth.keySet().removeAll(LIVE_ONLY);
        if (decoded != null) {
            ofBoth.keySet().removeAll(OF_SAMPLES);
        }
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
                listen,
                decoded == null ? sent(listen) : decoded,
                interim,
                Milliseconds.endpointing(given),
                utteranceEnd,
                given.on("vad_events"),
                given.wish("record"));
    }

    /** What a recording may be is more than what a stream may. */
    private static void check(Parameters given) {
        String encoding = given.one("encoding");
        if (encoding == null) {
            return;
        }
        if (!ENCODINGS.contains(encoding)) {
            throw Refusal.invalid(
                    "encoding must be linear16, mulaw, alaw, opus or ogg-opus in a live stream: leave it out"
                            + " for WAV, Ogg Opus and WebM with Opus");
        }
        given.integer("channels", 1, MOST_CHANNELS);
    }

    /** Opus, which recordings have in a container only; null is anything else. */
    private static @Nullable SentAudio decoded(Map<String, String[]> query) {
        Parameters given = new Parameters(query, query.keySet());
        String encoding = given.one("encoding");
        return encoding == null || !SentAudio.DECODED.contains(encoding)
                ? null
                : SentAudio.opus(
                        encoding,
                        given.integer("sample_rate", LOWEST_RATE_HZ, HIGHEST_RATE_HZ)
                                .orElse(HIGHEST_RATE_HZ),
                        given.integer("channels", 1, MOST_CHANNELS).orElse(1));
    }

    /** Without an encoding a header tells what it is; its channels are mixed unless each is to be heard by itself. */
    private static SentAudio sent(ListenOptions listen) {
        RawAudio raw = listen.raw();
        if (raw != null) {
            return SentAudio.samples(raw);
        }
        return SentAudio.files(listen.options().has(Option.MULTICHANNEL) ? MOST_CHANNELS : 1);
    }
}
