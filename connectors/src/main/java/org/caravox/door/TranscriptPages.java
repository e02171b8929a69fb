package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.caravox.requests.RequestIds;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptFormat;
import org.caravox.transcription.Transcripts;
import org.caravox.transcription.Transcripts.Search;
import org.caravox.transcription.Transcripts.Summary;
import org.jspecify.annotations.Nullable;

/** {@code /transcripts}: what has been stored, in the form that is asked for. */
public final class TranscriptPages {

    private final Transcripts transcripts;
    private final ObjectMapper json;

    public TranscriptPages(Transcripts transcripts, ObjectMapper json) {
        this.transcripts = transcripts;
        this.json = json;
    }

    /** {@code GET /transcripts/{id}}. */
    public void one(Exchange exchange) throws IOException {
        Query query = Query.of(exchange, Set.of("format"), json);
        UUID id = RequestIds.parse("transcript", exchange.getMessage().getHeader("id", String.class));
        Transcript transcript = transcripts.get(Callers.tenant(exchange), id);
        TranscriptFormat format =
                format(query.text("format"), BodyOnDemand.request(exchange).getHeader("Accept"));
        if (format == TranscriptFormat.JSON) {
            Answers.write(json, exchange, 200, transcript);
            return;
        }
        Message message = exchange.getMessage();
        message.setHeader(Exchange.CONTENT_TYPE, format.mediaType() + ";charset=utf-8");
        message.setBody(format.write(transcript).getBytes(StandardCharsets.UTF_8));
    }

    private static TranscriptFormat format(@Nullable String asked, @Nullable String accept) {
        if (asked != null) {
            return TranscriptFormat.of(asked);
        }
        Optional<TranscriptFormat> first = accept == null
                ? Optional.empty()
                : Arrays.stream(accept.split(","))
                        .map(range -> range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                        .flatMap(type -> TranscriptFormat.ofMediaType(type).stream())
                        .findFirst();
        return first.orElse(TranscriptFormat.JSON);
    }

    /** {@code GET /transcripts}. */
    public void list(Exchange exchange) throws IOException {
        Query query = Query.of(exchange, Set.of("userId", "from", "to", "q", "cursor", "limit"), json);
        int limit = query.limit();
        List<Summary> found = transcripts.search(
                Callers.tenant(exchange),
                new Search(
                        query.text("userId"),
                        query.time("from"),
                        query.time("to"),
                        query.text("q"),
                        query.cursor(),
                        limit + 1));
        Answers.write(json, exchange, 200, Page.of("transcripts", found, limit, Summary::id));
    }
}
