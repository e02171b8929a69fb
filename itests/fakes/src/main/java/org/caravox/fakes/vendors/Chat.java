package org.caravox.fakes.vendors;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a model says to messages. A token is a word with the space before it.
 *
 * @param tokens       of the answer, no more than were allowed
 * @param cut          whether there would have been more
 * @param promptTokens of all messages
 */
record Chat(List<String> tokens, boolean cut, int promptTokens) {

    private static final Pattern TOKEN_END = Pattern.compile("(?<=\\S)(?=\\s)");

    /** Says the last message back, unless the script has something else to say. */
    static Chat of(Call call, JsonNode messages, int maxTokens) {
        String text = call.script().orElseGet(() -> "You said: " + lastSaid(messages));
        List<String> tokens = Arrays.asList(TOKEN_END.split(text, -1));
        boolean cut = tokens.size() > maxTokens;
        return new Chat(cut ? tokens.subList(0, maxTokens) : tokens, cut, promptTokens(messages));
    }

    private static String lastSaid(JsonNode messages) {
        String last = "";
        for (JsonNode message : messages) {
            last = message.path("role").asText().equals("user") ? content(message.path("content")) : last;
        }
        return last;
    }

    /** A text, or a list of parts of which some are text. */
    private static String content(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder text = new StringBuilder();
        content.forEach(part -> text.append(part.path("text").asText()));
        return text.toString();
    }

    private static int promptTokens(JsonNode messages) {
        int tokens = 0;
        for (JsonNode message : messages) {
            tokens += content(message.path("content")).split("\\s+", -1).length;
        }
        return tokens;
    }

    String text() {
        return String.join("", tokens);
    }
}
