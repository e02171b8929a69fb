package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Locale;

/** Azure's fast transcription (milliseconds) and its short audio (ticks of 100 ns). */
final class AzureTranscription {

    private static final double CONFIDENCE = 0.93;
    private static final long TICKS_PER_SECOND = 10_000_000;

    Reply fast(Call call) {
        if (!call.query("api-version").matches("\\d{4}-\\d{2}-\\d{2}(-preview)?")) {
            return Azure.error(400, "InvalidArgument", "The query parameter api-version is missing or unknown.");
        }
        Part definition = call.part("definition").orElse(null);
        JsonNode options = definition == null ? Json.object() : Json.read(definition.content());
        if (definition == null || !options.isObject()) {
            return Azure.error(400, "InvalidArgument", "The part definition must be JSON.");
        }
        Part audio = call.part("audio").orElse(new Part("audio", "", 0, Buffer.buffer()));
        if (audio.bytes() == 0 && !options.has("audioUrl")) {
            return Azure.error(400, "InvalidArgument", "There is no audio: neither the part audio nor audioUrl.");
        }
        return Reply.json(200, transcript(call, options, audio));
    }

    private static ObjectNode transcript(Call call, JsonNode options, Part audio) {
        boolean byChannel = !options.path("channels").isEmpty();
        Speech speech = byChannel
                ? Speech.channelsOf(
                        call,
                        audio.content(),
                        audio.bytes(),
                        options.get("channels").size())
                : Speech.mixed(call, audio.content(), audio.bytes());
        ObjectNode all = Json.object().put("durationMilliseconds", millis(speech.durationSeconds()));
        ArrayNode combined = all.putArray("combinedPhrases");
        ArrayNode phrases = all.putArray("phrases");
        int count = byChannel ? options.get("channels").size() : 1;
        for (int i = 0; i < count; i++) {
            List<Speech.Word> words = speech.channels().get(i);
            ObjectNode whole = combined.addObject().put("text", written(words));
            ObjectNode phrase = phrase(phrases, options, words);
            if (byChannel) {
                whole.put("channel", options.get("channels").get(i).asInt());
                phrase.put("channel", options.get("channels").get(i).asInt());
            }
        }
        return all;
    }

    private static ObjectNode phrase(ArrayNode phrases, JsonNode options, List<Speech.Word> words) {
        ObjectNode phrase = phrases.addObject();
        if (options.path("diarization").path("enabled").asBoolean(options.has("diarization"))) {
            phrase.put("speaker", 1);
        }
        addTimes(phrase, Speech.start(words), Speech.end(words, 0)).put("text", written(words));
        ArrayNode told = phrase.putArray("words");
        words.forEach(word -> addTimes(told.addObject().put("text", word.text()), word.start(), word.end()));
        String locale = options.path("locales").path(0).asText("en-US");
        return phrase.put("locale", locale).put("confidence", CONFIDENCE);
    }

    private static ObjectNode addTimes(ObjectNode node, double start, double end) {
        return node.put("offsetMilliseconds", millis(start)).put("durationMilliseconds", millis(end - start));
    }

    private static long millis(double seconds) {
        return Math.round(seconds * 1000);
    }

    /** Azure capitalises and punctuates always. */
    private static String written(List<Speech.Word> words) {
        String text = Speech.text(words, Speech.Word::text);
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
    }

    Reply shortAudio(Call call) {
        if (call.query("language").isEmpty()) {
            return Azure.error(400, "BadRequest", "The query parameter language is missing.");
        }
        if (call.bodyBytes() == 0) {
            return status("InitialSilenceTimeout");
        }
        Speech speech = Speech.mixed(call, call.body(), call.bodyBytes());
        ObjectNode body = Json.object()
                .put("RecognitionStatus", "Success")
                .put("Offset", Math.round(Speech.start(speech.words()) * TICKS_PER_SECOND))
                .put("Duration", Math.round(Speech.end(speech.words(), 0) * TICKS_PER_SECOND));
        if (!call.query("format").equals("detailed")) {
            return Reply.json(200, body.put("DisplayText", written(speech.words())));
        }
        body.putArray("NBest")
                .addObject()
                .put("Confidence", CONFIDENCE)
                .put("Lexical", speech.text())
                .put("ITN", speech.text())
                .put("MaskedITN", speech.text())
                .put("Display", written(speech.words()));
        return Reply.json(200, body);
    }

    /** Status 200 says nothing: this says whether something was recognised. */
    static Reply status(String recognition) {
        return Reply.json(
                200,
                Json.object()
                        .put("RecognitionStatus", recognition)
                        .put("Offset", 0)
                        .put("Duration", 0));
    }
}
