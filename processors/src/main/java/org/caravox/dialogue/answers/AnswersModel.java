package org.caravox.dialogue.answers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.Set;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.LanguageModel;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;
import org.caravox.dialogue.answers.KnownAnswers.Match;
import org.caravox.providers.Attempt;
import org.caravox.providers.Models;
import org.caravox.requests.Patience;

/**
 * Answers the person's last message from the tenant's list of questions and answers, by meaning; asks back when it is
 * not sure, and says so when it does not know. The model of meanings is loaded when somebody first asks.
 */
public final class AnswersModel implements LanguageModel, AutoCloseable {

    private static final Models MODELS = Models.of("answers");

    private final AnswersSettings settings;
    private final AnswerLists lists;

    public AnswersModel(AnswersSettings settings) {
        this.settings = settings;
        this.lists = new AnswerLists(settings.folder(), settings.cache());
    }

    @Override
    public String provider() {
        return settings.name();
    }

    @Override
    public Models models() {
        return MODELS;
    }

    @Override
    public boolean needsCredential() {
        return false;
    }

    @Override
    public Optional<String> refuses(ChatRequest request) {
        return Optional.empty();
    }

    @Override
    public Set<String> cannot(ChatRequest request) {
        return request.optionsBesides(Set.of());
    }

    @Override
    public Reply reply(ChatRequest request, Attempt attempt) throws IOException, InterruptedException {
        String answer = answer(request, attempt.patience());
        ArrayNode choices = JsonNodeFactory.instance.arrayNode();
        ObjectNode choice = choices.addObject().put("index", 0);
        choice.putObject("message")
                .put("role", "assistant")
                .put("content", answer)
                .putNull("refusal");
        choice.put("finish_reason", "stop").putNull("logprobs");
        Tokens tokens = Tokens.estimate(request.characters(), answer.length());
        return new Reply(provider(), attempt.model(), choices, tokens, false);
    }

    @Override
    public ReplyStream stream(ChatRequest request, Attempt attempt) throws IOException, InterruptedException {
        return new SpokenAnswer(provider(), attempt.model(), request.characters(), answer(request, attempt.patience()));
    }

    private String answer(ChatRequest request, Patience patience) throws IOException, InterruptedException {
        if (patience.over()) {
            throw new InterruptedIOException("nobody waits for the answer any more");
        }
        KnownAnswers known = lists.of(request.tenant(), list(request), patience);
        String said = request.lastOfUser();
        if (said.isBlank()) {
            return known.list().greeting();
        }
        Optional<String> confirmed = known.confirmed(saidBefore(request), said);
        if (confirmed.isPresent()) {
            return confirmed.get();
        }
        Match match = known.best(lists.meanings(patience).of(said, patience));
        if (match.alike() >= settings.answerAbove()) {
            return match.answer();
        }
        return match.alike() >= settings.askAbove()
                ? known.list().askBack(match.asked())
                : known.list().unknown();
    }

    /** Which of several lists is asked for, in {@code metadata.answers}. */
    private static Optional<String> list(ChatRequest request) {
        return Optional.ofNullable(
                request.body().path("metadata").path("answers").textValue());
    }

    /** What the assistant said before the person's last message. */
    private static String saidBefore(ChatRequest request) {
        JsonNode messages = request.body().path("messages");
        boolean beforeUser = false;
        for (int i = messages.size() - 1; i >= 0; i--) {
            String role = messages.get(i).path("role").asText();
            if (beforeUser && role.equals("assistant")) {
                return ChatRequest.text(messages.get(i).path("content"));
            }
            beforeUser = beforeUser || role.equals("user");
        }
        return "";
    }

    @Override
    public void close() {
        lists.close();
    }
}
