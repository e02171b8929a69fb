package org.caravox.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.caravox.config.CaravoxApplication;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the hub, and stays until it is stopped. */
@Command(name = "run", mixinStandardHelpOptions = true, description = "Starts the hub; Ctrl-C stops it.")
final class RunCommand implements Callable<Integer> {

    /** The status that says: do not exit, the hub is running. */
    static final int RUNNING = -1;

    @Option(names = "--port", paramLabel = "N", description = "The port to listen on (default: 8080; 0: any free one).")
    private @Nullable Integer port;

    @Option(names = "--data", paramLabel = "DIR", description = "Where its data is (default: ~/.caravox/data).")
    private @Nullable Path data;

    @Option(names = "--log", paramLabel = "text|json", description = "How its log is written (default: text).")
    private @Nullable String log;

    /** What a hub may do. */
    enum Role {
        DOOR,
        WORKER
    }

    @Option(
            names = "--role",
            paramLabel = "door|worker",
            split = ",",
            description = "What it does: lets requests in, works on jobs, or both (default: door,worker).")
    private Set<Role> roles = EnumSet.noneOf(Role.class);

    @Option(names = "--profile", paramLabel = "NAME", description = "Spring profiles to activate.")
    private @Nullable String profile;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Any setting of config/settings/application.yaml.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--with-parent", hidden = true, description = "Stops when standard input ends.")
    private boolean withParent;

    @Override
    public Integer call() {
        if (withParent) {
            stopWithParent();
        }
        Path home = Home.folder();
        List<String> arguments = new ArrayList<>();
        arguments.add("--caravox.home=" + home);
        arguments.add("--spring.config.location=file:" + home.resolve("config/settings") + "/");
        add(arguments, "server.port", port);
        add(arguments, "caravox.data", data == null ? null : data.toAbsolutePath());
        add(arguments, "spring.profiles.active", profile);
        if (!roles.isEmpty()) {
            add(arguments, "caravox.roles.door", roles.contains(Role.DOOR));
            add(arguments, "caravox.roles.worker", roles.contains(Role.WORKER));
        }
        String logForm = log == null ? settings.get("caravox.log") : log;
        if (logForm != null) {
            add(arguments, "caravox.log", logForm);
            add(arguments, "logging.structured.format.console", logForm.equals("json") ? "ecs" : null);
        }
        settings.forEach((name, value) -> add(arguments, name, value));
        try {
            new SpringApplication(CaravoxApplication.class).run(arguments.toArray(String[]::new));
            return RUNNING;
        } catch (RuntimeException e) {
            System.err.println("The hub did not start: the reason stands above.");
            return 1;
        }
    }

    private static void add(List<String> arguments, String name, @Nullable Object value) {
        if (value != null) {
            arguments.add("--" + name + "=" + value);
        }
    }

    private static void stopWithParent() {
        Thread watch = new Thread(
                () -> {
                    try {
                        System.in.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        System.err.println("standard input: " + e.getMessage());
                    }
                    System.exit(0);
                },
                "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }
}
