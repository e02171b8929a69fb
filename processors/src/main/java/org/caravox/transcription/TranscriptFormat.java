package org.caravox.transcription;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.caravox.requests.Refusal;

/** The forms in which a transcript is handed out. */
public enum TranscriptFormat {
    JSON("application/json"),
    TEXT("text/plain"),
    /** SubRip: numbered cues, comma before the milliseconds. */
    SRT("application/x-subrip"),
    /** WebVTT (W3C). */
    VTT("text/vtt");

    private final String mediaType;

    TranscriptFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    public String mediaType() {
        return mediaType;
    }

    /**
     * Reads the word.
     *
     * @throws Refusal INVALID, listing what is allowed
     */
    public static TranscriptFormat of(String word) {
        return Arrays.stream(values())
                .filter(format -> format.word().equals(word))
                .findFirst()
                .orElseThrow(() -> Refusal.invalid("format \"" + word + "\" is not known: use "
                        + Arrays.stream(values()).map(TranscriptFormat::word).collect(Collectors.joining(", "))));
    }

    public static Optional<TranscriptFormat> ofMediaType(String mediaType) {
        return Arrays.stream(values())
                .filter(format -> format.mediaType.equals(mediaType))
                .findFirst();
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Writes a transcript in one of the forms made of lines; {@link #JSON} is the door's business. */
    public String write(Transcript transcript) {
        return switch (this) {
            case JSON -> throw new IllegalArgumentException("JSON is written by the door");
            case TEXT -> text(transcript);
            case SRT -> srt(transcript);
            case VTT -> vtt(transcript);
        };
    }

    private static String text(Transcript transcript) {
        if (transcript.channels().size() == 1) {
            return transcript.transcript() + "\n";
        }
        return transcript.utterances().stream()
                .map(line -> label(transcript, line.channel()) + ": " + line.transcript() + "\n")
                .collect(Collectors.joining());
    }

    private static String srt(Transcript transcript) {
        List<Cue> cues = Cue.of(transcript);
        return IntStream.range(0, cues.size())
                .mapToObj(i -> (i + 1) + "\n" + timed(cues.get(i), ',') + speaker(transcript, cues.get(i), "%s: ")
                        + cues.get(i).text() + "\n")
                .collect(Collectors.joining("\n"));
    }

    private static String vtt(Transcript transcript) {
        return Cue.of(transcript).stream()
                .map(cue -> timed(cue, '.') + speaker(transcript, cue, "<v %s>") + cue.text() + "\n")
                .collect(Collectors.joining("\n", "WEBVTT\n\n", ""));
    }

    private static String timed(Cue cue, char comma) {
        return time(cue.start(), comma) + " --> " + time(cue.end(), comma) + "\n";
    }

    private static String speaker(Transcript transcript, Cue cue, String form) {
        return transcript.channels().size() == 1 ? "" : String.format(form, label(transcript, cue.channel()));
    }

    private static String label(Transcript transcript, int channel) {
        return transcript.channels().get(channel).label();
    }

    private static String time(double seconds, char comma) {
        long ms = Math.round(seconds * 1000);
        return String.format(
                Locale.ROOT,
                "%02d:%02d:%02d%c%03d",
                ms / 3_600_000,
                ms / 60_000 % 60,
                ms / 1000 % 60,
                comma,
                ms % 1000);
    }
}
