package org.caravox.dialogue.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.LanguageModel;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.ReplyStream;
import org.caravox.providers.AnswerJson;
import org.caravox.providers.Attempt;
import org.caravox.providers.Credential;
import org.caravox.providers.ErrorAnswer;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderAnswer;
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderCall.Bytes;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;

/**
 * Anthropic's {@code POST /messages}. Its options:
 *
 * <ul>
 *   <li>{@code version}: the {@code anthropic-version}, 2023-06-01 unless set; from 2026-10-21 on, Anthropic takes no
 *       sampling options
 *   <li>{@code max-tokens}: how long a message may get when the caller does not say; 4096 unless set
 * </ul>
 */
public final class AnthropicModel implements LanguageModel {

    private static final String USUAL_VERSION = "2023-06-01";
    private static final LocalDate WITHOUT_SAMPLING = LocalDate.of(2026, 10, 21);

    private final RemoteSettings settings;
    private final ProviderHttp http;
    private final ObjectMapper json;
    private final Clock clock;
    private final String version;
    private final MessagesRequest translation;

    public AnthropicModel(RemoteSettings settings, ProviderHttp http, ObjectMapper json, Clock clock) {
        this.settings = settings;
        this.http = http;
        this.json = json;
        this.clock = clock;
        this.version = settings.option("version", USUAL_VERSION);
        boolean takesSampling = date(version).isBefore(WITHOUT_SAMPLING);
        this.translation = new MessagesRequest(settings.name(), json, maxTokens(settings), takesSampling);
    }

    private LocalDate date(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "provider " + settings.name() + ": option version must be a date like 2023-06-01, was " + text, e);
        }
    }

    private static int maxTokens(RemoteSettings settings) {
        String text = settings.option("max-tokens", "4096");
        if (!text.matches("[1-9]\\d{0,6}")) {
            throw new IllegalArgumentException(
                    "provider " + settings.name() + ": option max-tokens must be from 1 to 9999999, was " + text);
        }
        return Integer.parseInt(text);
    }

    @Override
    public String provider() {
        return settings.name();
    }

    @Override
    public Models models() {
        return settings.models();
    }

    @Override
    public Optional<String> refuses(ChatRequest request) {
        return translation.refuses(request);
    }

    @Override
    public Set<String> cannot(ChatRequest request) {
        return translation.cannot(request);
    }

    @Override
    public Optional<ProviderCall> probe(Credential credential) {
        return Optional.of(ProviderCall.get(settings.at("/models"), headers(credential)));
    }

    @Override
    public Reply reply(ChatRequest request, Attempt attempt) throws IOException {
        try (ProviderAnswer answer = send(request, attempt, false)) {
            JsonNode message = AnswerJson.read(answer, json);
            return new MessagesReply(provider(), json).read(message, attempt.model());
        }
    }

    @Override
    public ReplyStream stream(ChatRequest request, Attempt attempt) throws IOException {
        ProviderAnswer answer = send(request, attempt, true);
        boolean begun = false;
        try {
            if (answer.header("Content-Type").orElse("").contains("json")) {
                throw notStreamed(AnswerJson.read(answer, json));
            }
            MessagesStream stream = new MessagesStream(
                    provider(), attempt.model(), request.characters(), answer, AnswerJson.reader(json));
            stream.awaitFirst();
            begun = true;
            return stream;
        } finally {
            if (!begun) {
                answer.close();
            }
        }
    }

    private RuntimeException notStreamed(JsonNode body) {
        MessagesReply.throwIfError(provider(), body);
        return MessagesReply.garbage(provider(), "answered whole although a stream was asked for");
    }

    private ProviderAnswer send(ChatRequest request, Attempt attempt, boolean streamed) throws IOException {
        ObjectNode body = translation.body(request, attempt.model());
        if (streamed) {
            body.put("stream", true);
        }
        ProviderCall call = ProviderCall.post(
                settings.at("/messages"),
                headers(attempt.credential()),
                new Bytes("application/json", json.writeValueAsBytes(body)));
        ProviderAnswer answer = http.send(call, attempt.patience());
        if (answer.status() / 100 == 2) {
            return answer;
        }
        try (answer) {
            throw ErrorAnswer.read(provider(), answer, json, clock).failure();
        }
    }

    private Map<String, String> headers(Credential credential) {
        return Map.of("x-api-key", credential.secret(), "anthropic-version", version);
    }
}
