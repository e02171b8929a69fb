package org.caravox.providers;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderGone;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.jspecify.annotations.Nullable;

/**
 * A provider's answer that is none: tells apart what the caller does about it. Status alone does not say it: OpenAI
 * tells an empty account by 429, ElevenLabs by 401, Anthropic by 400; so the words in the body count first.
 *
 * @param provider   whose it is
 * @param status     the HTTP status
 * @param retryAfter what the header says, if anything
 * @param code       the vendor's own code or type, or an empty text
 * @param message    the vendor's own words, or an empty text
 */
public record ErrorAnswer(String provider, int status, @Nullable Duration retryAfter, String code, String message) {

    private static final int MOST_BYTES = 16 * 1024;
    private static final int MOST_WORDS = 300;

    /** By what OpenAI and Anthropic call the failures; the first that fits counts. */
    private static final Map<String, Integer> STATUS_OF_WORDS = statusOfWords();

    private static final Pattern QUOTA = Pattern.compile(
            "insufficient_quota|quota_exceeded|billing_error|payment_required", Pattern.CASE_INSENSITIVE);

    /** Vendors' sentences, whole from their beginning: what a caller wrote may be quoted further on. */
    private static final Pattern QUOTA_SENTENCE = Pattern.compile(
            "^(you have reached your (specified )?(api )?usage limits|your credit balance is too low"
                    + "|you exceeded your current quota|out of call volume quota|quota exceeded|out of credits)",
            Pattern.CASE_INSENSITIVE);

    /** What 403 says of one model or feature, not of the key. */
    private static final Pattern ONE_THING =
            Pattern.compile("model|voice|permission|only_for|scope|feature|not_available", Pattern.CASE_INSENSITIVE);

    private static Map<String, Integer> statusOfWords() {
        Map<String, Integer> status = new LinkedHashMap<>();
        status.put("overloaded", 529);
        status.put("insufficient_quota", 429);
        status.put("rate_limit", 429);
        status.put("slow_down", 429);
        status.put("api_key", 401);
        status.put("authentication", 401);
        status.put("billing", 402);
        status.put("permission", 403);
        status.put("not_found", 404);
        status.put("too_large", 413);
        status.put("timeout", 504);
        status.put("context_length", 400);
        status.put("content_filter", 400);
        status.put("invalid_request", 400);
        return status;
    }

    /** Reads what a status other than 2xx came with; {@code body} is empty where it is no JSON. */
    public static ErrorAnswer read(
            String provider, ProviderAnswer answer, com.fasterxml.jackson.databind.ObjectMapper json, Clock clock) {
        String text = "";
        try {
            text = new String(answer.body().readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            text = "";
        }
        JsonNode body = parse(text, json);
        return of(provider, answer.status(), retryAfter(answer, clock), body, text);
    }

    /** An error that came as JSON, also with a status of 2xx; {@code text} tells it where the JSON does not. */
    static ErrorAnswer of(String provider, int status, @Nullable Duration retryAfter, JsonNode body, String text) {
        String code =
                first(body, "/error/code", "/error/type", "/detail/status", "/err_code", "/error_code", "/category");
        String message = first(
                body, "/error/message", "/detail/message", "/err_msg", "/message", "/detail/0/msg", "/title", "/error");
        return new ErrorAnswer(
                provider,
                status,
                retryAfter,
                code + " " + first(body, "/error/type"),
                message.isEmpty() && status >= 500 ? text : message);
    }

    /**
     * Reads a failure that is told within an answer of status 200, or in the middle of a stream: OpenAI's and
     * Anthropic's {@code error} object. The status that it would have had follows from its code or type.
     */
    public static ErrorAnswer within(String provider, JsonNode error) {
        String code = error.path("code").asText("");
        String type = error.path("type").asText("");
        String message =
                error.isTextual() ? error.textValue() : error.path("message").asText("");
        return new ErrorAnswer(provider, status(code, type), null, (code + " " + type).strip(), message);
    }

    private static int status(String code, String type) {
        if (code.matches("[45]\\d\\d")) {
            return Integer.parseInt(code);
        }
        String words = code + " " + type;
        for (Map.Entry<String, Integer> known : STATUS_OF_WORDS.entrySet()) {
            if (words.contains(known.getKey())) {
                return known.getValue();
            }
        }
        return 500;
    }

    private static JsonNode parse(String text, com.fasterxml.jackson.databind.ObjectMapper json) {
        try {
            JsonNode body = json.readTree(text);
            return body == null ? json.nullNode() : body;
        } catch (IOException e) {
            return json.nullNode();
        }
    }

    private static String first(JsonNode body, String... places) {
        for (String place : places) {
            JsonNode found = body.at(place);
            if (found.isTextual() && !found.textValue().isBlank()) {
                return found.textValue();
            }
        }
        return "";
    }

    /** {@code Retry-After} in seconds or as a date (RFC 9110 §10.2.3), or OpenAI's {@code retry-after-ms}. */
    static @Nullable Duration retryAfter(ProviderAnswer answer, Clock clock) {
        Optional<Duration> inMs = answer.header("retry-after-ms").flatMap(text -> number(text, Duration.ofMillis(1)));
        return inMs.or(() -> answer.header("Retry-After")
                        .flatMap(text -> number(text, Duration.ofSeconds(1)).or(() -> date(text, clock))))
                .orElse(null);
    }

    private static Optional<Duration> number(String text, Duration unit) {
        String digits = text.strip();
        return digits.matches("\\d{1,9}(\\.\\d{1,6})?")
                ? Optional.of(Duration.ofNanos((long) (Double.parseDouble(digits) * unit.toNanos())))
                : Optional.empty();
    }

    private static Optional<Duration> date(String text, Clock clock) {
        try {
            ZonedDateTime at = ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
            Duration until = Duration.between(clock.instant(), at.toInstant());
            return Optional.of(until.isNegative() ? Duration.ZERO : until);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** What the caller does about it. */
    public ProviderFailure failure() {
        String said = "answered " + status + said();
        boolean quota =
                QUOTA.matcher(code).find() || QUOTA_SENTENCE.matcher(message).find();
        if (status < 500 && quota) {
            return new ProviderGone(provider, Cause.QUOTA, said);
        }
        return switch (status) {
            case 401 -> new ProviderGone(provider, Cause.CREDENTIAL, said);
            case 403 ->
                ONE_THING.matcher(code + " " + message).find()
                        ? new ProviderRejected(provider, said)
                        : new ProviderGone(provider, Cause.CREDENTIAL, said);
            case 405, 407 -> misplaced(said);
            case 404 -> said.endsWith("404") ? misplaced(said) : new ProviderRejected(provider, said);
            case 402 -> new ProviderGone(provider, Cause.QUOTA, said);
            case 429 -> new ProviderBusy(provider, Cause.RATE_LIMITED, said, retryAfter, null);
            case 408, 425 -> new ProviderBusy(provider, Cause.SERVER_ERROR, said, retryAfter, null);
            default ->
                status >= 500 || status < 400
                        ? new ProviderBusy(provider, Cause.SERVER_ERROR, said, retryAfter, null)
                        : new ProviderRejected(provider, said);
        };
    }

    /** No API answers so: the address that is set is wrong, or something stands in between. */
    private ProviderFailure misplaced(String said) {
        return new ProviderBusy(provider, Cause.GARBAGE, said + ": is its base-url right?", null, null);
    }

    private String said() {
        String words = (code.strip() + " " + message.strip()).strip().replaceAll("[^\\x20-\\x7e]+", " ");
        if (words.isEmpty()) {
            return "";
        }
        return ": "
                + (words.length() > MOST_WORDS ? words.substring(0, MOST_WORDS) + "..." : words)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("(sk|key|cvx|token)[-_][a-z0-9_-]{8,}", "$1-...");
    }
}
