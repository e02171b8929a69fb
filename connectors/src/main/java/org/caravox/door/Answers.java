package org.caravox.door;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.caravox.jobs.Job;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Option;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptionMetrics;
import org.caravox.transcription.TranscriptionRequest;
import org.caravox.transcription.Word;
import org.jspecify.annotations.Nullable;

/** What callers of {@code POST /transcribe} get. */
public final class Answers {

    /** Whether a request has become a job, which then owns its recording. */
    static final String JOB_MADE = "jobMade";

    private final ObjectMapper json;
    private final TranscriptionMetrics metrics;
    private final Clock clock;

    public Answers(ObjectMapper json, TranscriptionMetrics metrics, Clock clock) {
        this.json = json;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** The answer of a sync request: {@code words} of all channels in order of time, then the same by channel. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Transcribed(
            String transcript,
            UUID requestId,
            String userId,
            String language,
            String model,
            String provider,
            double duration,
            @Nullable Double confidence,
            List<Word> words,
            List<Transcript.Channel> channels,
            List<Transcript.Line> utterances,
            @Nullable JsonNode insights,
            @Nullable List<String> warnings,
            @Nullable Boolean cached,
            @Nullable JsonNode metadata) {}

    /** The answer of an async request. */
    record Accepted(UUID jobId, String status, UUID requestId) {}

    /** The answer of a request for a live stream. */
    record Streamed(Mode mode, String url, UUID requestId) {}

    /** 200 with the transcript, which has been stored. */
    public void transcript(Exchange exchange) throws IOException, InvalidPayloadException {
        Transcript made = exchange.getMessage().getMandatoryBody(Transcript.class);
        count(exchange, made);
        List<Word> words = made.channels().stream()
                .flatMap(channel -> channel.words().stream())
                .sorted(Comparator.comparingDouble(Word::start))
                .toList();
        write(
                exchange,
                200,
                new Transcribed(
                        made.transcript(),
                        made.id(),
                        made.userId(),
                        made.language(),
                        made.model(),
                        made.provider(),
                        made.duration(),
                        made.confidence(),
                        words,
                        made.channels(),
                        made.utterances(),
                        made.insights(),
                        made.warnings(),
                        made.cached(),
                        made.metadata()));
    }

    /** Counts a request that ended with a transcript. */
    public void count(Exchange exchange, Transcript made) {
        Instant received = exchange.getClock().getCreated() > 0
                ? Instant.ofEpochMilli(exchange.getClock().getCreated())
                : clock.instant();
        metrics.completed(made.model(), Duration.between(received, clock.instant()));
    }

    /** 202 with the job and where to ask for it. */
    public void accepted(Exchange exchange) throws IOException, InvalidPayloadException {
        Job job = exchange.getMessage().getMandatoryBody(Job.class);
        exchange.setProperty(JOB_MADE, job.jobId().equals(exchange.getProperty(Admission.REQUEST_ID, UUID.class)));
        exchange.getMessage().setHeader("Location", "/jobs/" + job.jobId());
        write(exchange, 202, new Accepted(job.jobId(), job.status().word(), job.jobId()));
    }

    /** 200 with the address to connect to by WebSocket; the key is sent with the handshake. */
    public void stream(Exchange exchange) throws IOException, InvalidPayloadException {
        TranscriptionRequest request = exchange.getMessage().getMandatoryBody(TranscriptionRequest.class);
        HttpServletRequest http = BodyOnDemand.request(exchange);
        String host = Optional.ofNullable(http.getHeader("Host"))
                .orElseGet(() -> http.getServerName() + ":" + http.getServerPort());
        String address = (http.isSecure() ? "wss" : "ws") + "://" + host + "/stream?" + query(request);
        write(exchange, 200, new Streamed(Mode.STREAM, address, request.id()));
    }

    private static String query(TranscriptionRequest request) {
        List<String> pairs = new ArrayList<>();
        add(pairs, "userId", request.userId());
        add(pairs, "language", request.language());
        add(pairs, "model", request.model());
        add(pairs, "provider", request.provider());
        request.options().values().forEach((option, values) -> {
            if (option != Option.CACHE) {
                values.forEach(value -> add(pairs, option.word(), value));
            }
        });
        JsonNode metadata = request.metadata();
        add(pairs, "metadata", metadata == null ? null : metadata.toString());
        return String.join("&", pairs);
    }

    private static void add(List<String> pairs, String name, @Nullable String value) {
        if (value != null) {
            pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }

    private void write(Exchange exchange, int status, Object body) throws IOException {
        write(json, exchange, status, body);
    }

    /** Answers with JSON. */
    public static void write(ObjectMapper json, Exchange exchange, int status, Object body) throws IOException {
        write(exchange, status, json.writeValueAsBytes(body));
    }

    /** Answers with JSON that is written already. */
    public static void write(Exchange exchange, int status, byte[] body) {
        Message message = exchange.getMessage();
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setBody(body);
    }
}
