package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.caravox.publishing.Edit;
import org.caravox.publishing.RouteFiles;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The routes folder on this machine, and the version of a hub that it comes from: that is kept in a hidden file. */
final class RoutesFolder {

    private static final String ORIGIN = ".version";

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "The routes folder (default: routes here, or that of this installation).")
    private @Nullable Path named;

    @Option(
            names = "--base",
            paramLabel = "VERSION",
            description = "The version that the folder comes from (default: the one that it was fetched from).")
    private @Nullable Long base;

    Path path() {
        Path here = Path.of("routes");
        Path folder = named != null
                ? named
                : Files.isDirectory(here) ? here : Home.folder().resolve("routes");
        if (!Files.isDirectory(folder)) {
            throw new HubFailure("there is no folder " + folder + ": name the routes folder with --folder");
        }
        return folder;
    }

    RouteFiles read() {
        return RouteFiles.read(path());
    }

    /** What the folder changes of the version that it comes from. */
    Edit edit(HubClient hub) {
        long from = base(hub);
        return Edit.between(from, files(hub, from), read());
    }

    /**
     * The version that the folder comes from.
     *
     * @throws HubFailure when it does not say, or comes from another hub
     */
    long base(HubClient hub) {
        if (base != null) {
            return base;
        }
        Optional<String[]> origin = origin();
        if (origin.isEmpty()) {
            return untouched(hub);
        }
        long version = Long.parseLong(origin.get()[0]);
        try {
            if (!hub.get("/routes/versions/" + version)
                    .at("/version/digest")
                    .asText()
                    .equals(origin.get()[1])) {
                throw strange(version);
            }
        } catch (HubFailure e) {
            throw e.status() == 404 ? strange(version) : e;
        }
        return version;
    }

    /** What was fetched the last time. A folder of which nobody knows where it comes from has changed whatever differs. */
    RouteFiles before(HubClient hub) {
        if (base == null && origin().isEmpty()) {
            return RouteFiles.NONE;
        }
        try {
            return files(hub, base(hub));
        } catch (HubFailure e) {
            if (e.status() != 0) {
                throw e;
            }
            return RouteFiles.NONE;
        }
    }

    private static HubFailure strange(long version) {
        return new HubFailure("this folder comes from version " + version
                + " of another hub: run ./hub routes fetch, which" + " keeps what you changed, or say --base VERSION");
    }

    /** As long as nobody has published, every folder is thought to come from what the hub started with. */
    private static long untouched(HubClient hub) {
        JsonNode version = hub.get("/routes/versions?limit=1").at("/versions/0");
        if (!version.path("kind").asText().equals("started")) {
            throw new HubFailure("this folder does not say which version of the routes it comes from: run ./hub routes"
                    + " fetch, which keeps what you changed, or say --base VERSION");
        }
        return version.get("number").asLong();
    }

    private Optional<String[]> origin() {
        try {
            Path file = path().resolve(ORIGIN);
            String[] words = Files.exists(file) ? Files.readString(file).strip().split(" ", 2) : new String[0];
            return words.length == 2 && words[0].matches("\\d{1,15}") ? Optional.of(words) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RouteFiles files(HubClient hub, long version) {
        return files(hub.get("/routes/files?version=" + version));
    }

    static RouteFiles files(JsonNode answer) {
        Map<String, String> texts = new HashMap<>();
        answer.get("files")
                .properties()
                .forEach(file -> texts.put(file.getKey(), file.getValue().asText()));
        return RouteFiles.of(texts);
    }

    /**
     * Brings a version here. What was changed here since the last time stays.
     *
     * @param before   what was fetched the last time
     * @param force    whether the hub's text wins where both sides have changed a file
     * @return the files that both sides have changed and that stayed as they are here
     */
    List<String> take(RouteFiles before, JsonNode version, RouteFiles after, boolean force) {
        RouteFiles mine = read();
        List<String> both = new ArrayList<>();
        for (RouteFiles.Change change : mine.changesTo(after)) {
            Optional<String> was = before.text(change.path());
            Optional<String> here = Optional.ofNullable(change.before());
            if (here.equals(was) || force) {
                write(change.path(), change.after());
            } else if (!Optional.ofNullable(change.after()).equals(was)) {
                both.add(change.path());
            }
        }
        if (both.isEmpty()) {
            write(
                    ORIGIN,
                    version.get("number").asText() + " " + version.get("digest").asText() + "\n");
        }
        return both;
    }

    private void write(String path, @Nullable String text) {
        Path file = path().resolve(path);
        try {
            if (text == null) {
                Files.deleteIfExists(file);
                return;
            }
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }

    /** A request's body with an edit. */
    static Map<String, Object> body(Edit edit) {
        Map<String, @Nullable String> files = new TreeMap<>();
        edit.files().forEach((path, text) -> files.put(path, text.orElse(null)));
        return new HashMap<>(Map.of("base", edit.base(), "files", files));
    }
}
