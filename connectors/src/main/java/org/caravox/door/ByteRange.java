package org.caravox.door;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The part of a body that a caller asks for. Source: RFC 9110, section 14.
 *
 * @param first its first byte
 * @param last  its last byte
 */
record ByteRange(long first, long last) {

    private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    long length() {
        return last - first + 1;
    }

    /**
     * Reads the header {@code Range}; empty when all is asked for, also by what cannot be read, or asks for several parts.
     *
     * @param length of the whole, in bytes
     * @throws Refusal OUT_OF_RANGE when the part lies beyond it
     */
    static Optional<ByteRange> of(@Nullable String header, long length) {
        Matcher asked = ONE.matcher(header == null ? "" : header.strip());
        if (!asked.matches() || asked.group().equals("bytes=-")) {
            return Optional.empty();
        }
        long first = number(asked.group(1), -1);
        long last = number(asked.group(2), length - 1);
        ByteRange range = first < 0
                ? new ByteRange(Math.max(0, length - last), length - 1) // the last so many
                : new ByteRange(first, Math.min(last, length - 1));
        if (first > last && first < length) {
            return Optional.empty();
        }
        if (range.length() < 1) {
            throw new Refusal(
                    Refusal.Reason.OUT_OF_RANGE, "the header Range lies beyond its end: it has " + length + " bytes");
        }
        return Optional.of(range);
    }

    private static long number(String digits, long otherwise) {
        return digits.isEmpty() ? otherwise : Long.parseLong(digits);
    }
}
