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
            case SRT -> cues(transcript, ',', true);
            case VTT -> "WEBVTT\n\n" + cues(transcript, '.', false);
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

    private static String cues(Transcript transcript, char comma, boolean numbered) {
        List<Cue> cues = Cue.of(transcript);
        boolean labelled = transcript.channels().size() > 1;
        return IntStream.range(0, cues.size())
                .mapToObj(i -> {
                    Cue cue = cues.get(i);
                    String number = numbered ? (i + 1) + "\n" : "";
                    String speaker = labelled ? label(transcript, cue.channel()) + ": " : "";
                    return number + time(cue.start(), comma) + " --> " + time(cue.end(), comma) + "\n" + speaker
                            + cue.text() + "\n";
                })
                .collect(Collectors.joining("\n"));
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
