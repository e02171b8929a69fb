package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** API keys, for operators. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        description = "Lists, creates and revokes API keys of a running hub.")
final class KeysCommand implements Runnable {

    @picocli.CommandLine.Spec
    private picocli.CommandLine.Model.CommandSpec spec = picocli.CommandLine.Model.CommandSpec.create();

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "say what to do: list, create or revoke");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists keys, without the keys themselves.")
    void list(
            @Mixin Admin admin,
            @Option(names = "--tenant", paramLabel = "ID", description = "Of one tenant only.") @Nullable
                    String tenant) {
        JsonNode keys = admin.client()
                .get("/keys" + (tenant == null ? "" : "?tenant=" + URLEncoder.encode(tenant, StandardCharsets.UTF_8)))
                .get("keys");
        Table table = new Table("ID", "OF", "NAME", "ENDS WITH", "CREATED", "REVOKED");
        keys.forEach(key -> table.add(
                key.path("id").asText(),
                key.path("tenant").asText("(" + key.path("role").asText() + ")"),
                key.path("name").asText(),
                key.path("hint").asText(),
                key.path("createdAt").asText(),
                key.path("revokedAt").asText("")));
        System.out.print(table);
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Creates a key; it is shown this once.")
    void create(
            @Mixin Admin admin,
            @Option(names = "--tenant", paramLabel = "ID", description = "Whose key (default: an operator's).")
                    @Nullable
                    String tenant,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            description =
                                    "What an operator's key may do: viewer (sees the routes), editor (tries them, keeps"
                                            + " drafts), publisher (puts them in force) or admin (everything; default).")
                    @Nullable
                    String role,
            @Option(names = "--name", paramLabel = "TEXT", description = "What it is for.") @Nullable String name) {
        Map<String, String> body = new HashMap<>();
        if (tenant != null) {
            body.put("tenant", tenant);
        }
        if (tenant == null || role != null) {
            body.put("role", role == null ? "admin" : role);
        }
        if (name != null) {
            body.put("name", name);
        }
        System.out.println(admin.client().post("/keys", body).get("key").asText());
    }

    @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Ends a key at once.")
    void revoke(
            @Mixin Admin admin, @Parameters(paramLabel = "ID", description = "The key's id, from list.") String id) {
        JsonNode key = admin.client().delete("/keys/" + id);
        System.out.println(
                "revoked " + key.get("id").asText() + " (" + key.get("name").asText() + ")");
    }
}
