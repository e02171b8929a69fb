package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tries rules for lead scores on past transcripts. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what rules would make of a tenant's past transcripts, beside the scores that they have.",
            "Nothing is changed. Uses the hub at CARAVOX_URL with the tenant's key in CARAVOX_API_KEY."
        })
final class ScoreCommand implements Callable<Integer> {

    private static final Pattern AGO = Pattern.compile("(\\d{1,4})([hd])");

    @Option(names = "--rules", paramLabel = "FILE", required = true, description = "The rules, as YAML.")
    private Path rules = Path.of("");

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "7d",
            description = "Of transcripts since then: 12h, 7d or a date (default: 7d).")
    private String since = "";

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:CARAVOX_URL:-http://localhost:8080}",
            description = "The hub (default: CARAVOX_URL, or http://localhost:8080).")
    private String url = "";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data folder of a hub on this machine, for its demo tenant's key.")
    private Path data = Home.usualData();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(rules)) {
            throw new ParameterException(spec.commandLine(), "there is no file " + rules);
        }
        JsonNode trial = new HubClient(url, key())
                .post("/lead-scores/dry-run", Map.of("rules", Files.readString(rules), "since", time(since)));
        Table table = new Table("TRANSCRIPT", "USER", "BEFORE", "AFTER", "RULES THAT FIRE");
        trial.path("rows").forEach(row -> table.add(cells(row)));
        System.out.print(table);
        System.out.println(
                trial.path("changed").asText() + " of " + trial.path("scored").asText()
                        + " scores would change with " + trial.path("rules").asText()
                        + (trial.path("more").asBoolean() ? "; older transcripts were not looked at" : ""));
        return 0;
    }

    private String key() {
        return Home.key("CARAVOX_API_KEY", data, "demo", url)
                .orElseThrow(() -> new HubFailure("no key: set CARAVOX_API_KEY to a key of the tenant"));
    }

    private static String time(String text) {
        Matcher ago = AGO.matcher(text);
        if (!ago.matches()) {
            return text;
        }
        long count = Long.parseLong(ago.group(1));
        Duration back = ago.group(2).equals("h") ? Duration.ofHours(count) : Duration.ofDays(count);
        return Instant.now().minus(back).toString();
    }

    private static String[] cells(JsonNode row) {
        return new String[] {
            row.path("transcriptId").asText(),
            row.path("userId").asText(),
            mark(row.path("before")),
            mark(row.path("after")),
            row.path("fired").valueStream().map(JsonNode::asText).collect(Collectors.joining(", "))
        };
    }

    private static String mark(JsonNode mark) {
        return mark.isMissingNode()
                ? "-"
                : mark.path("score").asText() + " " + mark.path("band").asText();
    }
}
