package org.caravox.door.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.caravox.door.Answers;
import org.caravox.door.Warnings;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptFormat;
import org.jspecify.annotations.Nullable;

/** What callers of {@code POST /v1/audio/transcriptions} get of a transcript, which has been stored. */
public final class TranscriptionAnswer implements Processor {

    /** How much was transcribed, in seconds of audio. */
    record Usage(String type, double seconds) {}

    /** The text alone. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Json(String text, Usage usage, @Nullable List<String> warnings) {}

    /** The text with its times. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Verbose(
            String task,
            String language,
            double duration,
            String text,
            @Nullable List<Word> words,
            @Nullable List<Segment> segments,
            Usage usage,
            @Nullable List<String> warnings) {}

    record Word(String word, double start, double end) {}

    /**
     * An utterance. OpenAI's contract requires figures that only Whisper has: {@code tokens} is empty, the others are those
     * of a segment about which there is nothing to say.
     */
    record Segment(
            int id,
            int seek,
            double start,
            double end,
            String text,
            List<Integer> tokens,
            double temperature,
            @JsonProperty("avg_logprob") double averageLogProbability,
            @JsonProperty("compression_ratio") double compressionRatio,
            @JsonProperty("no_speech_prob") double noSpeechProbability) {}

    /** The text with its speakers. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Diarized(
            String task,
            double duration,
            String text,
            List<SpokenSegment> segments,
            Usage usage,
            @Nullable List<String> warnings) {}

    record SpokenSegment(String type, String id, double start, double end, String text, String speaker) {}

    /** A piece of the text. */
    record Delta(String type, String delta) {}

    /** All of the text. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Done(String type, String text, @Nullable List<String> warnings) {}

    private final ObjectMapper json;
    private final Answers answers;

    public TranscriptionAnswer(ObjectMapper json, Answers answers) {
        this.json = json;
        this.answers = answers;
    }

    @Override
    public void process(Exchange exchange) throws IOException, InvalidPayloadException {
        Transcript made = exchange.getMessage().getMandatoryBody(Transcript.class);
        TranscriptForm form = exchange.getProperty(TranscriptionIntake.FORM, TranscriptForm.class);
        checkSpeakers(form, made);
        answers.count(exchange, made);
        List<String> warnings = warnings(form, made);
        Warnings.tell(exchange.getMessage(), warnings);
        if (form.streamed()) {
            stream(exchange, form, made, warnings);
            return;
        }
        switch (form.format()) {
            case JSON -> Answers.write(json, exchange, 200, new Json(made.transcript(), usage(made), warnings));
            case VERBOSE_JSON -> Answers.write(json, exchange, 200, verbose(form, made, warnings));
            case DIARIZED_JSON -> Answers.write(json, exchange, 200, diarized(made, warnings));
            case TEXT -> plain(exchange, TranscriptFormat.TEXT, made);
            case SRT -> plain(exchange, TranscriptFormat.SRT, made);
            case VTT -> plain(exchange, TranscriptFormat.VTT, made);
        }
    }

    private static void checkSpeakers(TranscriptForm form, Transcript made) {
        boolean told = made.utterances().stream().allMatch(line -> line.speaker() != null);
        if (form.diarized() && !told) {
            throw new WrongField(
                    "response_format",
                    "response_format diarized_json needs a provider that tells speakers apart, which " + made.provider()
                            + " does not: use verbose_json");
        }
    }

    private static @Nullable List<String> warnings(TranscriptForm form, Transcript made) {
        List<String> warnings = new ArrayList<>(made.warnings() == null ? List.of() : made.warnings());
        boolean hasWords =
                made.channels().stream().anyMatch(channel -> !channel.words().isEmpty());
        if (form.words() && !hasWords && !made.transcript().isEmpty()) {
            warnings.add("the times of words are not told by " + made.provider());
        }
        return warnings.isEmpty() ? null : List.copyOf(warnings);
    }

    private static Usage usage(Transcript made) {
        return new Usage("duration", made.duration());
    }

    private static Verbose verbose(TranscriptForm form, Transcript made, @Nullable List<String> warnings) {
        return new Verbose(
                "transcribe",
                Locale.forLanguageTag(made.language())
                        .getDisplayLanguage(Locale.ENGLISH)
                        .toLowerCase(Locale.ROOT),
                made.duration(),
                made.transcript(),
                form.words() ? words(made) : null,
                form.segments() ? segments(made) : null,
                usage(made),
                warnings);
    }

    private static List<Word> words(Transcript made) {
        return made.channels().stream()
                .flatMap(channel -> channel.words().stream())
                .map(word -> new Word(word.word(), word.start(), word.end()))
                .sorted(Comparator.comparingDouble(Word::start))
                .toList();
    }

    private static List<Segment> segments(Transcript made) {
        return IntStream.range(0, made.utterances().size())
                .mapToObj(i -> segment(i, made.utterances().get(i)))
                .toList();
    }

    private static Segment segment(int id, Transcript.Line line) {
        return new Segment(id, 0, line.start(), line.end(), line.transcript(), List.of(), 0, 0, 1, 0);
    }

    private static Diarized diarized(Transcript made, @Nullable List<String> warnings) {
        return new Diarized(
                "transcribe", made.duration(), made.transcript(), spokenSegments(made), usage(made), warnings);
    }

    private static List<SpokenSegment> spokenSegments(Transcript made) {
        return IntStream.range(0, made.utterances().size())
                .mapToObj(i -> spokenSegment(i, made.utterances().get(i)))
                .toList();
    }

    private static SpokenSegment spokenSegment(int index, Transcript.Line line) {
        Integer speaker = line.speaker();
        return new SpokenSegment(
                "transcript.text.segment",
                "seg_" + index,
                line.start(),
                line.end(),
                line.transcript(),
                name(speaker == null ? 0 : speaker));
    }

    /** As OpenAI names speakers that it does not know: A to Z, then by number. */
    private static String name(int speaker) {
        return speaker < 26 ? String.valueOf((char) ('A' + speaker)) : "speaker " + (speaker + 1);
    }

    private static void plain(Exchange exchange, TranscriptFormat format, Transcript made) {
        Message message = exchange.getMessage();
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        message.setHeader(Exchange.CONTENT_TYPE, "text/plain;charset=utf-8");
        message.setBody(format.write(made).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The transcript in events, one for each utterance: they come all at once, when the whole of it is there.
     *
     * @throws Refusal CALLER_GONE
     */
    private void stream(Exchange exchange, TranscriptForm form, Transcript made, @Nullable List<String> warnings) {
        EventStream events = EventStream.begin(exchange, json);
        if (form.diarized()) {
            spokenSegments(made).forEach(events::send);
        } else {
            for (int i = 0; i < made.utterances().size(); i++) {
                String space = i == 0 ? "" : " ";
                events.send(new Delta(
                        "transcript.text.delta",
                        space + made.utterances().get(i).transcript()));
            }
        }
        events.send(new Done("transcript.text.done", made.transcript(), warnings));
        events.done();
    }
}
