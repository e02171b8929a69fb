package org.caravox.masking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.caravox.masking.PrivateText.Span;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Transcript.Channel;
import org.caravox.transcription.Transcript.Line;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.jspecify.annotations.Nullable;

/** Replaces personal data by what it was, in brackets: {@code [card number]}. */
public final class Masking {

    private final ObjectMapper json;

    /** @param json writes and reads what is neither text nor a transcript */
    public Masking(ObjectMapper json) {
        this.json = json;
    }

    /**
     * The same with personal data masked.
     *
     * @param body a text, a transcript, an utterance, or anything that is JSON, which stays of its type
     * @param what of {@code cards}, {@code phones}, {@code emails}, with commas
     * @throws IllegalArgumentException when something else is to be masked
     */
    public @Nullable Object mask(@Nullable Object body, String what) {
        Set<Private> kinds = Private.of(what);
        if (body == null) {
            return null;
        }
        if (body instanceof String text) {
            return masked(text, kinds);
        }
        if (body instanceof Transcript transcript) {
            return masked(transcript, kinds);
        }
        if (body instanceof Utterance utterance) {
            return masked(utterance, kinds);
        }
        JsonNode masked = masked(json.<JsonNode>valueToTree(body), kinds);
        return body instanceof JsonNode ? masked : json.convertValue(masked, body.getClass());
    }

    private static String masked(String text, Set<Private> kinds) {
        List<Span> spans = PrivateText.find(text, kinds);
        if (spans.isEmpty()) {
            return text;
        }
        StringBuilder masked = new StringBuilder();
        int at = 0;
        for (Span span : spans) {
            masked.append(text, at, span.start()).append(span.kind().placeholder());
            at = span.end();
        }
        return masked.append(text, at, text.length()).toString();
    }

    private JsonNode masked(JsonNode node, Set<Private> kinds) {
        if (node.isTextual()) {
            return TextNode.valueOf(masked(node.textValue(), kinds));
        }
        if (node instanceof ObjectNode object) {
            ObjectNode masked = json.createObjectNode();
            object.properties().forEach(member -> masked.set(member.getKey(), masked(member.getValue(), kinds)));
            return masked;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode masked = json.createArrayNode();
            array.forEach(item -> masked.add(masked(item, kinds)));
            return masked;
        }
        return node;
    }

    private Transcript masked(Transcript whole, Set<Private> kinds) {
        JsonNode insights = whole.insights();
        List<Channel> channels = whole.channels().stream()
                .map(channel -> new Channel(
                        channel.channel(),
                        channel.label(),
                        masked(channel.transcript(), kinds),
                        channel.confidence(),
                        masked(channel.words(), kinds)))
                .toList();
        List<Line> utterances = whole.utterances().stream()
                .map(line -> new Line(
                        line.channel(), line.start(), line.end(), masked(line.transcript(), kinds), line.speaker()))
                .toList();
        return new Transcript(
                whole.id(),
                whole.userId(),
                whole.mode(),
                whole.provider(),
                whole.model(),
                whole.language(),
                whole.duration(),
                whole.confidence(),
                masked(whole.transcript(), kinds),
                channels,
                utterances,
                insights == null ? null : masked(insights, kinds),
                whole.warnings(),
                whole.cached(),
                whole.metadata(),
                whole.createdAt());
    }

    private static Utterance masked(Utterance whole, Set<Private> kinds) {
        return new Utterance(
                whole.channel(),
                whole.start(),
                whole.end(),
                masked(whole.transcript(), kinds),
                whole.speaker(),
                masked(whole.words(), kinds));
    }

    /** A number is many words: each word of it is masked, and keeps its time. */
    private static List<Word> masked(List<Word> words, Set<Private> kinds) {
        List<Span> spans = PrivateText.find(words.stream().map(Word::word).collect(Collectors.joining(" ")), kinds);
        if (spans.isEmpty()) {
            return words;
        }
        List<Word> masked = new ArrayList<>(words.size());
        int at = 0;
        for (Word word : words) {
            int start = at;
            int end = at + word.word().length();
            masked.add(spans.stream()
                    .filter(span -> span.start() < end && start < span.end())
                    .findFirst()
                    .map(span -> hidden(word, span.kind()))
                    .orElse(word));
            at = end + 1;
        }
        return masked;
    }

    private static Word hidden(Word word, Private kind) {
        return new Word(
                kind.placeholder(),
                word.start(),
                word.end(),
                word.confidence(),
                word.punctuated() == null ? null : kind.placeholder(),
                word.speaker());
    }
}
