package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** {@code POST /v1/audio/transcriptions}, in all its formats. */
final class OpenAiTranscription {

    Reply answer(Call call) {
        Part file = call.part("file").orElse(null);
        if (file == null || file.bytes() == 0) {
            return OpenAi.invalid("file", "you must provide a file that is not empty");
        }
        String model = call.field("model");
        if (model.isEmpty()) {
            return OpenAi.invalid("model", "you must provide a model parameter");
        }
        if (model.startsWith("no-such")) {
            return OpenAi.noModel(model);
        }
        Speech speech = Speech.mixed(call, file.content(), file.bytes());
        boolean streams = call.field("stream").equals("true") && !model.equals("whisper-1");
        return streams ? stream(speech) : formatted(call, speech);
    }

    private static Reply formatted(Call call, Speech speech) {
        String format = call.field("response_format");
        return switch (format) {
            case "", "json" -> Reply.json(200, plain(speech));
            case "verbose_json" -> Reply.json(200, verbose(call, speech));
            case "diarized_json" -> Reply.json(200, diarized(speech));
            case "text" -> subtitles(speech.text() + "\n");
            case "srt" -> subtitles("1\n" + cue(speech, ',') + "\n" + speech.text() + "\n\n");
            case "vtt" -> subtitles("WEBVTT\n\n" + cue(speech, '.') + "\n" + speech.text() + "\n\n");
            default -> OpenAi.invalid("response_format", "unsupported response_format: " + format);
        };
    }

    private static Reply subtitles(String text) {
        return Reply.text(200, "text/plain; charset=utf-8", text);
    }

    private static String cue(Speech speech, char point) {
        double end = Speech.end(speech.words(), speech.durationSeconds());
        return clock(0, point) + " --> " + clock(end, point);
    }

    private static String clock(double seconds, char point) {
        long millis = Math.round(seconds * 1000);
        return String.format(
                Locale.ROOT,
                "%02d:%02d:%02d%c%03d",
                millis / 3_600_000,
                millis / 60_000 % 60,
                millis / 1000 % 60,
                point,
                millis % 1000);
    }

    private static ObjectNode plain(Speech speech) {
        ObjectNode all = Json.object().put("text", speech.text());
        all.set("usage", usage(speech));
        return all;
    }

    private static ObjectNode usage(Speech speech) {
        return Json.object().put("type", "duration").put("seconds", Math.ceil(speech.durationSeconds()));
    }

    /** Segments are told unless words alone are asked for. */
    private static ObjectNode verbose(Call call, Speech speech) {
        ObjectNode all = Json.object()
                .put("task", "transcribe")
                .put("language", "english")
                .put("duration", speech.durationSeconds())
                .put("text", speech.text());
        boolean words = granularity(call, "word");
        if (words) {
            speech.words().forEach(word -> all.withArray("words")
                    .addObject()
                    .put("word", word.text())
                    .put("start", word.start())
                    .put("end", word.end()));
        }
        if (!words || granularity(call, "segment")) {
            addSegment(all, speech);
        }
        all.set("usage", usage(speech));
        return all;
    }

    private static boolean granularity(Call call, String wanted) {
        return call.parts().stream()
                .anyMatch(part -> part.name().startsWith("timestamp_granularities")
                        && part.content().toString().equals(wanted));
    }

    private static void addSegment(ObjectNode all, Speech speech) {
        ObjectNode segment = all.withArray("segments")
                .addObject()
                .put("id", 0)
                .put("seek", 0)
                .put("start", 0.0)
                .put("end", Speech.end(speech.words(), speech.durationSeconds()))
                .put("text", " " + speech.text());
        segment.putArray("tokens").add(50364);
        segment.put("temperature", 0.0)
                .put("avg_logprob", -0.25)
                .put("compression_ratio", 1.1)
                .put("no_speech_prob", 0.01);
    }

    private static ObjectNode diarized(Speech speech) {
        ObjectNode all = Json.object()
                .put("task", "transcribe")
                .put("duration", speech.durationSeconds())
                .put("text", speech.text());
        all.withArray("segments")
                .addObject()
                .put("type", "transcript.text.segment")
                .put("id", "seg_001")
                .put("start", 0.0)
                .put("end", Speech.end(speech.words(), speech.durationSeconds()))
                .put("text", speech.text())
                .put("speaker", "A");
        all.set("usage", usage(speech));
        return all;
    }

    private static Reply stream(Speech speech) {
        Sse sse = new Sse();
        for (int i = 0; i < speech.words().size(); i++) {
            String text = (i == 0 ? "" : " ") + speech.words().get(i).text();
            sse.data(Json.object().put("type", "transcript.text.delta").put("delta", text));
        }
        ObjectNode last = Json.object().put("type", "transcript.text.done").put("text", speech.text());
        int words = speech.words().size();
        last.putObject("usage")
                .put("type", "tokens")
                .put("input_tokens", 10)
                .put("output_tokens", words)
                .put("total_tokens", 10 + words);
        return sse.data(last).done().reply();
    }
}
