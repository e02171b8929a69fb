package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.caravox.fakes.Kind;

/** OpenAI's transcription, chat and speech, as openai-openapi describes them. */
final class OpenAi implements Vendor {

    private final OpenAiTranscription transcription = new OpenAiTranscription();
    private final OpenAiChat chat = new OpenAiChat();

    @Override
    public String credential(Call call) {
        return call.bearer("bearer");
    }

    @Override
    public Reply answer(Call call) {
        Reply reply =
                switch (call.method() + " " + call.path()) {
                    case "POST /v1/audio/transcriptions" -> transcription.answer(call);
                    case "POST /v1/chat/completions" -> chat.answer(call);
                    case "POST /v1/audio/speech" -> speech(call);
                    case "GET /v1/models" -> Reply.json(200, models());
                    default ->
                        error(
                                404,
                                "invalid_request_error",
                                "",
                                "Invalid URL (" + call.method() + " " + call.path() + ")");
                };
        return limits(reply);
    }

    private static Reply limits(Reply reply) {
        return reply.with("x-request-id", Ids.of("req_"))
                .with("openai-processing-ms", "1")
                .with("x-ratelimit-limit-requests", "10000")
                .with("x-ratelimit-remaining-requests", "9999")
                .with("x-ratelimit-reset-requests", "6ms");
    }

    private static Reply speech(Call call) {
        JsonNode body = call.json();
        for (String field : List.of("model", "input", "voice")) {
            if (body.path(field).asText().isEmpty() && !body.path(field).isObject()) {
                return invalid(field, "you must provide a " + field + " parameter");
            }
        }
        String text = body.path("input").asText();
        if (text.length() > 4096) {
            return invalid("input", "input must be at most 4096 characters, was " + text.length());
        }
        String format = body.path("response_format").asText("mp3");
        return switch (format) {
            case "pcm" -> Reply.stream("audio/pcm", Tone.raw(text, Encoding.PCM16, 24_000));
            case "wav" -> Reply.stream("audio/wav", Tone.wav(text, Encoding.PCM16, 24_000));
            case "mp3" -> Reply.stream("audio/mpeg", Tone.clip(format));
            case "opus", "aac", "flac" -> Reply.stream("audio/" + format, Tone.clip(format));
            default -> invalid("response_format", "unsupported response_format: " + format);
        };
    }

    private static ObjectNode models() {
        ObjectNode all = Json.object().put("object", "list");
        for (String id : List.of("gpt-4o-mini", "gpt-4o-transcribe", "whisper-1", "tts-1")) {
            all.withArray("data")
                    .addObject()
                    .put("id", id)
                    .put("object", "model")
                    .put("created", 1_700_000_000)
                    .put("owned_by", "fakes");
        }
        return all;
    }

    @Override
    public Reply unauthorized(Call call) {
        String key = credential(call);
        String message = key.isEmpty()
                ? "You didn't provide an API key."
                : "Incorrect API key provided: ****" + key.substring(Math.max(0, key.length() - 4)) + ".";
        return error(401, "invalid_request_error", key.isEmpty() ? "" : "invalid_api_key", message);
    }

    @Override
    public Reply failure(Kind kind, Call call) {
        return switch (kind) {
            case RATE_LIMIT -> failure(429, call).with("Retry-After", "1");
            case RATE_LIMIT_NO_RETRY_AFTER -> failure(429, call);
            case QUOTA ->
                error(
                        429,
                        "insufficient_quota",
                        "insufficient_quota",
                        "You exceeded your current quota, please check your plan and billing details.");
            case REVOKED -> failure(401, call);
            case BAD_REQUEST -> failure(400, call);
            case GARBAGE -> Reply.garbage();
            case ERROR_IN_200 -> errorIn200(call);
            case SERVER_ERROR -> failure(500, call);
            case OVERLOADED -> failure(503, call);
        };
    }

    /** In a stream the error takes the place of all that follows the first piece; there is no {@code [DONE]}. */
    private Reply errorIn200(Call call) {
        ObjectNode body = body("server_error", "", "The server had an error while processing your request.");
        Reply usual = answer(call);
        if (!Sse.TYPE.equals(usual.headers().get("Content-Type"))) {
            return Reply.json(200, body);
        }
        Buffer event = Buffer.buffer("data: ").appendBuffer(Json.write(body)).appendString("\n\n");
        return Reply.stream(
                Sse.TYPE, List.of(usual.pieces().get(0), usual.pieces().get(1), event));
    }

    @Override
    public Reply failure(int status, Call call) {
        return switch (status) {
            case 400 -> error(400, "invalid_request_error", "", "The request could not be processed.");
            case 401 -> error(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided.");
            case 403 -> error(403, "invalid_request_error", "", "Your project has no access to this.");
            case 404 -> noModel(call.json().path("model").asText());
            case 413 -> error(413, "invalid_request_error", "", "Maximum content size limit (26214400) exceeded.");
            case 429 -> error(429, "requests", "rate_limit_exceeded", "Rate limit reached for requests.");
            case 503 -> error(503, "service_unavailable_error", "server_is_overloaded", "The server is overloaded.");
            default -> error(status, "server_error", "", "The server had an error while processing your request.");
        };
    }

    static Reply noModel(String model) {
        return error(
                404,
                "invalid_request_error",
                "model_not_found",
                "The model `" + model + "` does not exist or you do not have access to it.");
    }

    static Reply invalid(String param, String message) {
        ObjectNode body = body("invalid_request_error", "", message);
        ((ObjectNode) body.get("error")).put("param", param);
        return limits(Reply.json(400, body));
    }

    private static Reply error(int status, String type, String code, String message) {
        return Reply.json(status, body(type, code, message)).with("x-request-id", Ids.of("req_"));
    }

    private static ObjectNode body(String type, String code, String message) {
        ObjectNode all = Json.object();
        ObjectNode error =
                all.putObject("error").put("message", message).put("type", type).putNull("param");
        if (code.isEmpty()) {
            error.putNull("code");
        } else {
            error.put("code", code);
        }
        return all;
    }
}
