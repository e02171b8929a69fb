package org.caravox.dialogue.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.LanguageModel;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;
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
 * OpenAI's {@code POST /chat/completions}, and everybody who imitates it. What the caller wrote is passed on; only the
 * model and the flags of streaming are the hub's. Usage is always asked for. Its options:
 *
 * <ul>
 *   <li>{@code cannot}: fields, separated by commas, that this server does not honour; they are not sent
 *   <li>{@code key: none}: this server wants no credential
 * </ul>
 */
public final class OpenAiModel implements LanguageModel {

    private final RemoteSettings settings;
    private final ProviderHttp http;
    private final ObjectMapper json;
    private final Clock clock;
    private final Set<String> lacks;

    public OpenAiModel(RemoteSettings settings, ProviderHttp http, ObjectMapper json, Clock clock) {
        this.settings = settings;
        this.http = http;
        this.json = json;
        this.clock = clock;
        this.lacks = Stream.of(settings.option("cannot", "").split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
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
    public boolean needsCredential() {
        return !settings.option("key", "").equals("none");
    }

    @Override
    public Optional<String> refuses(ChatRequest request) {
        return Optional.empty();
    }

    @Override
    public Set<String> cannot(ChatRequest request) {
        if (lacks.isEmpty()) {
            return Set.of();
        }
        Set<String> asked = new TreeSet<>(request.optionsBesides(Set.of()));
        asked.retainAll(lacks);
        return asked;
    }

    @Override
    public Optional<ProviderCall> probe(Credential credential) {
        return Optional.of(ProviderCall.get(settings.at("/models"), headers(credential)));
    }

    @Override
    public Reply reply(ChatRequest request, Attempt attempt) throws IOException {
        try (ProviderAnswer answer = send(request, attempt, false)) {
            return whole(request, attempt, answer);
        }
    }

    @Override
    public ReplyStream stream(ChatRequest request, Attempt attempt) throws IOException {
        ProviderAnswer answer = send(request, attempt, true);
        boolean begun = false;
        try {
            ReplyStream stream;
            if (answer.header("Content-Type").orElse("").contains("json")) {
                Reply reply = whole(request, attempt, answer);
                answer.close();
                stream = new WholeReply(reply);
            } else {
                OpenAiStream pieces = new OpenAiStream(
                        provider(), attempt.model(), request.characters(), answer, AnswerJson.reader(json));
                pieces.awaitFirst();
                stream = pieces;
            }
            begun = true;
            return stream;
        } finally {
            if (!begun) {
                answer.close();
            }
        }
    }

    private ProviderAnswer send(ChatRequest request, Attempt attempt, boolean streamed) throws IOException {
        ProviderCall call = ProviderCall.post(
                settings.at("/chat/completions"),
                headers(attempt.credential()),
                new Bytes("application/json", json.writeValueAsBytes(body(request, attempt.model(), streamed))));
        ProviderAnswer answer = http.send(call, attempt.patience());
        if (answer.status() / 100 == 2) {
            return answer;
        }
        try (answer) {
            throw ErrorAnswer.read(provider(), answer, json, clock).failure();
        }
    }

    private static Map<String, String> headers(Credential credential) {
        return credential.secret().isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + credential.secret());
    }

    private ObjectNode body(ChatRequest request, String model, boolean streamed) {
        ObjectNode body = request.body().objectNode();
        body.setAll(request.body());
        body.put("model", model);
        body.remove(lacks);
        if (streamed) {
            ObjectNode options = body.objectNode();
            if (body.get("stream_options") instanceof ObjectNode asked) {
                options.setAll(asked);
            }
            body.put("stream", true).set("stream_options", options.put("include_usage", true));
        } else {
            body.remove("stream");
            body.remove("stream_options");
        }
        return body;
    }

    private Reply whole(ChatRequest request, Attempt attempt, ProviderAnswer answer) throws IOException {
        JsonNode root = AnswerJson.read(answer, json);
        Completion.throwIfError(provider(), root);
        ArrayNode choices = Completion.choices(provider(), root);
        Optional<Tokens> counted = Completion.usage(root);
        Tokens tokens = counted.orElseGet(() -> Tokens.estimate(request.characters(), Completion.characters(choices)));
        return new Reply(provider(), attempt.model(), choices, tokens, counted.isPresent());
    }
}
