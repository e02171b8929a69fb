package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What was used, for operators. */
@Command(
        name = "usage",
        mixinStandardHelpOptions = true,
        description = "Shows what was used of a running hub, and what that cost; this month's unless told otherwise.")
final class UsageCommand implements Runnable {

    @Mixin
    private Admin admin = new Admin();

    @Option(names = "--tenant", paramLabel = "ID", description = "Of one tenant only.")
    private @Nullable String tenant;

    @Option(names = "--from", paramLabel = "DATE", description = "Since then (default: the first of the month).")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "DATE", description = "Until before then (default: now).")
    private @Nullable String to;

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            split = ",",
            defaultValue = "use,provider,model",
            description = "day, use, provider, model, with commas between (default: use,provider,model).")
    private List<String> by = List.of();

    @Override
    public void run() {
        JsonNode report = admin.client().get(path());
        List<String> headings = new ArrayList<>();
        by.forEach(group -> headings.add(group.toUpperCase(java.util.Locale.ROOT)));
        headings.addAll(List.of(
                "REQUESTS",
                "AUDIO MIN",
                "TOKENS IN",
                "TOKENS OUT",
                "CHARACTERS",
                report.path("currency").asText()));
        Table table = new Table(headings.toArray(String[]::new));
        report.path("rows").forEach(row -> table.add(cells(row)));
        JsonNode total = report.path("total");
        table.add(cells(total));
        System.out.print(table);
        if (total.path("unpriced").asLong() > 0) {
            System.out.println(
                    total.path("unpriced").asLong() + " requests have no price: see config/settings/prices.yaml");
        }
    }

    private String path() {
        StringBuilder path = new StringBuilder("/usage?groupBy=" + encoded(String.join(",", by)));
        append(path, "tenant", tenant);
        append(path, "from", from);
        append(path, "to", to);
        return path.toString();
    }

    private static void append(StringBuilder path, String name, @Nullable String value) {
        if (value != null) {
            path.append('&').append(name).append('=').append(encoded(value));
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The total has no groups. */
    private String[] cells(JsonNode sum) {
        List<String> cells = new ArrayList<>();
        by.forEach(group -> cells.add(sum.path(group).asText("")));
        if (!by.isEmpty() && cells.get(0).isEmpty()) {
            cells.set(0, "total");
        }
        cells.add(sum.path("requests").asText());
        cells.add(String.format(
                java.util.Locale.ROOT, "%.1f", sum.path("audioSeconds").asDouble() / 60));
        cells.add(sum.path("inputTokens").asText());
        cells.add(sum.path("outputTokens").asText());
        cells.add(sum.path("characters").asText());
        cells.add(sum.path("cost").asText());
        return cells.toArray(String[]::new);
    }
}
