package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.caravox.fakes.Kind;

/** Azure Speech: fast transcription, short audio, neural speech. Failures differ between the three. */
final class Azure implements Vendor {

    private static final String FAST = "/speechtotext/transcriptions:transcribe";
    private static final String SPEECH = "/cognitiveservices/v1";
    private static final String SHORT = "/speech/recognition/";

    private final AzureTranscription transcription = new AzureTranscription();
    private final AzureSpeech speech = new AzureSpeech();

    @Override
    public String credential(Call call) {
        String key = call.header("Ocp-Apim-Subscription-Key");
        return key.isEmpty() ? call.bearer("bearer") : key;
    }

    @Override
    public Reply answer(Call call) {
        if (isShort(call)) {
            return transcription.shortAudio(call);
        }
        return switch (call.method() + " " + call.path()) {
            case "POST " + FAST -> transcription.fast(call);
            case "GET /speechtotext/models/base" -> Reply.json(200, baseModels());
            case "POST " + SPEECH -> speech.answer(call);
            case "GET /cognitiveservices/voices/list" -> Reply.json(200, voices());
            case "POST /sts/v1.0/issueToken" -> Reply.text(200, "text/plain", Ids.of("token-"));
            default -> error(404, "404", "Resource not found");
        };
    }

    private static boolean isShort(Call call) {
        return call.method().equals("POST")
                && call.path().startsWith(SHORT)
                && call.path().endsWith(SPEECH);
    }

    private static ObjectNode baseModels() {
        ObjectNode all = Json.object();
        all.putArray("values").addObject().put("displayName", "20260101 fake").put("locale", "en-US");
        return all;
    }

    private static ArrayNode voices() {
        ArrayNode all = Json.array();
        all.addObject()
                .put("Name", "Microsoft Server Speech Text to Speech Voice (en-US, JennyNeural)")
                .put("DisplayName", "Jenny")
                .put("ShortName", "en-US-JennyNeural")
                .put("Gender", "Female")
                .put("Locale", "en-US")
                .put("SampleRateHertz", "24000")
                .put("VoiceType", "Neural")
                .put("Status", "GA");
        return all;
    }

    @Override
    public Reply unauthorized(Call call) {
        return failure(401, call);
    }

    @Override
    public Reply failure(Kind kind, Call call) {
        return switch (kind) {
            case RATE_LIMIT -> failure(429, call).with("Retry-After", "1");
            case RATE_LIMIT_NO_RETRY_AFTER -> failure(429, call);
            case QUOTA -> error(403, "403", "Out of call volume quota. Quota will be replenished in 9 days.");
            case REVOKED -> failure(401, call);
            case BAD_REQUEST -> failure(400, call);
            case GARBAGE -> Reply.garbage();
            case ERROR_IN_200 -> errorIn200(call);
            case SERVER_ERROR -> failure(500, call);
            case OVERLOADED -> failure(503, call);
        };
    }

    private static Reply errorIn200(Call call) {
        if (isShort(call)) {
            return AzureTranscription.status("Error");
        }
        return call.is("POST", SPEECH)
                ? Reply.text(200, "audio/basic", "")
                : error(200, "InternalServerError", "An internal error occurred.");
    }

    @Override
    public Reply failure(int status, Call call) {
        if (call.is("POST", SPEECH)) {
            return Reply.empty(status).with("X-RequestId", Ids.uuid());
        }
        return switch (status) {
            case 400 -> error(400, "InvalidRequest", "The audio could not be read.");
            case 401 -> error(401, "401", "Access denied due to invalid subscription key or wrong API endpoint.");
            case 403 -> error(403, "403", "The key is not permitted to do this.");
            case 429 -> error(429, "429", "Requests have exceeded the rate limit of your current pricing tier.");
            case 503 -> error(503, "ServiceUnavailable", "The service is temporarily unavailable.");
            default -> error(status, "InternalServerError", "An internal error occurred.");
        };
    }

    static Reply error(int status, String code, String message) {
        ObjectNode body = Json.object();
        body.putObject("error").put("code", code).put("message", message);
        return Reply.json(status, body).with("x-ms-error-code", code);
    }
}
