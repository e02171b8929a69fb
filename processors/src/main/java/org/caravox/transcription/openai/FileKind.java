package org.caravox.transcription.openai;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The formats that are taken; the file's name tells which one it is, so it must fit the bytes. */
enum FileKind {
    WAV("audio/wav"),
    OGG("audio/ogg"),
    FLAC("audio/flac"),
    MP3("audio/mpeg"),
    M4A("audio/mp4"),
    MP4("video/mp4"),
    WEBM("audio/webm");

    private static final int HEAD_BYTES = 12;

    private final String contentType;

    FileKind(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    String extension() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** What a recording's first bytes are; empty when they are none of these. */
    static Optional<FileKind> of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return of(in.readNBytes(HEAD_BYTES));
        }
    }

    private static Optional<FileKind> of(byte[] head) {
        String text = new String(Arrays.copyOf(head, HEAD_BYTES), StandardCharsets.ISO_8859_1);
        if (text.startsWith("RIFF") && text.startsWith("WAVE", 8)) {
            return Optional.of(WAV);
        }
        if (text.startsWith("OggS")) {
            return Optional.of(OGG);
        }
        if (text.startsWith("fLaC")) {
            return Optional.of(FLAC);
        }
        if (text.startsWith("ftyp", 4)) {
            return Optional.of(text.startsWith("M4A", 8) ? M4A : MP4);
        }
        if (text.startsWith("\u001aE\u00df\u00a3")) { // EBML (RFC 8794)
            return Optional.of(WEBM);
        }
        return text.startsWith("ID3") || isMpegFrame(head) ? Optional.of(MP3) : Optional.empty();
    }

    /** Eleven bits of synchronisation and layer III, which raw AAC (layer bits 00) has not. */
    private static boolean isMpegFrame(byte[] head) {
        return head.length > 1 && (head[0] & 0xff) == 0xff && (head[1] & 0xe6) == 0xe2;
    }
}
