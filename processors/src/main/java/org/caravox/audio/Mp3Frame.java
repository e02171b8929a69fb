package org.caravox.audio;

import java.util.stream.IntStream;

/** The headers of MP3 frames. Sources: ISO/IEC 11172-3, section 2.4.1.3; ISO/IEC 13818-3, section 2.4.2.3. */
final class Mp3Frame {

    private static final int HEADER_BYTES = 4;
    private static final int MPEG_1 = 3;
    private static final int RESERVED = 1;
    private static final int LAYER_3 = 1;
    private static final int[] KBPS_1 = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0};
    private static final int[] KBPS_2 = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0};
    private static final int[] SAME = {0xFF, 0xFE, 0x0C
    }; // in all frames of a file: sync, version, layer and sample rate
    private static final int[] RATES_HZ = {44_100, 48_000, 32_000, 0};

    private Mp3Frame() {}

    /** Whether two frames follow each other: samples may look like one. */
    static boolean areTwo(PendingBytes first) {
        int length = length(first, 0);
        return length > 0 && length(first, length) > 0 && isAlike(first, length);
    }

    private static boolean isAlike(PendingBytes bytes, int second) {
        return IntStream.range(0, SAME.length)
                .allMatch(i -> (bytes.at(i) & SAME[i]) == (bytes.at(second + i) & SAME[i]));
    }

    /** Whether that can be seen, or need not be looked for. */
    static boolean isTold(PendingBytes first) {
        int length = length(first, 0);
        return length == 0 || first.size() >= length + HEADER_BYTES;
    }

    /** How long the frame is that begins there, in bytes; 0 when none does. */
    private static int length(PendingBytes bytes, int at) {
        if (bytes.size() < at + HEADER_BYTES || bytes.at(at) != 0xFF || bytes.at(at + 1) < 0xE0) {
            return 0;
        }
        int version = (bytes.at(at + 1) >> 3) & 3;
        int layer = (bytes.at(at + 1) >> 1) & 3;
        int kbps = (version == MPEG_1 ? KBPS_1 : KBPS_2)[bytes.at(at + 2) >> 4];
        int rateHz = RATES_HZ[(bytes.at(at + 2) >> 2) & 3];
        if (version == RESERVED || layer != LAYER_3 || kbps == 0 || rateHz == 0) {
            return 0;
        }
        int padding = (bytes.at(at + 2) >> 1) & 1;
        return switch (version) {
            case MPEG_1 -> 144_000 * kbps / rateHz + padding;
            case 2 -> 72_000 * kbps / (rateHz / 2) + padding;
            default -> 72_000 * kbps / (rateHz / 4) + padding;
        };
    }
}
