package org.caravox.door.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Clock;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.caravox.audio.RawAudio;
import org.caravox.door.Fields;
import org.caravox.door.Parameters;
import org.caravox.live.LiveRequest;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.jspecify.annotations.Nullable;

/** Reads the query of {@code /stream}. */
final class StreamQuery {

    static final String DOOR = "stream";

    private static final Set<String> KNOWN = known();
    static final List<String> ENCODINGS = List.of("linear16", "mulaw", "alaw", "opus", "ogg-opus");
    private static final int LOWEST_RATE_HZ = 8_000;
    private static final int HIGHEST_RATE_HZ = 48_000;
    private static final int MOST_CHANNELS = 2;
    private static final int LEAST_UTTERANCE_END_MS = 1_000;
    private static final int LONGEST_USER_ID = 256;

    private final ObjectMapper json;
    private final Clock clock;

    StreamQuery(ObjectMapper json, Clock clock) {
        this.json = json;
        this.clock = clock;
    }

    private static Set<String> known() {
        Set<String> known = new TreeSet<>(List.of(
                "channels",
                "encoding",
                "endpointing",
                "interim_results",
                "language",
                "metadata",
                "model",
                "provider",
                "record",
                "sample_rate",
                "userId",
                "utterance_end_ms",
                "vad_events"));
        Arrays.stream(Option.values())
                .filter(option -> option != Option.CACHE)
                .map(Option::word)
                .forEach(known::add);
        return Set.copyOf(known);
    }

    /**
     * A new stream.
     *
     * @throws Refusal INVALID, naming the parameter
     */
    LiveRequest read(UUID id, Caller caller, RawAudio audio, Map<String, String[]> query) {
        Parameters given = new Parameters(query, KNOWN);
        boolean interim = given.one("interim_results") == null || given.on("interim_results");
        return new LiveRequest(
                id,
                caller.requireTenant(),
                caller.keyId(),
                userId(given),
                DOOR,
                audio,
                given.one("language"),
                given.one("model"),
                given.one("provider"),
                options(given),
                interim,
                Milliseconds.endpointing(given),
                Milliseconds.of(given, "utterance_end_ms", LEAST_UTTERANCE_END_MS),
                given.one("vad_events") == null || given.on("vad_events"),
                given.wish("record"),
                metadata(given),
                clock.instant());
    }

    private static String userId(Parameters given) {
        String userId = given.one("userId");
        if (userId != null && userId.length() > LONGEST_USER_ID) {
            throw Refusal.invalid("userId is longer than " + LONGEST_USER_ID + " characters");
        }
        return userId == null ? DOOR : userId;
    }

    /**
     * How a new stream's audio is sent.
     *
     * @throws Refusal INVALID, naming the parameter
     */
    SentAudio audio(Map<String, String[]> query) {
        Parameters given = new Parameters(query, KNOWN);
        String named = given.oneOf("encoding", ENCODINGS);
        int channels = given.integer("channels", 1, MOST_CHANNELS).orElse(1);
        OptionalInt rateHz = given.integer("sample_rate", LOWEST_RATE_HZ, HIGHEST_RATE_HZ);
        if (named != null && SentAudio.DECODED.contains(named)) {
            return SentAudio.opus(named, rateHz.orElse(HIGHEST_RATE_HZ), channels);
        }
        RawAudio.Encoding encoding =
                RawAudio.Encoding.valueOf((named == null ? "linear16" : named).toUpperCase(Locale.ROOT));
        int usualHz = encoding == RawAudio.Encoding.LINEAR16 ? 16_000 : 8_000;
        RawAudio heard = new RawAudio(encoding, rateHz.orElse(usualHz), channels);
        return named == null ? new SentAudio(SentAudio.Coding.SAMPLES_OR_FILE, heard) : SentAudio.samples(heard);
    }

    private static Options options(Parameters given) {
        Map<Option, List<String>> wished = new EnumMap<>(Option.class);
        for (Option option : Option.values()) {
            List<String> values = given.all(option.word()).stream()
                    .filter(value -> !Parameters.isNo(value))
                    .toList();
            if (option != Option.CACHE && !values.isEmpty()) {
                wished.put(option, values);
            }
        }
        return new Options(wished);
    }

    private @Nullable JsonNode metadata(Parameters given) {
        String text = given.one("metadata");
        return text == null
                ? null
                : new Fields(Map.of("metadata", TextNode.valueOf(text)), Set.of("metadata"), json).object("metadata");
    }
}
