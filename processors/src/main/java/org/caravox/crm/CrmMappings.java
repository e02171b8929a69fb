package org.caravox.crm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import com.schibsted.spt.data.jslt.parser.TokenMgrError;
import java.io.Reader;
import java.io.StringReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.deliveries.ParkedDelivery;
import org.caravox.publishing.RouteFiles;

/** Mappings and requests, in JSLT, by the names of their files. */
public final class CrmMappings {

    private static final String ENDING = ".jslt";
    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");
    private static final List<Function> FUNCTIONS = List.of(
            new Own("cut", 3, (input, given) -> cut(given[0], given[1].asInt(), given[2].asText())),
            new Own("url", 1, (input, given) -> given[0].isNull() ? given[0] : TextNode.valueOf(url(given[0]))),
            new Own("fill", 2, (input, given) -> TextNode.valueOf(fill(given[0].asText(), given[1]))));

    private final Map<String, Expression> all;

    private CrmMappings(Map<String, Expression> all) {
        this.all = all;
    }

    /**
     * Reads all files of a folder and those below it.
     *
     * @throws IllegalArgumentException when one does not compile, with its name, line and column
     */
    public static CrmMappings read(Path folder) {
        return of(RouteFiles.read(folder));
    }

    /**
     * Those among the files of routes.
     *
     * @throws IllegalArgumentException when one does not compile, with its name, line and column
     */
    public static CrmMappings of(RouteFiles files) {
        Map<String, Expression> all = new HashMap<>();
        files.texts().forEach((path, text) -> {
            if (path.endsWith(ENDING)) {
                String name = path.substring(path.lastIndexOf('/') + 1);
                all.put(name.substring(0, name.length() - ENDING.length()), compile(name, text));
            }
        });
        return new CrmMappings(all);
    }

    /**
     * The same, some of them replaced.
     *
     * @param texts by name
     * @throws IllegalArgumentException when one does not compile, with its name, line and column
     */
    public CrmMappings with(Map<String, String> texts) {
        Map<String, Expression> changed = new HashMap<>(all);
        texts.forEach((name, text) -> {
            require(name);
            changed.put(name, compile(name + ENDING, text));
        });
        return new CrmMappings(changed);
    }

    /**
     * Compiles an expression.
     *
     * @param name where it is written, for messages
     * @throws IllegalArgumentException when it does not compile, with line and column
     */
    static Expression compile(String name, String text) {
        try {
            return new Parser(new StringReader(text))
                    .withSource(name)
                    .withFunctions(FUNCTIONS)
                    .withResourceResolver(CrmMappings::refuse)
                    .compile();
        } catch (JsltException | TokenMgrError e) {
            throw new IllegalArgumentException("the mapping " + name + " does not compile: " + firstLine(e), e);
        }
    }

    /** A mapping reads nothing of the hub's. */
    private static Reader refuse(String resource) {
        throw new JsltException("import is not available: " + resource);
    }

    /**
     * Looks whether an expression compiles; an empty one does.
     *
     * @param name where it is written, for messages
     * @throws IllegalArgumentException when it does not, with line and column
     */
    public static void check(String name, String text) {
        if (!text.isEmpty()) {
            compile(name, text);
        }
    }

    /**
     * Looks whether there is one of this name.
     *
     * @throws IllegalArgumentException listing those that there are
     */
    public void require(String name) {
        if (!all.containsKey(name)) {
            throw new IllegalArgumentException("there is no mapping \"" + name + "\": there are "
                    + String.join(", ", new TreeSet<>(all.keySet())));
        }
    }

    /**
     * What a mapping makes of a document; null as JSON has it, when it makes nothing.
     *
     * @throws ParkedDelivery when it fails on this document, or is not there
     */
    JsonNode apply(String name, JsonNode document) {
        Expression mapping = all.get(name);
        if (mapping == null) {
            throw new ParkedDelivery("there is no mapping " + name + ENDING + " in routes/crm");
        }
        return apply(name + ENDING, mapping, document);
    }

    static JsonNode apply(String name, Expression mapping, JsonNode document) {
        try {
            JsonNode made = mapping.apply(document);
            return made == null ? NullNode.getInstance() : made;
        } catch (JsltException e) {
            throw new ParkedDelivery("the mapping " + name + " fails on this event: " + firstLine(e));
        } catch (StackOverflowError e) {
            throw new ParkedDelivery("the mapping " + name + " fails on this event: it calls itself without end");
        }
    }

    private static String firstLine(Throwable failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        String line =
                message.lines().limit(2).reduce((one, two) -> one + " " + two).orElse("");
        return line.length() > 300 ? line.substring(0, 300) + "..." : line;
    }

    private static JsonNode cut(JsonNode text, int most, String ending) {
        if (!text.isTextual() || text.textValue().length() <= most) {
            return text;
        }
        String whole = text.textValue();
        int end = Math.max(0, most - ending.length());
        boolean splits = end > 0 && Character.isHighSurrogate(whole.charAt(end - 1));
        return TextNode.valueOf(whole.substring(0, splits ? end - 1 : end) + ending);
    }

    private static String url(JsonNode value) {
        return URLEncoder.encode(value.asText(), StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String fill(String template, JsonNode values) {
        Matcher places = PLACE.matcher(template);
        return places.replaceAll(place -> {
            JsonNode value = values.path(place.group(1));
            if (value.isMissingNode() || value.isNull()) {
                throw new JsltException("there is no value for {" + place.group(1) + "} in " + template);
            }
            return Matcher.quoteReplacement(url(value));
        });
    }

    @FunctionalInterface
    private interface Body {
        JsonNode call(JsonNode input, JsonNode[] given);
    }

    /** A function beside those of JSLT. */
    private record Own(String name, int arguments, Body body) implements Function {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public int getMinArguments() {
            return arguments;
        }

        @Override
        public int getMaxArguments() {
            return arguments;
        }

        @Override
        public JsonNode call(JsonNode input, JsonNode[] given) {
            return body.call(input, given);
        }
    }
}
