package org.caravox.requests;

import com.github.f4b6a3.uuid.UuidCreator;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Ids of requests, jobs and transcripts: UUID version 7 (RFC 9562), so that they sort by time. The id that a request
 * gets at the door also names its job and its transcript: recording it twice is impossible.
 */
public final class RequestIds {

    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private RequestIds() {}

    public static UUID next() {
        return UuidCreator.getTimeOrderedEpoch();
    }

    /**
     * Reads an id that a caller sent.
     *
     * @param what the kind of thing, for the message: {@code job}, {@code transcript}
     * @throws Refusal NOT_FOUND when it is no id at all: nothing can have that name
     */
    public static UUID parse(String what, String text) {
        String candidate = text.strip().toLowerCase(Locale.ROOT);
        if (!UUID_TEXT.matcher(candidate).matches()) {
            throw Refusal.notFound(
                    what + " not found: ids look like " + new UUID(0x0190163d8694739bL, 0xaea5966c26f8ad90L));
        }
        return UUID.fromString(candidate);
    }
}
