package org.caravox.audio;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What files of recordings begin with. Sources: RFC 3533, section 6 (Ogg); RFC 8794, section 8.1 (EBML, of which WebM is);
 * RFC 9639, section 6 (FLAC); ID3 2.3, section 3.1 (before MP3); ISO/IEC 14496-12, section 4.3 (MP4).
 */
enum FileSign {
    WAV("a WAV file", 0, "RIFF"),
    OGG("an Ogg file", 0, "OggS"),
    WEBM("a WebM file", 0, "\u001AE\u00DF\u00A3"),
    FLAC("a FLAC file", 0, "fLaC"),
    MP3("an MP3 file", 0, "ID3"),
    MP4("an MP4 file", 4, "ftyp");

    private static final int TOLD_BY = 8;

    private final String name;
    private final int at;
    private final String sign;

    FileSign(String name, int at, String sign) {
        this.name = name;
        this.at = at;
        this.sign = sign;
    }

    /** Whether so much has come that {@link #of} can tell. */
    static boolean isTold(PendingBytes first) {
        return first.size() >= TOLD_BY && Mp3Frame.isTold(first);
    }

    /** What begins like this; empty: no file that is known here. */
    static Optional<FileSign> of(PendingBytes first) {
        if (Mp3Frame.areTwo(first)) {
            return Optional.of(MP3);
        }
        return Arrays.stream(values()).filter(one -> one.begins(first)).findFirst();
    }

    private boolean begins(PendingBytes first) {
        byte[] bytes = sign.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i++) {
            if (first.size() <= at + i || first.at(at + i) != (bytes[i] & 0xFF)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return name;
    }
}
