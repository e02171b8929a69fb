package org.caravox.webhook;

import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint answered.
 *
 * @param body       its beginning
 * @param retryAfter the header, as it came; null without one
 */
record Answer(int status, String body, @Nullable String retryAfter) {

    /** How long it asks us to wait: in seconds or until a date (RFC 9110, 10.2.3); null when it does not say. */
    @Nullable
    Duration wait(Clock clock) {
        if (retryAfter == null) {
            return null;
        }
        try {
            return retryAfter.strip().matches("\\d{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(retryAfter.strip()))
                    : Duration.between(
                            clock.instant(),
                            ZonedDateTime.parse(retryAfter.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
