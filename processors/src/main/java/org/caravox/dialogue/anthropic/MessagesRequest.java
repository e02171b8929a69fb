package org.caravox.dialogue.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.dialogue.ChatRequest;
import org.caravox.providers.ProviderFailure.ProviderRejected;

/**
 * An OpenAI-shaped conversation as Anthropic wants it: what the system says on top, turns of user and assistant
 * alternating, the results of tools as the user's words. A conversation that does not begin with the user gets a first
 * message that says so, since Anthropic asks for one.
 */
final class MessagesRequest {

    private static final String NO_WORD_OF_THE_USER = "(The conversation begins.)";
    private static final Pattern DATA_URL =
            Pattern.compile("data:(image/[a-z0-9.+-]+);base64,(.+)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Set<String> SAMPLING = Set.of("temperature", "top_p", "top_k");
    private static final Set<String> HONOURED = Set.of(
            "max_tokens",
            "max_completion_tokens",
            "stop",
            "temperature",
            "top_p",
            "top_k",
            "tools",
            "tool_choice",
            "parallel_tool_calls");
    private static final double HOTTEST = 1;

    private final String provider;
    private final ObjectMapper json;
    private final int usualMaxTokens;
    private final boolean takesSampling;

    MessagesRequest(String provider, ObjectMapper json, int usualMaxTokens, boolean takesSampling) {
        this.provider = provider;
        this.json = json;
        this.usualMaxTokens = usualMaxTokens;
        this.takesSampling = takesSampling;
    }

    /** Why it cannot be translated: content that Anthropic does not take, or a role of old. */
    Optional<String> refuses(ChatRequest request) {
        int number = 0;
        for (JsonNode message : request.body().path("messages")) {
            String place = "messages[" + number++ + "]";
            String role = message.path("role").asText();
            if (role.equals("function")) {
                return Optional.of(place + ": role function is not understood by " + provider + ": use tool");
            }
            for (JsonNode part : message.path("content")) {
                String type = part.path("type").asText();
                if (!Set.of("text", "image_url", "refusal").contains(type)) {
                    return Optional.of(place + ": content of type " + type + " is not understood by " + provider
                            + ": use text and image_url");
                }
            }
        }
        return Optional.empty();
    }

    /** The options in a request that are not, or not wholly, carried out. */
    Set<String> cannot(ChatRequest request) {
        JsonNode body = request.body();
        Set<String> cannot = new TreeSet<>(request.optionsBesides(HONOURED));
        for (String option : SAMPLING) {
            if (!takesSampling && body.hasNonNull(option)) {
                cannot.add(option);
            }
        }
        if (body.path("temperature").asDouble() > HOTTEST) {
            cannot.add("temperature");
        }
        if (texts(body.path("stop")).size() < count(body.path("stop"))) {
            cannot.add("stop");
        }
        for (JsonNode tool : body.path("tools")) {
            if (!isFunction(tool)) {
                cannot.add("tools");
            }
        }
        if (body.path("tool_choice").isObject()
                && !body.path("tool_choice").path("type").asText().equals("function")) {
            cannot.add("tool_choice");
        }
        return cannot;
    }

    private static int count(JsonNode list) {
        return list.isArray() ? list.size() : list.isTextual() ? 1 : 0;
    }

    /**
     * The request's body.
     *
     * @throws ProviderRejected when what was handed to a tool is no JSON object
     */
    ObjectNode body(ChatRequest request, String model) {
        JsonNode asked = request.body();
        ObjectNode body = json.createObjectNode().put("model", model).put("max_tokens", maxTokens(asked));
        String system = system(asked.path("messages"));
        if (!system.isEmpty()) {
            body.put("system", system);
        }
        body.set("messages", messages(asked.path("messages")));
        ArrayNode stops = texts(asked.path("stop"));
        if (!stops.isEmpty()) {
            body.set("stop_sequences", stops);
        }
        sampling(asked, body);
        tools(asked, body);
        JsonNode user = asked.hasNonNull("safety_identifier") ? asked.get("safety_identifier") : asked.path("user");
        if (user.isTextual()) {
            body.putObject("metadata").put("user_id", user.textValue());
        }
        return body;
    }

    private int maxTokens(JsonNode asked) {
        int most = asked.path("max_completion_tokens")
                .asInt(asked.path("max_tokens").asInt(usualMaxTokens));
        return most > 0 ? most : usualMaxTokens;
    }

    /** The stop sequences that Anthropic takes: those that are not blank. */
    private ArrayNode texts(JsonNode stop) {
        ArrayNode texts = json.createArrayNode();
        for (JsonNode one : stop.isArray() ? stop : json.createArrayNode().add(stop)) {
            if (one.isTextual() && !one.textValue().isBlank()) {
                texts.add(one);
            }
        }
        return texts;
    }

    private void sampling(JsonNode asked, ObjectNode body) {
        if (!takesSampling) {
            return;
        }
        for (String option : SAMPLING) {
            if (asked.path(option).isNumber()) {
                body.set(option, asked.get(option));
            }
        }
        if (body.path("temperature").asDouble() > HOTTEST) {
            body.put("temperature", HOTTEST);
        }
    }

    private static String system(JsonNode messages) {
        StringBuilder system = new StringBuilder();
        for (JsonNode message : messages) {
            if (isSystem(message)) {
                system.append(system.isEmpty() ? "" : "\n\n").append(ChatRequest.text(message.path("content")));
            }
        }
        return system.toString();
    }

    private static boolean isSystem(JsonNode message) {
        String role = message.path("role").asText();
        return role.equals("system") || role.equals("developer");
    }

    private ArrayNode messages(JsonNode asked) {
        ArrayNode messages = json.createArrayNode();
        for (JsonNode message : asked) {
            if (!isSystem(message)) {
                boolean assistant = message.path("role").asText().equals("assistant");
                add(messages, assistant ? "assistant" : "user", assistant ? said(message) : heard(message));
            }
        }
        if (messages.isEmpty() || messages.get(0).path("role").asText().equals("assistant")) {
            ObjectNode first = json.createObjectNode().put("role", "user");
            text(first.putArray("content"), NO_WORD_OF_THE_USER);
            messages.insert(0, first);
        }
        return messages;
    }

    /** Adds a turn, or goes on with the last one where it is of the same role. */
    private static void add(ArrayNode messages, String role, ArrayNode content) {
        if (content.isEmpty()) {
            return;
        }
        JsonNode last = messages.path(messages.size() - 1);
        if (last.path("role").asText().equals(role)) {
            ((ArrayNode) last.get("content")).addAll(content);
        } else {
            messages.addObject().put("role", role).set("content", content);
        }
    }

    private ArrayNode said(JsonNode message) {
        ArrayNode blocks = json.createArrayNode();
        text(blocks, ChatRequest.text(message.path("content")));
        for (JsonNode call : message.path("tool_calls")) {
            JsonNode function = call.path("function");
            blocks.addObject()
                    .put("type", "tool_use")
                    .put("id", call.path("id").asText())
                    .put("name", function.path("name").asText())
                    .set("input", input(function));
        }
        return blocks;
    }

    private JsonNode input(JsonNode function) {
        String arguments = function.path("arguments").asText("");
        if (arguments.isBlank()) {
            return json.createObjectNode();
        }
        try {
            JsonNode input = json.readTree(arguments);
            if (input.isObject()) {
                return input;
            }
        } catch (JsonProcessingException e) {
            throw notAnObject(function);
        }
        throw notAnObject(function);
    }

    private ProviderRejected notAnObject(JsonNode function) {
        return new ProviderRejected(
                provider, "the arguments of a call of " + function.path("name").asText() + " are not a JSON object");
    }

    private ArrayNode heard(JsonNode message) {
        ArrayNode blocks = json.createArrayNode();
        JsonNode content = message.path("content");
        if (message.path("role").asText().equals("tool")) {
            blocks.addObject()
                    .put("type", "tool_result")
                    .put("tool_use_id", message.path("tool_call_id").asText())
                    .put("content", ChatRequest.text(content));
        } else if (content.isTextual()) {
            text(blocks, content.textValue());
        } else {
            content.forEach(part -> part(blocks, part));
        }
        return blocks;
    }

    private static void part(ArrayNode blocks, JsonNode part) {
        if (!part.path("type").asText().equals("image_url")) {
            text(blocks, part.path("text").asText(""));
            return;
        }
        String url = part.path("image_url").path("url").asText();
        ObjectNode source = blocks.addObject().put("type", "image").putObject("source");
        Matcher data = DATA_URL.matcher(url);
        if (data.matches()) {
            source.put("type", "base64").put("media_type", data.group(1)).put("data", data.group(2));
        } else {
            source.put("type", "url").put("url", url);
        }
    }

    /** Anthropic takes no empty texts. */
    private static void text(ArrayNode blocks, String text) {
        if (!text.isBlank()) {
            blocks.addObject().put("type", "text").put("text", text);
        }
    }

    private void tools(JsonNode asked, ObjectNode body) {
        ArrayNode tools = json.createArrayNode();
        for (JsonNode tool : asked.path("tools")) {
            if (isFunction(tool)) {
                tools.add(tool(tool.path("function")));
            }
        }
        if (!tools.isEmpty()) {
            body.set("tools", tools);
            choice(asked, body);
        }
    }

    private static boolean isFunction(JsonNode tool) {
        return tool.path("type").asText().equals("function");
    }

    private ObjectNode tool(JsonNode function) {
        ObjectNode tool = json.createObjectNode();
        tool.put("name", function.path("name").asText());
        if (function.path("description").isTextual()) {
            tool.set("description", function.get("description"));
        }
        if (function.path("strict").asBoolean()) {
            tool.put("strict", true);
        }
        if (function.path("parameters").isObject()) {
            tool.set("input_schema", function.get("parameters"));
        } else {
            tool.putObject("input_schema").put("type", "object");
        }
        return tool;
    }

    private static void choice(JsonNode asked, ObjectNode body) {
        JsonNode wanted = asked.path("tool_choice");
        boolean oneAtATime = !asked.path("parallel_tool_calls").asBoolean(true);
        String type =
                switch (wanted.isTextual()
                        ? wanted.textValue()
                        : wanted.path("type").asText()) {
                    case "none" -> "none";
                    case "required" -> "any";
                    case "function" -> "tool";
                    case "auto" -> "auto";
                    default -> oneAtATime ? "auto" : "";
                };
        if (type.isEmpty()) {
            return;
        }
        ObjectNode choice = body.putObject("tool_choice").put("type", type);
        if (type.equals("tool")) {
            choice.put("name", wanted.path("function").path("name").asText());
        }
        if (oneAtATime && !type.equals("none")) {
            choice.put("disable_parallel_tool_use", true);
        }
    }
}
