package org.caravox.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How commands for operators reach the hub. */
final class Admin {

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:CARAVOX_URL:-http://localhost:8080}",
            description = "The hub (default: CARAVOX_URL, or http://localhost:8080).")
    private String url = "";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data folder of a hub on this machine, for its admin key.")
    private Path data = Home.usualData();

    HubClient client() {
        String key = Home.key("CARAVOX_ADMIN_KEY", data, "admin", url)
                .orElseThrow(
                        () -> new HubFailure("no admin key: set CARAVOX_ADMIN_KEY, or name the hub's data folder with"
                                + " --data (looked in " + data.resolve("keys") + ")"));
        return new HubClient(url, key);
    }
}
