package org.caravox.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.caravox.publishing.Edit;
import org.caravox.publishing.RouteDiff;
import org.caravox.publishing.RouteFiles;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The routes of a running hub: what the folder here changes of them is checked, tried and put in force. */
@Command(
        name = "routes",
        mixinStandardHelpOptions = true,
        description = {
            "Checks, tries and publishes what the routes folder changes of a running hub, and goes back.",
            "The key is that of an editor to try, of a publisher to publish: CARAVOX_ADMIN_KEY."
        })
final class RoutesCommand implements Runnable {

    /** What is tried or published: the folder, or a draft. */
    static final class Source {

        @Mixin
        private RoutesFolder folder = new RoutesFolder();

        @Option(
                names = "--draft",
                paramLabel = "NAME",
                description = "A draft that the hub keeps, instead of the folder.")
        private @Nullable String draft;

        Map<String, Object> body(HubClient hub) {
            return draft == null ? RoutesFolder.body(folder.edit(hub)) : new HashMap<>(Map.of("draft", draft));
        }
    }

    /** Who gets what is tried. */
    static final class Share {

        @Option(
                names = {"--percent", "--stage"},
                paramLabel = "N",
                description = "So much of the new work gets it.")
        private @Nullable Integer percent;

        @Option(names = "--tenant", paramLabel = "ID", description = "Only this tenant's work gets it.")
        private @Nullable String tenant;

        @Option(
                names = "--promote-after",
                paramLabel = "DURATION",
                description = "All work gets it by then if it does well, like 10m.")
        private @Nullable String promoteAfter;

        @Option(
                names = "--promote-after-messages",
                paramLabel = "N",
                description = "All work gets it after so many messages if it does well.")
        private @Nullable Integer messages;

        boolean wanted() {
            return percent != null || tenant != null;
        }

        void into(Map<String, Object> body) {
            put(body, "percent", percent);
            put(body, "tenant", tenant);
            put(body, "promoteAfterSeconds", promoteAfter == null ? null : seconds(promoteAfter));
            put(body, "promoteAfterMessages", messages);
        }

        private static long seconds(String text) {
            if (!text.matches("\\d{1,6}[smh]")) {
                throw new HubFailure("--promote-after must be like 90s, 10m or 2h, was " + text);
            }
            return Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT))
                    .toSeconds();
        }
    }

    private static final String MESSAGE = "What is changed and why, for the history.";

    private final RoutesShown shown = new RoutesShown(System.out, Home.coloursAreSeen());

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "say what to do: status, check, test, diff, publish, history, rollback, stage, promote, return, fetch,"
                        + " record, dry-run or watch");
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Shows what is in force, and what is tried.")
    void status(@Mixin Admin admin) {
        shown.standing(admin.client().get("/routes"));
    }

    @Command(name = "check", mixinStandardHelpOptions = true, description = "Shows what is wrong, and changes nothing.")
    int check(@Mixin Admin admin, @Mixin Source source) {
        HubClient hub = admin.client();
        JsonNode checked = hub.post("/routes/check", source.body(hub));
        boolean wrong = shown.findings(checked.get("findings"));
        if (shown.conflicts(checked.get("conflicts")) || wrong) {
            return 1;
        }
        System.out.println("nothing is wrong with it");
        return 0;
    }

    @Command(
            name = "test",
            mixinStandardHelpOptions = true,
            description =
                    "Runs the cases beside the routes: those that the changes can reach, or those of some routes.")
    int test(
            @Mixin Admin admin,
            @Mixin Source source,
            @Option(names = "--all", description = "Runs all.") boolean all,
            @Parameters(paramLabel = "ROUTE", arity = "0..*", description = "Only cases of these.") @Nullable
                    List<String> routes) {
        HubClient hub = admin.client();
        Map<String, Object> body = source.body(hub);
        body.put("all", all);
        body.put("routes", routes == null ? List.of() : routes);
        return attempt(() -> shown.cases(hub.post("/routes/test", body).get("cases")));
    }

    @Command(
            name = "diff",
            mixinStandardHelpOptions = true,
            description =
                    "Shows what the folder changes; or what differs between two versions, or a version and the folder.")
    void diff(
            @Mixin Admin admin,
            @Mixin Source source,
            @Parameters(index = "0", paramLabel = "FROM", arity = "0..1", description = "A version.") @Nullable
                    Long from,
            @Parameters(index = "1", paramLabel = "TO", arity = "0..1", description = "Another one.") @Nullable
                    Long to) {
        HubClient hub = admin.client();
        if (source.draft != null || to != null) {
            String path = "/routes/diff?" + (source.draft == null ? "to=" + to : "draft=" + source.draft);
            shown.changes(hub.get(path + (from == null ? "" : "&from=" + from)).get("changes"));
            return;
        }
        long before = from == null ? source.folder.base(hub) : from;
        List<RouteDiff> changes = RouteDiff.between(RoutesFolder.files(hub, before), source.folder.read());
        if (changes.isEmpty()) {
            System.err.println("the folder does not differ from version " + before);
        }
        shown.changes(changes);
    }

    @Command(
            name = "publish",
            mixinStandardHelpOptions = true,
            description = "Puts what the folder changes in force, if nothing speaks against it.")
    int publish(
            @Mixin Admin admin,
            @Mixin Source source,
            @Mixin Share share,
            @Option(
                            names = {"-m", "--message"},
                            paramLabel = "TEXT",
                            description = MESSAGE)
                    @Nullable
                    String message) {
        return attempt(() -> {
            publish(admin.client(), source, share, message);
            return true;
        });
    }

    private void publish(HubClient hub, Source source, Share share, @Nullable String message) {
        Map<String, Object> body = source.body(hub);
        put(body, "message", message);
        if (share.wanted()) {
            share.into(body);
        }
        JsonNode published = hub.post(share.wanted() ? "/routes/stage" : "/routes/publish", body);
        shown.published(published);
        if (source.draft == null) {
            long base = ((Number) Objects.requireNonNull(body.get("base"))).longValue();
            takeBack(hub, source.folder, RoutesFolder.files(hub, base), published.get("version"));
        }
    }

    /** The folder is now that version: with what others have published, too. */
    private static void takeBack(HubClient hub, RoutesFolder folder, RouteFiles base, JsonNode version) {
        RouteFiles after = RoutesFolder.files(hub, version.get("number").asLong());
        folder.take(base, version, after, false);
    }

    @Command(
            name = "stage",
            mixinStandardHelpOptions = true,
            description =
                    "Gives some of the new work to what the folder changes, and compares; it returns by itself when it"
                            + " does worse.")
    int stage(
            @Mixin Admin admin,
            @Mixin Source source,
            @Mixin Share share,
            @Option(
                            names = {"-m", "--message"},
                            paramLabel = "TEXT",
                            description = MESSAGE)
                    @Nullable
                    String message) {
        if (!share.wanted()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "say who gets it: --percent N or --tenant ID");
        }
        return publish(admin, source, share, message);
    }

    @Command(name = "promote", mixinStandardHelpOptions = true, description = "Gives what is tried all new work.")
    int promote(
            @Mixin Admin admin,
            @Option(
                            names = {"-m", "--message"},
                            paramLabel = "TEXT",
                            description = MESSAGE)
                    @Nullable
                    String message) {
        return put(admin, "/routes/promote", new HashMap<>(), message);
    }

    @Command(
            name = "return",
            mixinStandardHelpOptions = true,
            description = "Takes back what is tried, or what was published and is on probation.")
    int giveBack(
            @Mixin Admin admin,
            @Option(
                            names = {"-m", "--message"},
                            paramLabel = "TEXT",
                            description = MESSAGE)
                    @Nullable
                    String message) {
        return put(admin, "/routes/return", new HashMap<>(), message);
    }

    @Command(
            name = "rollback",
            mixinStandardHelpOptions = true,
            description = "Puts an earlier version in force again, on all hubs. The folder stays as it is.")
    int rollBack(
            @Mixin Admin admin,
            @Parameters(paramLabel = "VERSION", description = "From history.") long version,
            @Option(
                            names = {"-m", "--message"},
                            paramLabel = "TEXT",
                            description = MESSAGE)
                    @Nullable
                    String message) {
        return put(admin, "/routes/rollback", new HashMap<>(Map.of("version", version)), message);
    }

    private int put(Admin admin, String path, Map<String, Object> body, @Nullable String message) {
        put(body, "message", message);
        return attempt(() -> {
            shown.published(admin.client().post(path, body));
            return true;
        });
    }

    @Command(name = "history", mixinStandardHelpOptions = true, description = "Lists the versions, the latest first.")
    void history(
            @Mixin Admin admin,
            @Option(names = "--limit", paramLabel = "N", defaultValue = "20", description = "How many (default: 20).")
                    int limit) {
        JsonNode page = admin.client().get("/routes/versions?limit=" + limit);
        shown.history(page.get("versions"));
        if (page.has("nextCursor")) {
            System.out.println("there are more");
        }
    }

    @Command(
            name = "fetch",
            mixinStandardHelpOptions = true,
            description = "Brings what is in force, or a version, into the folder. What was changed there stays.")
    int fetch(
            @Mixin Admin admin,
            @Mixin RoutesFolder folder,
            @Option(names = "--force", description = "The hub's text wins where both sides have changed a file.")
                    boolean force,
            @Parameters(paramLabel = "VERSION", arity = "0..1", description = "From history.") @Nullable Long wanted) {
        HubClient hub = admin.client();
        long number = wanted == null ? hub.get("/routes").get("version").asLong() : wanted;
        JsonNode version = hub.get("/routes/versions/" + number).get("version");
        RouteFiles after = RoutesFolder.files(hub, number);
        List<String> both = folder.take(folder.before(hub), version, after, force);
        if (both.isEmpty()) {
            System.out.println("the folder comes from version " + number + " now");
            return 0;
        }
        both.forEach(path -> System.out.println("conflict: " + path + " was changed here and in the hub"));
        System.out.println("bring both changes together: ./hub routes diff " + number
                + " shows what differs; then ./hub routes publish --base " + number
                + ". fetch --force takes the hub's");
        return 1;
    }

    @Command(
            name = "record",
            mixinStandardHelpOptions = true,
            description = "Makes a case of what really happened; personal data are masked.")
    void record(
            @Mixin Admin admin,
            @Parameters(index = "0", paramLabel = "call|job|delivery", description = "What it is.") String kind,
            @Parameters(index = "1", paramLabel = "ID", description = "Which.") String id,
            @Option(names = "--output", paramLabel = "FILE", description = "Where to (default: standard output).")
                    @Nullable
                    Path output) {
        String text = admin.client()
                .post("/routes/record", Map.of("kind", kind, "id", id))
                .get("case")
                .asText();
        if (output == null) {
            System.out.print(text);
        } else {
            try {
                Files.writeString(output, text);
            } catch (IOException e) {
                throw new HubFailure(
                        "the case cannot be written to " + output + ": name a file in a folder that is there");
            }
        }
    }

    @Command(
            name = "dry-run",
            mixinStandardHelpOptions = true,
            description =
                    "Has a message go through a route of the folder, and shows each step. Nothing leaves the hub.")
    int dryRun(
            @Mixin Admin admin,
            @Mixin Source source,
            @Parameters(paramLabel = "ROUTE", description = "Its id.") String route,
            @Option(
                            names = "--message",
                            paramLabel = "FILE",
                            description = "YAML or JSON: what cases have under given (default: nothing).")
                    @Nullable
                    Path message) {
        HubClient hub = admin.client();
        Map<String, Object> body = source.body(hub);
        body.put("route", route);
        put(body, "message", message == null ? null : message(message));
        return attempt(() -> shown.steps(hub.post("/routes/dry-run", body)));
    }

    private static JsonNode message(Path file) {
        try {
            return new YAMLMapper().readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new HubFailure(file + " is not YAML: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new HubFailure(file + " cannot be read: name a file with the message");
        }
    }

    @Command(
            name = "watch",
            mixinStandardHelpOptions = true,
            description = "For development only: publishes whenever a file of the folder is saved. Ctrl-C ends it.")
    void watch(@Mixin Admin admin, @Mixin RoutesFolder folder) throws IOException, InterruptedException {
        HubClient hub = admin.client();
        if (!hub.url().matches("https?://(localhost|127[.][0-9.]+|\\[::1])(:\\d+)?")) {
            throw new HubFailure("watch is for a hub on this machine, not " + hub.url() + ": use publish");
        }
        FolderWatch watch = new FolderWatch(folder.path());
        System.out.println("watching " + folder.path().toAbsolutePath().normalize());
        while (true) {
            Edit edit = folder.edit(hub);
            if (!edit.files().isEmpty()) {
                attempt(() -> {
                    Source source = new Source();
                    source.folder = folder;
                    publish(hub, source, new Share(), "saved");
                    return true;
                });
            }
            watch.await();
        }
    }

    private interface Attempt {

        /** Says whether it went well. */
        boolean make();
    }

    private int attempt(Attempt attempt) {
        try {
            return attempt.make() ? 0 : 1;
        } catch (HubFailure e) {
            if (e.problem().isMissingNode()) {
                throw e;
            }
            shown.problem(e);
            return 1;
        }
    }

    private static void put(Map<String, Object> body, String name, @Nullable Object value) {
        Optional.ofNullable(value).ifPresent(given -> body.put(name, given));
    }
}
