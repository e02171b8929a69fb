package org.caravox.masking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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
     * @param body a text, also as UTF-8 (other bytes stay as they are), a transcript, an utterance, or anything that is
     *             JSON, which stays of its type; numbers are masked where the type lets them become texts
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
        if (body instanceof byte[] bytes) {
            return masked(bytes, kinds);
        }
        if (body instanceof Transcript transcript) {
            return masked(transcript, kinds);
        }
        if (body instanceof Utterance utterance) {
            return masked(utterance, kinds);
        }
        boolean numbers = body instanceof JsonNode || body instanceof Map || body instanceof Collection;
        JsonNode masked = masked(json.<JsonNode>valueToTree(body), kinds, numbers);
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

    private static byte[] masked(byte[] bytes, Set<Private> kinds) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return masked(text, kinds).getBytes(StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            return bytes; // a recording
        }
    }

    /** @param numbers whether numbers can become texts */
    private JsonNode masked(JsonNode node, Set<Private> kinds, boolean numbers) {
        if (node.isTextual()) {
            return TextNode.valueOf(masked(node.textValue(), kinds));
        }
        if (numbers && node.isIntegralNumber()) {
            String masked = masked(node.asText(), kinds);
            return masked.equals(node.asText()) ? node : TextNode.valueOf(masked);
        }
        if (node instanceof ObjectNode object) {
            ObjectNode masked = json.createObjectNode();
            object.properties()
                    .forEach(member -> masked.set(member.getKey(), masked(member.getValue(), kinds, numbers)));
            return masked;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode masked = json.createArrayNode();
            array.forEach(item -> masked.add(masked(item, kinds, numbers)));
            return masked;
        }
        return node;
    }

    private Transcript masked(Transcript whole, Set<Private> kinds) {
        JsonNode insights = whole.insights();
        JsonNode metadata = whole.metadata();
        List<Channel> channels = whole.channels().stream()
                .map(channel -> new Channel(
                        channel.channel(),
                        masked(channel.label(), kinds),
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
                insights == null ? null : masked(insights, kinds, true),
                whole.warnings(),
                whole.cached(),
                metadata == null ? null : masked(metadata, kinds, true),
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
