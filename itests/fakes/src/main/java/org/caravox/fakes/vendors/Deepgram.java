package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.caravox.fakes.Kind;

/** Deepgram's prerecorded transcription and its speech, as deepgram-api-specs describes them. */
final class Deepgram implements Vendor {

    private static final String MODEL_UUID = "2187e11a-3532-4498-b076-81fa530bdd49";
    private static final double CONFIDENCE = 0.98;

    @Override
    public String credential(Call call) {
        String token = call.bearer("token");
        return token.isEmpty() ? call.bearer("bearer") : token;
    }

    @Override
    public Reply answer(Call call) {
        return switch (call.method() + " " + call.path()) {
            case "POST /v1/listen" -> listen(call);
            case "POST /v1/speak" -> speak(call);
            case "GET /v1/projects" -> identified(Reply.json(200, projects()), Ids.uuid());
            case "GET /v1/models" -> identified(Reply.json(200, models()), Ids.uuid());
            default -> error(404, "Not Found", "No such path: " + call.path());
        };
    }

    private Reply listen(Call call) {
        if (call.hasType("application/json")) {
            JsonNode body = call.json();
            if (body.isMissingNode()) {
                return unreadable("The body is not JSON");
            }
            if (body.path("url").asText().isEmpty()) {
                return unreadable("The field url is missing");
            }
        } else if (call.bodyBytes() == 0) {
            return error(400, "Bad Request", "Bad Request: failed to process audio: corrupt or unsupported data");
        }
        if (call.query("model").startsWith("no-such")) {
            return error(400, "Bad Request", "Bad Request: No such model/language/tier combination found.");
        }
        return call.query("callback").isEmpty() ? heard(call) : accepted(call);
    }

    private Reply heard(Call call) {
        String id = Ids.uuid();
        return identified(Reply.json(200, transcript(call, id)), id);
    }

    /** The result is sent to the caller's address, with the key's identifier in {@code dg-token}. */
    private Reply accepted(Call call) {
        String id = Ids.uuid();
        String method = call.query("callback_method").equalsIgnoreCase("put") ? "PUT" : "POST";
        Map<String, String> headers = Map.of("dg-token", "fake-key-id", "dg-request-id", id);
        return identified(Reply.json(200, Json.object().put("request_id", id)), id)
                .calling(new Reply.Callback(method, call.query("callback"), headers, Json.write(transcript(call, id))));
    }

    private static ObjectNode transcript(Call call, String id) {
        boolean multichannel = call.asks("multichannel");
        Speech speech = multichannel
                ? Speech.channelsOf(call, call.body(), call.bodyBytes(), 1)
                : Speech.mixed(call, call.body(), call.bodyBytes());
        ObjectNode all = Json.object();
        all.set("metadata", metadata(call, id, speech));
        ObjectNode results = all.putObject("results");
        ArrayNode channels = results.putArray("channels");
        speech.channels().forEach(words -> channels.add(channel(call, words)));
        if (call.asks("utterances")) {
            ArrayNode utterances = results.putArray("utterances");
            for (int i = 0; i < speech.channels().size(); i++) {
                addUtterances(utterances, call, speech.channels().get(i), i);
            }
        }
        return all;
    }

    private static ObjectNode metadata(Call call, String id, Speech speech) {
        ObjectNode metadata = Json.object()
                .put("transaction_key", "deprecated")
                .put("request_id", id)
                .put("sha256", String.format(Locale.ROOT, "%064x", call.bodyBytes()))
                .put("created", Instant.now().toString())
                .put("duration", speech.durationSeconds())
                .put("channels", speech.channels().size());
        metadata.putArray("models").add(MODEL_UUID);
        String model = call.query("model").isEmpty() ? "base" : call.query("model");
        metadata.putObject("model_info")
                .putObject(MODEL_UUID)
                .put("name", model)
                .put("version", "2026-01-01.0")
                .put("arch", model.split("-general", 2)[0]);
        List<String> tags = call.query().getAll("tag");
        if (!tags.isEmpty()) {
            ArrayNode told = metadata.putArray("tags");
            tags.forEach(told::add);
        }
        return metadata;
    }

    private static ObjectNode channel(Call call, List<Speech.Word> words) {
        ObjectNode channel = Json.object();
        ObjectNode alternative = channel.putArray("alternatives").addObject();
        alternative.put("transcript", written(call, words)).put("confidence", CONFIDENCE);
        alternative.set("words", words(call, words, 0, words.size()));
        if (call.asks("paragraphs")) {
            alternative.set("paragraphs", paragraphs(call, words));
        }
        if (call.asks("detect_language")) {
            channel.put("detected_language", "en").put("language_confidence", CONFIDENCE);
        }
        return channel;
    }

    private static boolean punctuates(Call call) {
        return call.asks("punctuate") || call.asks("smart_format") || call.asks("paragraphs");
    }

    private static boolean tellsSpeakers(Call call) {
        return call.asks("diarize") || !call.query("diarize_model").isEmpty();
    }

    private static String written(Call call, List<Speech.Word> words) {
        String text = Speech.text(words, Speech.Word::text);
        return punctuates(call) && !text.isEmpty() ? capital(text) + "." : text;
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private static ArrayNode words(Call call, List<Speech.Word> words, int from, int to) {
        ArrayNode told = Json.array();
        for (int i = from; i < to; i++) {
            Speech.Word word = words.get(i);
            ObjectNode one = told.addObject()
                    .put("word", word.text().toLowerCase(Locale.ROOT))
                    .put("start", word.start())
                    .put("end", word.end())
                    .put("confidence", CONFIDENCE);
            if (punctuates(call)) {
                String begun = i == 0 ? capital(word.text()) : word.text();
                one.put("punctuated_word", i == words.size() - 1 ? begun + "." : begun);
            }
            if (tellsSpeakers(call)) {
                one.put("speaker", Speech.speaker(i, words.size()));
                one.put("speaker_confidence", CONFIDENCE);
            }
        }
        return told;
    }

    private static ObjectNode paragraphs(Call call, List<Speech.Word> words) {
        ObjectNode told = Json.object().put("transcript", "\n" + written(call, words));
        ObjectNode one = told.putArray("paragraphs").addObject();
        double start = Speech.start(words);
        double end = Speech.end(words, 0);
        one.putArray("sentences")
                .addObject()
                .put("text", written(call, words))
                .put("start", start)
                .put("end", end);
        one.put("num_words", words.size()).put("start", start).put("end", end);
        if (tellsSpeakers(call)) {
            one.put("speaker", 0);
        }
        return told;
    }

    /** An utterance for each speaker. */
    private static void addUtterances(ArrayNode utterances, Call call, List<Speech.Word> words, int channel) {
        int half = tellsSpeakers(call) ? (words.size() + 1) / 2 : words.size();
        addUtterance(utterances, call, words, 0, half, channel);
        addUtterance(utterances, call, words, half, words.size(), channel);
    }

    private static void addUtterance(
            ArrayNode utterances, Call call, List<Speech.Word> words, int from, int to, int channel) {
        if (from == to) {
            return;
        }
        ObjectNode one = utterances
                .addObject()
                .put("start", words.get(from).start())
                .put("end", words.get(to - 1).end())
                .put("confidence", CONFIDENCE)
                .put("channel", channel)
                .put("transcript", Speech.text(words.subList(from, to), Speech.Word::text))
                .put("id", Ids.uuid());
        one.set("words", words(call, words, from, to));
        if (tellsSpeakers(call)) {
            one.put("speaker", Speech.speaker(from, words.size()));
        }
    }

    private Reply speak(Call call) {
        JsonNode body = call.json();
        String text = body.path("text").asText();
        if (body.isMissingNode() || text.isBlank()) {
            return unreadable("The field text is missing or empty");
        }
        String id = Ids.uuid();
        return identified(sound(call, text), id)
                .with("dg-model-name", call.query("model").isEmpty() ? "aura-asteria-en" : call.query("model"))
                .with("dg-char-count", Integer.toString(text.length()));
    }

    private Reply sound(Call call, String text) {
        String encoding = call.query("encoding");
        return switch (encoding) {
            case "linear16" -> pcm(call, text, Encoding.PCM16, 24_000, "audio/l16");
            case "mulaw" -> pcm(call, text, Encoding.MULAW, 8_000, "audio/mulaw");
            case "alaw" -> pcm(call, text, Encoding.ALAW, 8_000, "audio/alaw");
            case "opus" -> Reply.stream("audio/ogg;codecs=opus", Tone.clip("opus"));
            case "flac", "aac" -> Reply.stream("audio/" + encoding, Tone.clip(encoding));
            case "", "mp3" -> Reply.stream("audio/mpeg", Tone.clip("mp3"));
            default -> error(400, "Bad Request", "Unsupported audio format: encoding=" + encoding);
        };
    }

    private Reply pcm(Call call, String text, Encoding encoding, int usualRateHz, String type) {
        int rateHz = call.query("sample_rate").matches("\\d{4,5}")
                ? Integer.parseInt(call.query("sample_rate"))
                : usualRateHz;
        return call.query("container").equals("none")
                ? Reply.stream(type + ";rate=" + rateHz + ";channels=1", Tone.raw(text, encoding, rateHz))
                : Reply.stream("audio/wav", Tone.wav(text, encoding, rateHz));
    }

    private static ObjectNode projects() {
        ObjectNode all = Json.object();
        all.putArray("projects").addObject().put("project_id", MODEL_UUID).put("name", "fake");
        return all;
    }

    private static ObjectNode models() {
        ObjectNode all = Json.object();
        ObjectNode model = all.putArray("stt").addObject();
        model.put("name", "nova-3").put("canonical_name", "nova-3-general").put("architecture", "nova-3");
        model.put("version", "2026-01-01.0")
                .put("uuid", MODEL_UUID)
                .put("batch", true)
                .put("streaming", true);
        model.putArray("languages").add("en");
        all.putArray("tts");
        return all;
    }

    @Override
    public Reply unauthorized(Call call) {
        return error(401, "INVALID_AUTH", "Invalid credentials.");
    }

    @Override
    public Reply failure(Kind kind, Call call) {
        return switch (kind) {
            case RATE_LIMIT -> tooMany().with("Retry-After", "1");
            case RATE_LIMIT_NO_RETRY_AFTER -> tooMany();
            case QUOTA ->
                error(402, "ASR_PAYMENT_REQUIRED", "Project does not have enough credits for an ASR request.");
            case REVOKED -> unauthorized(call);
            case BAD_REQUEST -> failure(400, call);
            case GARBAGE -> identified(Reply.garbage(), Ids.uuid());
            case ERROR_IN_200 ->
                identified(Reply.json(200, body("INTERNAL_SERVER_ERROR", "Internal Server Error", "")), Ids.uuid());
            case SERVER_ERROR -> failure(500, call);
            case OVERLOADED -> failure(503, call);
        };
    }

    private static Reply tooMany() {
        return error(429, "TOO_MANY_REQUESTS", "Too many requests. Please try again later");
    }

    @Override
    public Reply failure(int status, Call call) {
        return switch (status) {
            case 400 -> error(400, "Bad Request", "Bad Request: failed to process audio: corrupt or unsupported data");
            case 401 -> unauthorized(call);
            case 402 -> failure(Kind.QUOTA, call);
            case 403 -> error(403, "INSUFFICIENT_PERMISSIONS", "Project does not have access to the requested model.");
            case 408 -> error(408, "SLOW_UPLOAD", "The request body was not received in time.");
            case 413 -> error(413, "PAYLOAD_TOO_LARGE", "The request body exceeds 2 GB.");
            case 429 -> tooMany();
            case 503 -> error(503, "SERVICE_UNAVAILABLE", "The service is temporarily unavailable.");
            case 504 -> error(504, "GATEWAY_TIMEOUT", "The processing limit was hit.");
            default -> error(status, "INTERNAL_SERVER_ERROR", "Internal Server Error");
        };
    }

    private static Reply error(int status, String code, String message) {
        String id = Ids.uuid();
        return identified(Reply.json(status, body(code, message, id)), id).with("dg-error", message);
    }

    private static ObjectNode body(String code, String message, String id) {
        return Json.object().put("err_code", code).put("err_msg", message).put("request_id", id);
    }

    /** A malformed JSON body is refused in another shape. */
    private static Reply unreadable(String details) {
        String id = Ids.uuid();
        ObjectNode body = Json.object()
                .put("category", "INVALID_JSON")
                .put("message", "Invalid JSON submitted.")
                .put("details", details)
                .put("request_id", id);
        return identified(Reply.json(400, body), id).with("dg-error", details);
    }

    private static Reply identified(Reply reply, String id) {
        return reply.with("dg-request-id", id);
    }
}
