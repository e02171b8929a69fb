package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPMessage;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Session descriptions in bodies, alone or as a part of {@code multipart/mixed} beside the metadata of a recording session (RFC
 * 7866, section 9.1; RFC 2046, section 5.1).
 */
final class Bodies {

    private static final Pattern BOUNDARY =
            Pattern.compile("boundary\\s*=\\s*(?:\"([^\"]+)\"|([^;\\s]+))", Pattern.CASE_INSENSITIVE);

    private Bodies() {}

    /** Whether a body of this type can be read where a session description is expected. */
    static boolean isReadable(SIPMessage message) {
        String type = Messages.contentType(message);
        return type.isEmpty() || type.equals("application/sdp") || type.startsWith("multipart/");
    }

    /** The session description of a message; empty when it has none. */
    static Optional<Sdp> sdp(SIPMessage message) throws Sdp.Unreadable {
        if (!Messages.hasBody(message)) {
            return Optional.empty();
        }
        String type = Messages.contentType(message);
        if (type.startsWith("multipart/")) {
            return multipart(message);
        }
        return type.isEmpty() || type.equals("application/sdp")
                ? Optional.of(Sdp.read(Messages.text(message), null))
                : Optional.empty();
    }

    private static Optional<Sdp> multipart(SIPMessage message) throws Sdp.Unreadable {
        Matcher boundary =
                BOUNDARY.matcher(Messages.value(message, "Content-Type").orElse(""));
        if (!boundary.find()) {
            throw new Sdp.Unreadable("a multipart body without a boundary");
        }
        String mark = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
        String sdp = null;
        @Nullable String metadata = null;
        for (String part : Messages.text(message).split(Pattern.quote("--" + mark), -1)) {
            String[] headAndBody = part.stripLeading().split("\r?\n\r?\n", 2);
            if (headAndBody.length < 2) {
                continue;
            }
            String head = headAndBody[0].toLowerCase(Locale.ROOT);
            if (head.contains("application/sdp")) {
                sdp = headAndBody[1];
            } else if (head.contains("rs-metadata") || head.contains("recording-session")) {
                metadata = headAndBody[1].strip();
            }
        }
        return sdp == null ? Optional.empty() : Optional.of(Sdp.read(sdp, metadata));
    }
}
