package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The steps that routes may use, for whoever writes routes. */
@Command(
        name = "kamelets",
        mixinStandardHelpOptions = true,
        description =
                "Lists the Kamelets that the routes of a running hub may use; of one, what it takes and YAML to paste.")
final class KameletsCommand implements Runnable {

    private static final int WIDEST = 72;

    @Mixin
    private Admin admin = new Admin();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NAME",
            description = "Of one Kamelet, its parameters and a snippet.")
    private @Nullable String name;

    @Override
    public void run() {
        JsonNode all = admin.client().get("/kamelets").get("kamelets");
        if (name == null) {
            list(all);
        } else {
            show(find(all, name));
        }
    }

    private static void list(JsonNode all) {
        Table table = new Table("KAMELET", "WHAT IT DOES");
        all.forEach(kamelet -> table.add(
                kamelet.get("name").asText(), kamelet.get("description").asText()));
        System.out.print(table.toString(WIDEST));
    }

    private static JsonNode find(JsonNode all, String wanted) {
        return StreamSupport.stream(all.spliterator(), false)
                .filter(kamelet -> kamelet.get("name").asText().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new HubFailure("there is no Kamelet \"" + wanted + "\": there are "
                        + StreamSupport.stream(all.spliterator(), false)
                                .map(kamelet -> kamelet.get("name").asText())
                                .collect(Collectors.joining(", "))));
    }

    private static void show(JsonNode kamelet) {
        System.out.println(kamelet.get("title").asText() + ": "
                + kamelet.get("description").asText() + "\n");
        if (!kamelet.get("parameters").isEmpty()) {
            Table table = new Table("PARAMETER", "DEFAULT", "EXAMPLE", "WHAT IT IS");
            kamelet.get("parameters")
                    .forEach(parameter -> table.add(
                            parameter.get("name").asText()
                                    + (parameter.get("secret").asBoolean() ? " (secret)" : ""),
                            parameter.get("required").asBoolean()
                                    ? "(required)"
                                    : parameter.get("default").asText(),
                            parameter.get("example").asText(),
                            parameter.get("description").asText()));
            System.out.println(table.toString(WIDEST));
        }
        System.out.print(kamelet.get("snippet").asText());
    }
}
