package org.caravox.sip.stack;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.sip.stack.Messages.Body;

/**
 * A key in INFO: {@code application/dtmf-relay} ({@code Signal=5}, {@code Duration=160}) or {@code application/dtmf} (the key
 * alone). Neither is a standard; both are what telephones send.
 *
 * @param digit 0-9, *, #, A-D
 */
record Keys(char digit, Duration length) {

    private static final Duration USUAL = Duration.ofMillis(160);
    private static final int LONGEST_MS = 10_000;
    private static final Pattern SIGNAL = Pattern.compile("(?im)^\\s*signal\\s*=\\s*([0-9*#a-d]|1[0-5])\\s*$");
    private static final Pattern DURATION = Pattern.compile("(?im)^\\s*duration\\s*=\\s*(\\d{1,5})\\s*$");
    private static final Pattern ALONE = Pattern.compile("(?i)^\\s*([0-9*#a-d]|1[0-5])\\s*$");

    static boolean isKnown(String type) {
        return type.equals("application/dtmf-relay") || type.equals("application/dtmf");
    }

    static Optional<Keys> read(String type, String text) {
        if (!isKnown(type)) {
            return Optional.empty();
        }
        Matcher signal = SIGNAL.matcher(text);
        if (!signal.find()) {
            signal = ALONE.matcher(text);
            if (!signal.find()) {
                return Optional.empty();
            }
        }
        Matcher duration = DURATION.matcher(text);
        Duration length =
                duration.find() ? Duration.ofMillis(Math.min(LONGEST_MS, Integer.parseInt(duration.group(1)))) : USUAL;
        return Optional.of(new Keys(digit(signal.group(1)), length));
    }

    /** 10 to 15 are *, #, A to D, as in RFC 4733. */
    private static char digit(String text) {
        return text.length() == 1
                ? text.toUpperCase(Locale.ROOT).charAt(0)
                : "*#ABCD".charAt(Integer.parseInt(text) - 10);
    }

    static Body write(char digit, Duration length) {
        return new Body("application/dtmf-relay", "Signal=%s\r\nDuration=%d\r\n".formatted(digit, length.toMillis()));
    }
}
