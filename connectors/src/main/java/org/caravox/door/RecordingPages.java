package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.commons.io.input.BoundedInputStream;
import org.caravox.recordings.AudioArchive;
import org.caravox.recordings.RecordingSource.Kind;
import org.caravox.requests.RequestIds;

/** {@code /transcripts/{id}/audio}: what was recorded, as a whole or in parts. */
public final class RecordingPages {

    private final AudioArchive archive;
    private final ObjectMapper json;

    public RecordingPages(AudioArchive archive, ObjectMapper json) {
        this.archive = archive;
        this.json = json;
    }

    /** {@code GET /transcripts/{id}/audio}. */
    public void ofStream(Exchange exchange) throws IOException {
        send(exchange, "transcript", Kind.LIVE);
    }

    /** {@code GET /calls/{id}/audio}. */
    public void ofCall(Exchange exchange) throws IOException {
        send(exchange, "call", Kind.CALL);
    }

    private void send(Exchange exchange, String what, Kind kind) throws IOException {
        Query.of(exchange, Set.of(), json);
        UUID id = RequestIds.parse(what, exchange.getMessage().getHeader("id", String.class));
        send(exchange, archive.file(Callers.tenant(exchange), kind, id), id + ".wav");
    }

    private static void send(Exchange exchange, Path file, String name) throws IOException {
        Message message = exchange.getMessage();
        try (InputStream whole = Files.newInputStream(file)) {
            long length = Files.size(file);
            message.setHeader("Content-Range", "bytes */" + length);
            Optional<ByteRange> part = ByteRange.of(asked(BodyOnDemand.request(exchange)), length);
            if (part.isPresent()) {
                message.setHeader(
                        "Content-Range",
                        "bytes " + part.get().first() + "-" + part.get().last() + "/" + length);
            } else {
                message.removeHeader("Content-Range");
            }
            message.setHeader("Accept-Ranges", "bytes");
            message.setHeader("Content-Disposition", "attachment; filename=\"" + name + "\"");
            ByteRange sent = part.orElse(new ByteRange(0, length - 1));
            whole.skipNBytes(sent.first());
            StreamedAnswer.begin(exchange, part.isPresent() ? 206 : 200, "audio/wav", sent.length())
                    .pour(BoundedInputStream.builder()
                            .setInputStream(whole)
                            .setMaxCount(sent.length())
                            .get());
        }
    }

    /** A part that is wanted only if the whole has not changed is answered with the whole: it has no version to compare. */
    private static String asked(HttpServletRequest http) {
        String range = http.getHeader("Range");
        return range == null || http.getHeader("If-Range") != null ? "" : range;
    }
}
