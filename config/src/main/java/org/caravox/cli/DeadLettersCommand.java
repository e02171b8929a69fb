package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What was given up, for operators. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description = "Shows the jobs and messages that a running hub gave up; replays and discards them.")
final class DeadLettersCommand implements Runnable {

    /** Which dead letters are meant. */
    static final class Filter {

        @Option(names = "--tenant", paramLabel = "ID", description = "Of one tenant only.")
        private @Nullable String tenant;

        @Option(names = "--fault", paramLabel = "WHOSE", description = "caller or hub.")
        private @Nullable String fault;

        @Option(names = "--kind", paramLabel = "WHAT", description = "job or message.")
        private @Nullable String kind;

        @Option(names = "--batch", paramLabel = "ID", description = "Of one batch only.")
        private @Nullable String batch;

        @Option(names = "--user", paramLabel = "ID", description = "Of one of the tenant's users only.")
        private @Nullable String user;

        @Option(names = "--from", paramLabel = "DATE", description = "Given up then or later.")
        private @Nullable String from;

        @Option(names = "--to", paramLabel = "DATE", description = "Given up before then.")
        private @Nullable String to;

        @Option(names = "--reason", paramLabel = "TEXT", description = "With this in their reason.")
        private @Nullable String reason;

        Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            put(fields, "tenant", tenant);
            put(fields, "fault", fault);
            put(fields, "kind", kind);
            put(fields, "batch", batch);
            put(fields, "userId", user);
            put(fields, "from", from);
            put(fields, "to", to);
            put(fields, "q", reason);
            return fields;
        }

        private static void put(Map<String, Object> fields, String name, @Nullable String value) {
            if (value != null) {
                fields.put(name, value);
            }
        }
    }

    @picocli.CommandLine.Spec
    private picocli.CommandLine.Model.CommandSpec spec = picocli.CommandLine.Model.CommandSpec.create();

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "say what to do: list, replay or discard");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists them, the newest requests first.")
    void list(
            @Mixin Admin admin,
            @Mixin Filter filter,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "50",
                            description = "How many at most, up to 100 (default: 50).")
                    int limit) {
        Map<String, Object> fields = filter.fields();
        fields.put("limit", limit);
        JsonNode page = admin.client().get("/dead-letters?" + query(fields));
        Table table = new Table("ID", "KIND", "TENANT", "FAULT", "TRIED", "GIVEN UP", "REASON");
        page.get("deadLetters").forEach(letter -> table.add(cells(letter)));
        System.out.print(table);
        if (page.has("nextCursor")) {
            System.out.println("there are more");
        }
    }

    private static String[] cells(JsonNode letter) {
        return new String[] {
            letter.path("id").asText(),
            letter.path("kind").asText(),
            letter.path("tenant").asText(""),
            letter.path("fault").asText(),
            letter.path("attempts").asText(),
            letter.path("failedAt").asText(),
            letter.path("reason").asText()
        };
    }

    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description = "Tries them again: those that are named, or those that the options mean.")
    void replay(
            @Mixin Admin admin,
            @Mixin Filter filter,
            @Option(names = "--all", description = "All that there are, or with --tenant all of one tenant's.")
                    boolean all,
            @Parameters(paramLabel = "ID", arity = "0..*", description = "From list.") List<String> ids) {
        HubClient hub = admin.client();
        Map<String, Object> fields = filter.fields();
        if (named(ids, fields, all)) {
            ids.forEach(id -> hub.post("/dead-letters/" + encoded(id) + "/replay", Map.of()));
            System.out.println("replayed " + ids.size());
            return;
        }
        long replayed = 0;
        long refused;
        JsonNode answer;
        do {
            answer = hub.post("/dead-letters/replay", filter(fields, all));
            replayed += answer.path("replayed").asLong();
            refused = answer.path("refused").asLong();
        } while (answer.path("more").asBoolean());
        System.out.println("replayed " + replayed
                + (refused == 0 ? "" : "; " + refused + " messages could not become jobs this time either"));
    }

    @Command(
            name = "discard",
            mixinStandardHelpOptions = true,
            description = "Takes them off the list: those that are named, or those that the options mean.")
    void discard(
            @Mixin Admin admin,
            @Mixin Filter filter,
            @Option(names = "--all", description = "All that there are, or with --tenant all of one tenant's.")
                    boolean all,
            @Parameters(paramLabel = "ID", arity = "0..*", description = "From list.") List<String> ids) {
        HubClient hub = admin.client();
        Map<String, Object> fields = filter.fields();
        if (named(ids, fields, all)) {
            ids.forEach(id -> hub.delete("/dead-letters/" + encoded(id)));
            System.out.println("discarded " + ids.size());
            return;
        }
        long discarded = 0;
        JsonNode answer;
        do {
            answer = hub.post("/dead-letters/discard", filter(fields, all));
            discarded += answer.path("discarded").asLong();
        } while (answer.path("more").asBoolean());
        System.out.println("discarded " + discarded);
    }

    private boolean named(@Nullable List<String> ids, Map<String, Object> fields, boolean all) {
        boolean some = ids != null && !ids.isEmpty();
        if (some && (all || !fields.isEmpty())) {
            throw new picocli.CommandLine.ParameterException(
                    spec.commandLine(), "name dead letters by id or by options, not by both");
        }
        return some;
    }

    private static Map<String, Object> filter(Map<String, Object> fields, boolean all) {
        Map<String, Object> filter = new LinkedHashMap<>(fields);
        if (all) {
            filter.put("all", true);
        }
        return filter;
    }

    private static String query(Map<String, Object> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + encoded(field.getValue().toString()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
