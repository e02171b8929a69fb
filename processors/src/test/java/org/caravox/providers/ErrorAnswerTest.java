package org.caravox.providers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.caravox.providers.ProviderFailure.Cause;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Status and words together say what is to be done. */
class ErrorAnswerTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "429 | {\"error\":{\"code\":\"insufficient_quota\",\"message\":\"You exceeded your current quota\"}} | QUOTA",
                "429 | {\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"Slow down\"}} | RATE_LIMITED",
                "401 | {\"detail\":{\"status\":\"quota_exceeded\",\"message\":\"no credits\"}} | QUOTA",
                "401 | {\"detail\":{\"status\":\"invalid_api_key\",\"message\":\"Invalid\"}} | CREDENTIAL",
                "400 | {\"error\":{\"type\":\"invalid_request_error\",\"message\":\"You have reached your specified API usage limits.\"}} | QUOTA",
                "400 | {\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your credit balance is too low\"}} | QUOTA",
                "400 | {\"error\":{\"code\":\"invalid_value\",\"message\":\"Invalid value: 'your usage limits'\"}} | REJECTED",
                "402 | {\"err_code\":\"ASR_PAYMENT_REQUIRED\",\"err_msg\":\"Pay\"} | QUOTA",
                "403 | {\"error\":{\"code\":\"403\",\"message\":\"Out of call volume quota.\"}} | QUOTA",
                "403 | {\"error\":{\"code\":\"model_not_found\",\"message\":\"No access to model x\"}} | REJECTED",
                "403 | {\"err_code\":\"INSUFFICIENT_PERMISSIONS\",\"err_msg\":\"For this model\"} | REJECTED",
                "403 | {\"error\":{\"message\":\"Account suspended\"}} | CREDENTIAL",
                "404 | {\"error\":{\"code\":\"model_not_found\",\"message\":\"No such model\"}} | REJECTED",
                "404 | null | GARBAGE",
                "301 | null | SERVER_ERROR",
                "405 | null | GARBAGE",
                "529 | {\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}} | SERVER_ERROR",
                "200 | {\"error\":{\"code\":\"InternalError\",\"message\":\"Broken\"}} | SERVER_ERROR",
            })
    void it_is_told_apart(int status, String body, Cause why) throws JsonProcessingException {
        ErrorAnswer answer = ErrorAnswer.of("acme", status, null, JSON.readTree(body), "<html>raw</html>");

        assertThat(answer.failure().why()).isEqualTo(why);
        assertThat(answer.failure().getMessage()).doesNotContain("raw").startsWith("answered " + status);
    }
}
