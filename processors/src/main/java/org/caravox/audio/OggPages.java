package org.caravox.audio;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.caravox.requests.Refusal;

/**
 * Looks whether the last page of an Ogg file is whole: an Ogg file does not say how long it is, so decoders take one
 * that was cut off for a shorter one. Source: RFC 3533, section 6.
 */
final class OggPages {

    private static final int HEADER_BYTES = 27;
    private static final int LARGEST_PAGE_BYTES = HEADER_BYTES + 255 + 255 * 255;

    private OggPages() {}

    /**
     * Checks the file if it is an Ogg file; leaves any other alone.
     *
     * @throws Refusal INVALID when it was cut off within a page
     */
    static void check(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] start = new byte[4];
            if (in.length() < HEADER_BYTES || in.read(start) < 4 || !isPage(start, 0)) {
                return;
            }
            byte[] end = new byte[(int) Math.min(in.length(), LARGEST_PAGE_BYTES)];
            in.seek(in.length() - end.length);
            in.readFully(end);
            int last = lastPage(end);
            if (last >= 0 && pageLength(end, last) > end.length - last) {
                throw Refusal.invalid("the Ogg file is truncated: its last page is cut off");
            }
        }
    }

    private static int lastPage(byte[] bytes) {
        for (int at = bytes.length - 4; at >= 0; at--) {
            if (isPage(bytes, at)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean isPage(byte[] bytes, int at) {
        return bytes[at] == 'O' && bytes[at + 1] == 'g' && bytes[at + 2] == 'g' && bytes[at + 3] == 'S';
    }

    /** The length that the page's header and segment table claim; over any size when they are cut off themselves. */
    private static int pageLength(byte[] bytes, int at) {
        if (at + HEADER_BYTES > bytes.length) {
            return Integer.MAX_VALUE;
        }
        int segments = bytes[at + HEADER_BYTES - 1] & 0xff;
        int length = HEADER_BYTES + segments;
        if (at + length > bytes.length) {
            return Integer.MAX_VALUE;
        }
        for (int segment = 0; segment < segments; segment++) {
            length += bytes[at + HEADER_BYTES + segment] & 0xff;
        }
        return length;
    }
}
