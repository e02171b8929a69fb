package org.caravox.routes.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.Tokens;
import org.caravox.providers.Answered;
import org.caravox.providers.BreakerSettings;
import org.caravox.providers.Line;
import org.caravox.providers.Use;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.requests.RequestIds;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.Spoken;
import org.caravox.tenants.Caller;
import org.caravox.tenants.Role;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptionRequest;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.jspecify.annotations.Nullable;

/** What beans do in cases that have effects, where it goes without saying. */
final class StandIns {

    /** What one does instead of a bean. */
    @FunctionalInterface
    interface StandIn {

        /** The result, as the bean's method would return it; null is none. */
        @Nullable
        Object answer(Exchange exchange, Run run) throws Exception;
    }

    /** Those that answer what the case says. */
    static final Set<String> PROVIDERS = Set.of("transcription", "dialogue", "speech");

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SPOKEN_USUALLY = Duration.ofSeconds(1);
    private static final StandIn LET_THROUGH = (exchange, run) -> null;
    private static final Map<String, StandIn> ALL = Map.ofEntries(
            Map.entry("admission", StandIns::admit),
            Map.entry("idempotentRequests", LET_THROUGH),
            Map.entry("workSlots", LET_THROUGH),
            Map.entry("jobAcceptance", LET_THROUGH),
            Map.entry("recordings", LET_THROUGH),
            Map.entry("jobLeases.listening", (exchange, run) -> listening(Mode.ASYNC)),
            Map.entry("recordingIntake", StandIns::takeIn),
            Map.entry("openAiTranscriptionIntake", StandIns::takeIn),
            Map.entry("listenIntake", StandIns::takeIn),
            Map.entry(
                    "openAiChatIntake", (exchange, run) -> take(exchange, run, org.caravox.dialogue.ChatRequest.class)),
            Map.entry("openAiSpeechIntake", (exchange, run) -> take(exchange, run, SpeechRequest.class)),
            Map.entry("speakIntake", (exchange, run) -> take(exchange, run, SpeechRequest.class)),
            Map.entry("transcription.transcribe", StandIns::transcribe),
            Map.entry("dialogue.reply", StandIns::reply),
            Map.entry("speech.speak", StandIns::speak));

    private StandIns() {}

    /** The one for a method of a bean, or for all of its methods. */
    static Optional<StandIn> of(String bean, @Nullable String method) {
        StandIn ofMethod = ALL.get(bean + "." + method);
        return Optional.ofNullable(ofMethod == null ? ALL.get(bean) : ofMethod);
    }

    private static @Nullable Object admit(Exchange exchange, Run run) {
        UUID id = RequestIds.next();
        exchange.setProperty("requestId", id);
        exchange.getMessage().setHeader("X-Request-Id", id.toString());
        if (exchange.getProperty("caller") == null) {
            exchange.setProperty("caller", new Caller(Optional.of(run.tenant()), Role.TENANT, id));
        }
        return null;
    }

    private static Listening listening(Mode mode) {
        return new Listening(mode, patience(), heard -> {});
    }

    private static Patience patience() {
        return new Patience(Deadline.in(LONG, Clock.systemUTC()), new HangUp());
    }

    private static Object takeIn(Exchange exchange, Run run) {
        exchange.setProperty("listening", listening(Mode.SYNC));
        return take(exchange, run, TranscriptionRequest.class);
    }

    private static <T> T take(Exchange exchange, Run run, Class<T> type) {
        exchange.setProperty("patience", patience());
        Object body = exchange.getMessage().getBody();
        if (type.isInstance(body)) {
            return type.cast(body);
        }
        JsonNode fields = run.values().parsed(run.values().shown(body));
        return run.values().made(fields.isObject() ? fields : JsonNodeFactory.instance.objectNode(), type);
    }

    private static @Nullable Object transcribe(Exchange exchange, Run run) throws Exception {
        JsonNode given = run.provider("transcription", Use.TRANSCRIPTION);
        TranscriptionRequest request = take(exchange, run, TranscriptionRequest.class);
        Listening listening = exchange.getProperty("listening", Listening.class);
        return Transcript.of(
                request,
                listening == null ? Mode.SYNC : listening.mode(),
                heard(given, request),
                List.of(),
                Clock.systemUTC().instant());
    }

    private static Heard heard(JsonNode given, TranscriptionRequest request) {
        double confidence = given.path("confidence").asDouble(1);
        List<Word> words = new ArrayList<>();
        double at = 0;
        for (String word : given.path("text").asText("").strip().split("\\s+", -1)) {
            if (!word.isEmpty()) {
                words.add(new Word(word, at, at + 0.25, confidence));
                at += 0.25;
            }
        }
        Duration length = request.audioDuration();
        JsonNode insights = given.get("insights");
        return new Heard(
                given.path("provider").asText("case"),
                given.path("model").asText("case"),
                given.path("language").asText("en"),
                length == null ? Duration.ofMillis(Math.round(at * 1000)) : length,
                1,
                Utterance.ofWords(0, words),
                insights);
    }

    private static @Nullable Object reply(Exchange exchange, Run run) throws Exception {
        JsonNode given = run.provider("dialogue", Use.DIALOGUE);
        String text = given.path("text").asText("");
        ArrayNode choices = JsonNodeFactory.instance.arrayNode();
        choices.addObject()
                .put("index", 0)
                .put("finish_reason", "stop")
                .putObject("message")
                .put("role", "assistant")
                .put("content", text);
        Reply reply = new Reply(
                given.path("provider").asText("case"),
                given.path("model").asText("case"),
                choices,
                Tokens.estimate(0, text.length()),
                false);
        return new Answered<>(reply, reply.provider(), reply.model(), List.of(), 1, call(Use.DIALOGUE));
    }

    private static @Nullable Object speak(Exchange exchange, Run run) throws Exception {
        JsonNode given = run.provider("speech", Use.SPEECH);
        AudioFormat format = exchange.getMessage().getBody() instanceof SpeechRequest request
                ? request.format()
                : AudioFormat.pcm(AudioFormat.LOWEST_RATE_HZ);
        double seconds = given.path("seconds").asDouble((double) SPOKEN_USUALLY.toSeconds());
        byte[] audio = new byte[2 * (int) (seconds * format.sampleRateHz())];
        Spoken spoken = new Spoken(
                given.path("provider").asText("case"),
                given.path("model").asText("case"),
                format,
                new ByteArrayInputStream(audio));
        return new Answered<>(spoken, spoken.provider(), spoken.model(), List.of(), 1, call(Use.SPEECH));
    }

    private static Line.Call call(Use use) {
        Line line = new Line(
                use, "case", "none", 1, LONG, BreakerSettings.USUAL, new SimpleMeterRegistry(), Clock.systemUTC());
        Line.Call call = line.begin().orElseThrow();
        call.succeeded();
        return call;
    }
}
