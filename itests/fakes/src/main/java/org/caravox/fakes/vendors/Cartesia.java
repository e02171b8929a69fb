package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.caravox.fakes.Kind;

/** Cartesia's speech in bytes. Errors are JSON from version 2026-03-01 on, and plain text before. */
final class Cartesia implements Vendor {

    private static final String JSON_ERRORS = "2026-03-01";

    @Override
    public String credential(Call call) {
        String key = call.bearer("bearer");
        return key.isEmpty() ? call.header("X-API-Key") : key;
    }

    @Override
    public Reply answer(Call call) {
        if (!call.header("Cartesia-Version").matches("\\d{4}-\\d{2}-\\d{2}")) {
            return error(call, 400, "invalid_version", "Invalid version", "Cartesia-Version must be a date");
        }
        return switch (call.method() + " " + call.path()) {
            case "POST /tts/bytes" -> speech(call);
            case "GET /voices" -> Reply.json(200, voices());
            case "GET /" -> Reply.json(200, Json.object().put("ok", true).put("version", "0.0.1"));
            default -> error(call, 404, "not_found", "Not found", "No such path: " + call.path());
        };
    }

    private static Reply speech(Call call) {
        JsonNode body = call.json();
        for (String field : new String[] {"model_id", "transcript", "voice", "output_format"}) {
            if (!body.hasNonNull(field)) {
                return invalid(call, field + " is required");
            }
        }
        if (body.get("transcript").asText().isBlank()) {
            return invalid(call, "transcript must not be empty");
        }
        JsonNode format = body.get("output_format");
        int rateHz = format.path("sample_rate").asInt();
        if (rateHz < 8000 || rateHz > 48_000) {
            return invalid(call, "output_format.sample_rate must be 8000 to 48000, was " + rateHz);
        }
        return sound(call, body.get("transcript").asText(), format, rateHz);
    }

    private static Reply sound(Call call, String text, JsonNode format, int rateHz) {
        String container = format.path("container").asText();
        if (container.equals("mp3")) {
            return Reply.stream("audio/mpeg", Tone.clip("mp3"));
        }
        Optional<Encoding> encoding = encoding(format.path("encoding").asText());
        if (encoding.isEmpty()) {
            return invalid(call, "output_format.encoding is unknown");
        }
        return switch (container) {
            case "raw" -> Reply.stream("application/octet-stream", Tone.raw(text, encoding.get(), rateHz));
            case "wav" -> Reply.stream("audio/wav", Tone.wav(text, encoding.get(), rateHz));
            default -> invalid(call, "output_format.container must be raw, wav or mp3, was " + container);
        };
    }

    private static Optional<Encoding> encoding(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "pcm_s16le" -> Encoding.PCM16;
                    case "pcm_f32le" -> Encoding.FLOAT32;
                    case "pcm_mulaw" -> Encoding.MULAW;
                    case "pcm_alaw" -> Encoding.ALAW;
                    default -> null;
                });
    }

    private static ObjectNode voices() {
        ObjectNode all = Json.object().put("has_more", false);
        ObjectNode voice = all.putArray("data")
                .addObject()
                .put("id", "694f9389-aac1-45b6-b726-9d9369183238")
                .put("is_owner", false)
                .put("is_public", true)
                .put("name", "Fake")
                .put("description", "400 Hz")
                .put("created_at", "2026-01-01T00:00:00Z")
                .put("language", "en");
        voice.putArray("locales");
        return all;
    }

    @Override
    public Reply unauthorized(Call call) {
        return error(call, 401, "unauthorized", "Unauthorized", "The API key is missing or not valid");
    }

    @Override
    public Reply failure(Kind kind, Call call) {
        return switch (kind) {
            case RATE_LIMIT -> failure(429, call).with("Retry-After", "1");
            case RATE_LIMIT_NO_RETRY_AFTER -> failure(429, call);
            case QUOTA -> failure(402, call);
            case REVOKED -> unauthorized(call);
            case BAD_REQUEST -> failure(400, call);
            case GARBAGE -> Reply.garbage();
            case ERROR_IN_200 ->
                Reply.json(200, body("internal_server_error", "Internal server error", "Please try again"));
            case SERVER_ERROR -> failure(500, call);
            case OVERLOADED -> failure(503, call);
        };
    }

    @Override
    public Reply failure(int status, Call call) {
        return switch (status) {
            case 400 -> invalid(call, "The request is not valid");
            case 401 -> unauthorized(call);
            case 402 -> error(call, 402, "quota_exceeded", "Credit limit reached", "Your credits are used up");
            case 403 -> error(call, 403, "forbidden", "Forbidden", "Your plan does not include this");
            case 404 -> error(call, 404, "voice_not_found", "Voice not found", "No such voice");
            case 429 ->
                error(call, 429, "concurrency_limited", "Too many concurrent requests", "Your plan's limit is reached");
            case 503 -> error(call, 503, "service_unavailable", "Service unavailable", "Please try again later");
            default -> error(call, status, "internal_server_error", "Internal server error", "Please try again later");
        };
    }

    private static Reply invalid(Call call, String message) {
        return error(call, 400, "invalid_request", "Invalid request", message);
    }

    private static Reply error(Call call, int status, String code, String title, String message) {
        return call.header("Cartesia-Version").compareTo(JSON_ERRORS) >= 0
                ? Reply.json(status, body(code, title, message))
                : Reply.text(status, "text/plain; charset=utf-8", title + ": " + message);
    }

    private static ObjectNode body(String code, String title, String message) {
        return Json.object()
                .put("error_code", code)
                .put("title", title)
                .put("message", message)
                .put("request_id", Ids.uuid());
    }
}
