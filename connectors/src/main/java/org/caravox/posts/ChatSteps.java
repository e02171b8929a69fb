package org.caravox.posts;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Posts to channels of Slack, Microsoft Teams and Mattermost, by their incoming webhooks. */
public final class ChatSteps {

    private static final int LONGEST = 3_000;

    private final Posts posts;
    private final ObjectMapper json;

    public ChatSteps(Posts posts, ObjectMapper json) {
        this.posts = posts;
        this.json = json;
    }

    /**
     * Posts a text. What it holds is shown as it is: it calls nobody.
     *
     * @param kind    {@code slack}, {@code mattermost} or {@code teams}
     * @param webhook the name of the secret that holds the address, which whoever knows it may post to
     * @param text    what is beyond 3000 characters is left out
     * @param within  how long it may take in all
     * @throws org.caravox.requests.Refusal          when it may work another time
     * @throws org.caravox.deliveries.ParkedDelivery when the channel refuses it
     * @throws IllegalStateException                 when there is no such secret
     */
    public void post(String kind, String webhook, @Nullable String text, Duration within) throws InterruptedException {
        byte[] body = message(kind, cut(text == null ? "" : text)).getBytes(StandardCharsets.UTF_8);
        posts.post("the webhook of chat-post", posts.secret(webhook), body, Map.of(), within);
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }

    private String message(String kind, String text) {
        return switch (kind) {
            // docs.slack.dev: these three are escaped, and then nothing in a text is a mention or a link
            case "slack" ->
                plain(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
            // A mention needs its at sign and name side by side; Slack's mentions and links, <!channel>, are known too.
            case "mattermost" ->
                plain(text.replace("@", "@\u200b").replace("<", "<\u200b").replace(">", "\u200b>"));
            // learn.microsoft.com, Adaptive Cards: a link is [text](address)
            case "teams" -> card(text.replace("\\", "\\\\").replace("[", "\\["));
            default ->
                throw new IllegalArgumentException(
                        "the kind of chat-post is slack, mattermost or teams, was \"" + kind + "\"");
        };
    }

    private String plain(String text) {
        return json.createObjectNode().put("text", text).toString();
    }

    /** An Adaptive Card, which the workflows of Teams post. */
    private String card(String text) {
        ObjectNode message = json.createObjectNode().put("type", "message");
        ObjectNode attachment = message.putArray("attachments")
                .addObject()
                .put("contentType", "application/vnd.microsoft.card.adaptive");
        ObjectNode card = attachment
                .putObject("content")
                .put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
                .put("type", "AdaptiveCard")
                .put("version", "1.4");
        card.putArray("body")
                .addObject()
                .put("type", "TextBlock")
                .put("wrap", true)
                .put("text", text);
        return message.toString();
    }
}
