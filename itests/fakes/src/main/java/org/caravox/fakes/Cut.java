package org.caravox.fakes;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Where an answer ends too early.
 *
 * @param point where
 * @param bytes of the body that are still sent; counts for {@link Point#AFTER_BYTES} alone
 */
public record Cut(Point point, long bytes) {

    private static final String AFTER_BYTES = "afterBytes:";

    /** Where, in kind. */
    public enum Point {
        /** The connection is closed, and not a byte was answered. */
        BEFORE_HEADERS,
        /** The connection is reset (TCP RST), and not a byte was answered. */
        RESET,
        /** Half of the body is sent. */
        MID_STREAM,
        /** So many bytes of the body are sent. */
        AFTER_BYTES
    }

    public static Cut beforeHeaders() {
        return new Cut(Point.BEFORE_HEADERS, 0);
    }

    public static Cut reset() {
        return new Cut(Point.RESET, 0);
    }

    public static Cut midStream() {
        return new Cut(Point.MID_STREAM, 0);
    }

    public static Cut afterBytes(long bytes) {
        return new Cut(Point.AFTER_BYTES, bytes);
    }

    /**
     * Reads what a script says.
     *
     * @throws IllegalArgumentException when it says something else
     */
    @JsonCreator
    public static Cut parse(String text) {
        return switch (text) {
            case "beforeHeaders" -> beforeHeaders();
            case "reset" -> reset();
            case "midStream" -> midStream();
            default -> afterBytes(bytes(text));
        };
    }

    private static long bytes(String text) {
        if (!text.matches(AFTER_BYTES + "\\d{1,18}")) {
            throw new IllegalArgumentException(
                    "cut must be beforeHeaders, reset, midStream or afterBytes:N, was " + text);
        }
        return Long.parseLong(text.substring(AFTER_BYTES.length()));
    }

    @JsonValue
    @Override
    public String toString() {
        return switch (point) {
            case BEFORE_HEADERS -> "beforeHeaders";
            case RESET -> "reset";
            case MID_STREAM -> "midStream";
            case AFTER_BYTES -> AFTER_BYTES + bytes;
        };
    }

    boolean hasNoHeaders() {
        return point == Point.BEFORE_HEADERS || point == Point.RESET;
    }

    /** How much of a body of this length is sent. */
    long keptOf(long bodyBytes) {
        return switch (point) {
            case BEFORE_HEADERS, RESET -> 0;
            case MID_STREAM -> bodyBytes / 2;
            case AFTER_BYTES -> Math.min(bytes, bodyBytes);
        };
    }
}
