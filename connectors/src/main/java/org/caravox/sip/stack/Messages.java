package org.caravox.sip.stack;

import gov.nist.javax.sip.header.SIPHeader;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.parser.StringMsgParser;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads headers and writes messages. */
final class Messages {

    /** Methods that are understood, RFC 3261 and its extensions. */
    static final String ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY";

    /** Extensions that are understood. */
    static final String SUPPORTED = "100rel, timer, replaces, norefersub";

    static final String ACCEPT =
            "application/sdp, multipart/mixed, application/dtmf-relay, application/dtmf, message/sipfrag";

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Of RFC 3261 section 7.3.3 and its extensions. */
    private static final Map<String, String> COMPACT = Map.of(
            "Content-Type",
            "c",
            "Content-Encoding",
            "e",
            "Supported",
            "k",
            "Refer-To",
            "r",
            "Event",
            "o",
            "Session-Expires",
            "x",
            "Referred-By",
            "b",
            "Subject",
            "s");

    private Messages() {}

    static String random(int bytes) {
        byte[] some = new byte[bytes];
        RANDOM.nextBytes(some);
        return HexFormat.of().formatHex(some);
    }

    static String branch() {
        return "z9hG4bK" + random(10);
    }

    /** A header's value as one line; several of one name are joined by commas. */
    static Optional<String> value(SIPMessage message, String name) {
        List<String> values = values(message, name);
        return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
    }

    static List<String> values(SIPMessage message, String name) {
        var values = new ArrayList<String>();
        collect(message, name, values);
        String compact = COMPACT.get(name);
        if (values.isEmpty() && compact != null) {
            collect(message, compact, values);
        }
        return values;
    }

    private static void collect(SIPMessage message, String name, List<String> into) {
        var headers = message.getHeaders(name);
        while (headers != null && headers.hasNext()) {
            SIPHeader header = headers.next();
            if (header != null) {
                String value = header.getHeaderValue();
                into.add(value == null ? "" : value.strip());
            }
        }
    }

    /** Option tags and the like: what stands between commas, in lower case. */
    static List<String> tokens(SIPMessage message, String name) {
        return value(message, name).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(token -> token.strip().toLowerCase(Locale.ROOT))
                .filter(token -> !token.isEmpty())
                .toList();
    }

    static boolean understands(SIPMessage message, String option) {
        return Stream.of("Supported", "Require")
                .anyMatch(name -> tokens(message, name).contains(option));
    }

    /** A whole number at the beginning of a value, as in {@code Session-Expires: 1800;refresher=uac}. */
    static Optional<Duration> seconds(SIPMessage message, String name) {
        return value(message, name)
                .map(value -> value.split("[;,\\s]", 2)[0])
                .filter(text -> text.matches("\\d{1,9}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    static Optional<String> parameter(String value, String name) {
        return Arrays.stream(value.split(";"))
                .skip(1)
                .map(String::strip)
                .filter(part -> part.regionMatches(true, 0, name + "=", 0, name.length() + 1))
                .map(part -> part.substring(name.length() + 1).strip())
                .findFirst();
    }

    /** The media type of the body in lower case, without parameters. */
    static String contentType(SIPMessage message) {
        return value(message, "Content-Type")
                .map(value -> value.split(";", 2)[0]
                        .strip()
                        .replaceAll("\\s*/\\s*", "/")
                        .toLowerCase(Locale.ROOT))
                .orElse("");
    }

    static String text(SIPMessage message) {
        byte[] raw = message.getRawContent();
        return raw == null ? "" : new String(raw, StandardCharsets.UTF_8);
    }

    static boolean hasBody(SIPMessage message) {
        byte[] raw = message.getRawContent();
        return raw != null && raw.length > 0;
    }

    /** A request of lines that we wrote. */
    static SIPRequest request(String start, List<String> headers, @Nullable Body body) {
        var text = new StringBuilder(start).append("\r\n");
        headers.forEach(line -> text.append(line).append("\r\n"));
        byte[] content = body == null ? new byte[0] : body.text().getBytes(StandardCharsets.UTF_8);
        if (body != null) {
            text.append("Content-Type: ").append(body.type()).append("\r\n");
        }
        text.append("Content-Length: 0\r\n\r\n");
        try {
            var request = (SIPRequest) new StringMsgParser()
                    .parseSIPMessage(text.toString().getBytes(StandardCharsets.UTF_8), true, true, null);
            if (body != null) {
                request.setMessageContent(content);
                request.getContentLengthHeader().setContentLength(content.length);
            }
            return request;
        } catch (ParseException | javax.sip.InvalidArgumentException e) {
            throw new IllegalArgumentException("a SIP request that cannot be: " + start, e);
        }
    }

    static void body(SIPResponse response, Body body) {
        byte[] content = body.text().getBytes(StandardCharsets.UTF_8);
        header(response, "Content-Type", body.type());
        response.setMessageContent(content);
        try {
            response.getContentLengthHeader().setContentLength(content.length);
        } catch (javax.sip.InvalidArgumentException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Adds a header, or puts it in the place of those of its name. */
    static void header(SIPMessage message, String name, String value) {
        try {
            message.setHeader(StringMsgParser.parseSIPHeader(name + ": " + value));
        } catch (ParseException e) {
            throw new IllegalArgumentException("a SIP header that cannot be: " + name, e);
        }
    }

    static void add(SIPMessage message, String name, String value) {
        try {
            message.addHeader(StringMsgParser.parseSIPHeader(name + ": " + value));
        } catch (ParseException e) {
            throw new IllegalArgumentException("a SIP header that cannot be: " + name, e);
        }
    }

    /** In quotation marks, as RFC 3261 section 25.1 has it. */
    static String quoted(String text) {
        return '"' + text.replaceAll("[\\p{Cntrl}]", " ").replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /**
     * What goes along with a message.
     *
     * @param type as in Content-Type
     */
    record Body(String type, String text) {

        static Body sdp(String text) {
            return new Body("application/sdp", text);
        }
    }
}
