package org.caravox.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tenants, for operators. */
@Command(name = "tenants", mixinStandardHelpOptions = true, description = "Lists and creates tenants of a running hub.")
final class TenantsCommand implements Runnable {

    @picocli.CommandLine.Spec
    private picocli.CommandLine.Model.CommandSpec spec = picocli.CommandLine.Model.CommandSpec.create();

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "say what to do: list or create");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the tenants.")
    void list(@Mixin Admin admin) {
        Table table = new Table("TENANT", "CREATED");
        admin.client()
                .get("/tenants")
                .get("tenants")
                .forEach(tenant -> table.add(
                        tenant.get("id").asText(), tenant.get("createdAt").asText()));
        System.out.print(table);
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Creates a tenant; then create its keys.")
    void create(
            @Mixin Admin admin,
            @Parameters(paramLabel = "ID", description = "Lower-case letters, digits, dashes.") String id) {
        admin.client().post("/tenants", Map.of("id", id));
        System.out.println("created " + id + "; its first key: ./hub keys create --tenant " + id);
    }
}
