package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.fakes.Kind;

/** ElevenLabs' speech, whole and streamed, and its list of voices. */
final class ElevenLabs implements Vendor {

    private static final Pattern SPEECH = Pattern.compile("/v1/text-to-speech/([^/]+)(/stream)?");
    private static final Pattern FORMAT = Pattern.compile("(mp3|pcm|wav|ulaw|alaw|opus)_(\\d{4,5})(_\\d+)?");

    @Override
    public String credential(Call call) {
        return call.header("xi-api-key");
    }

    @Override
    public Reply answer(Call call) {
        Matcher path = SPEECH.matcher(call.path());
        if (call.method().equals("POST") && path.matches()) {
            return speech(call, path.group(1), path.group(2) != null);
        }
        if (call.is("GET", "/v1/voices")) {
            return Reply.json(200, voices());
        }
        return Reply.json(404, Json.object().put("detail", "Not Found"));
    }

    private static Reply speech(Call call, String voice, boolean streamed) {
        JsonNode text = call.json().path("text");
        if (!text.isTextual()) {
            return missing("text");
        }
        if (voice.startsWith("no-such")) {
            return error(400, "voice_not_found", "A voice with voice_id " + voice + " was not found.");
        }
        if (text.textValue().length() > 40_000) {
            return error(400, "max_character_limit_exceeded", "The text is longer than 40000 characters.");
        }
        String format = call.query("output_format").isEmpty() ? "mp3_44100_128" : call.query("output_format");
        Matcher parts = FORMAT.matcher(format);
        if (!parts.matches() || (streamed && format.startsWith("wav"))) {
            return error(400, "invalid_output_format", "output_format " + format + " is not supported.");
        }
        return sound(text.textValue(), parts.group(1), Integer.parseInt(parts.group(2)))
                .with("request-id", Ids.of("req"))
                .with("character-cost", Integer.toString(text.textValue().length()))
                .with("current-concurrent-requests", "1")
                .with("maximum-concurrent-requests", "10");
    }

    private static Reply sound(String text, String codec, int rateHz) {
        return switch (codec) {
            case "pcm" -> Reply.stream("audio/pcm", Tone.raw(text, Encoding.PCM16, rateHz));
            case "wav" -> Reply.stream("audio/wav", Tone.wav(text, Encoding.PCM16, rateHz));
            case "ulaw" -> Reply.stream("audio/basic", Tone.raw(text, Encoding.MULAW, rateHz));
            case "alaw" -> Reply.stream("audio/x-alaw-basic", Tone.raw(text, Encoding.ALAW, rateHz));
            case "opus" -> Reply.stream("audio/opus", Tone.clip("opus"));
            default -> Reply.stream("audio/mpeg", Tone.clip("mp3"));
        };
    }

    private static ObjectNode voices() {
        ObjectNode all = Json.object();
        ObjectNode voice = all.putArray("voices")
                .addObject()
                .put("voice_id", "21m00Tcm4TlvDq8ikWAM")
                .put("name", "Fake")
                .put("category", "premade");
        voice.putObject("labels");
        voice.putArray("available_for_tiers");
        voice.putArray("high_quality_base_model_ids");
        return all;
    }

    @Override
    public Reply unauthorized(Call call) {
        return error(401, "invalid_api_key", "Invalid API key");
    }

    @Override
    public Reply failure(Kind kind, Call call) {
        return switch (kind) {
            case RATE_LIMIT -> failure(429, call).with("Retry-After", "1");
            case RATE_LIMIT_NO_RETRY_AFTER -> failure(429, call);
            case QUOTA ->
                error(401, "quota_exceeded", "This request exceeds your quota of 10000. You have 0 credits remaining.");
            case REVOKED -> unauthorized(call);
            case BAD_REQUEST -> failure(400, call);
            case GARBAGE -> Reply.garbage();
            case ERROR_IN_200 -> error(200, "internal_server_error", "An unexpected error occurred.");
            case SERVER_ERROR -> failure(500, call);
            case OVERLOADED -> error(429, "system_busy", "Our services are experiencing heavy traffic.");
        };
    }

    @Override
    public Reply failure(int status, Call call) {
        return switch (status) {
            case 400 -> error(400, "invalid_request", "The request is not valid.");
            case 401 -> unauthorized(call);
            case 403 -> error(403, "only_for_creator+", "Your plan does not include this.");
            case 422 -> missing("text");
            case 429 -> error(429, "too_many_concurrent_requests", "Too many concurrent requests.");
            default -> error(status, "internal_server_error", "An unexpected error occurred.");
        };
    }

    private static Reply error(int status, String code, String message) {
        ObjectNode body = Json.object();
        body.putObject("detail").put("status", code).put("message", message);
        return Reply.json(status, body).with("request-id", Ids.of("req"));
    }

    /** What the validation of a body says is a list. */
    private static Reply missing(String field) {
        ObjectNode body = Json.object();
        ObjectNode detail = body.putArray("detail").addObject();
        detail.put("type", "missing").put("msg", "Field required");
        detail.putArray("loc").add("body").add(field);
        return Reply.json(422, body);
    }
}
