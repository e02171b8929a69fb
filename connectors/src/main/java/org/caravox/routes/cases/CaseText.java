package org.caravox.routes.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.POJONode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.caravox.routes.cases.Case.Named;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/** Writes cases as people write them. */
final class CaseText {

    private static final int WIDTH = 120;

    private CaseText() {}

    /** One of the hub's own messages, to be put where it stands. */
    static JsonNode named(String name, JsonNode fields) {
        return JsonNodeFactory.instance.pojoNode(new Named(name, fields, 0));
    }

    /** A file of one case. */
    static String of(String name, String route, JsonNode given, JsonNode then) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("case", name);
        all.put("when", route);
        all.put("given", plain(given));
        all.put("then", plain(then));
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(FlowStyle.BLOCK);
        options.setWidth(WIDTH);
        options.setSplitLines(false);
        return new Yaml(new WithNames(options), options).dump(List.of(all));
    }

    private static @Nullable Object plain(JsonNode node) {
        if (node instanceof POJONode pojo && pojo.getPojo() instanceof Named named) {
            return new Tagged(named.name(), plain(named.fields()));
        }
        if (node.isObject()) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            node.properties().forEach(member -> {
                if (!member.getValue().isMissingNode()) {
                    map.put(member.getKey(), plain(member.getValue()));
                }
            });
            return map;
        }
        if (node.isArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            node.forEach(each -> list.add(plain(each)));
            return list;
        }
        if (node.isNull()) {
            return null;
        }
        return node.isNumber() ? node.numberValue() : node.isBoolean() ? node.booleanValue() : node.asText();
    }

    private record Tagged(String name, @Nullable Object fields) {}

    /** Writes names of messages as tags. */
    private static final class WithNames extends Representer {

        WithNames(DumperOptions options) {
            super(options);
            representers.put(Tagged.class, this::tagged);
        }

        private Node tagged(Object object) {
            Tagged tagged = (Tagged) object;
            Node node = representData(tagged.fields());
            node.setTag(new Tag("!" + tagged.name()));
            return node;
        }
    }
}
