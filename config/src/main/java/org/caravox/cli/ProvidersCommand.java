package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The providers in the chains, for operators. */
@Command(
        name = "providers",
        mixinStandardHelpOptions = true,
        description = "Shows how the providers of a running hub stand; opens and closes their breakers.")
final class ProvidersCommand implements Runnable {

    @picocli.CommandLine.Spec
    private picocli.CommandLine.Model.CommandSpec spec = picocli.CommandLine.Model.CommandSpec.create();

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "say what to do: list, open or close");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists them, in the order of the chains.")
    void list(@Mixin Admin admin) {
        print(admin.client().get("/providers"));
    }

    @Command(
            name = "open",
            mixinStandardHelpOptions = true,
            description = "Leaves a provider alone until it is closed again.")
    void open(
            @Mixin Admin admin,
            @Parameters(index = "0", paramLabel = "USE", description = "transcription, dialogue or speech.") String use,
            @Parameters(index = "1", paramLabel = "PROVIDER", description = "Its name, from list.") String provider,
            @Option(names = "--credential", paramLabel = "NAME", description = "For this credential only.") @Nullable
                    String credential) {
        set(admin, use, provider, credential, "open");
    }

    @Command(
            name = "close",
            mixinStandardHelpOptions = true,
            description = "Forgets a provider's failures and asks it again.")
    void close(
            @Mixin Admin admin,
            @Parameters(index = "0", paramLabel = "USE", description = "transcription, dialogue or speech.") String use,
            @Parameters(index = "1", paramLabel = "PROVIDER", description = "Its name, from list.") String provider,
            @Option(names = "--credential", paramLabel = "NAME", description = "For this credential only.") @Nullable
                    String credential) {
        set(admin, use, provider, credential, "closed");
    }

    private static void set(Admin admin, String use, String provider, @Nullable String credential, String state) {
        Map<String, String> body = new HashMap<>(Map.of("state", state));
        if (credential != null) {
            body.put("credential", credential);
        }
        print(admin.client().put("/providers/" + use + "/" + provider + "/breaker", body));
    }

    private static void print(JsonNode standings) {
        Table table =
                new Table("USE", "PROVIDER", "CREDENTIAL", "STATE", "UNTIL", "UNDER WAY", "LATENCY", "LAST FAILURE");
        standings
                .get("providers")
                .forEach(standing -> table.add(
                        standing.path("use").asText(),
                        standing.path("provider").asText(),
                        standing.path("credential").asText(""),
                        standing.path("state").asText(),
                        standing.path("retryAt").asText(""),
                        standing.path("underWay").asText() + " of "
                                + standing.path("concurrent").asText(),
                        standing.has("latencyMs") ? standing.get("latencyMs").asText() + " ms" : "",
                        (standing.path("lastFailure").asText("") + " "
                                        + standing.path("failedAt").asText(""))
                                .strip()));
        System.out.print(table);
    }
}
