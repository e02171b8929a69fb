package org.caravox.agents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agents, each a file: {@code TENANT/NAME.yaml} in a folder, or {@code NAME.yaml} for all tenants. They are read at the
 * start, and again when their file has changed; one that cannot be used any more goes on as it was.
 */
public final class Agents {

    private static final Logger log = LoggerFactory.getLogger(Agents.class);
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
    private static final String YAML = ".yaml";

    /** What tells that a file has changed. */
    private record Version(FileTime changedAt, long bytes, @Nullable Object key) {}

    private record Read(Version version, Agent agent) {}

    private final Path folder;
    private final AgentReader reader;
    private final Map<Path, Read> agents = new ConcurrentHashMap<>();

    /** @param folder where the files are; it need not be there */
    public Agents(Path folder, AgentProviders providers) {
        this.folder = folder;
        this.reader = new AgentReader(providers);
    }

    /**
     * Reads all of them.
     *
     * @throws IllegalArgumentException what is to be mended, of each file that cannot be used
     */
    public void readAll() {
        List<String> wrong = new ArrayList<>();
        for (Path file : files(folder)) {
            tryRead(AgentProviders.FOR_ALL, file, wrong);
        }
        for (Path tenant : folders()) {
            for (Path file : files(tenant)) {
                tryRead(tenant.getFileName().toString(), file, wrong);
            }
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", wrong));
        }
        log.info("agents.read folder={} agents={}", folder, agents.size());
    }

    private void tryRead(String tenant, Path file, List<String> wrong) {
        try {
            agents.put(file, read(tenant, file));
        } catch (IllegalArgumentException e) {
            wrong.add(e.getMessage());
        } catch (IOException e) {
            wrong.add(file + " cannot be read: " + e.getMessage());
        }
    }

    private Read read(String tenant, Path file) throws IOException {
        Version version = version(file);
        return new Read(version, reader.read(tenant, name(file), folder.relativize(file), Files.readAllBytes(file)));
    }

    private static Version version(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    /**
     * A tenant's agent: its own, or that for all. May read a file.
     *
     * @throws Refusal NOT_FOUND when there is none of that name, INVALID when its file cannot be used
     */
    public Agent get(String tenant, String name) {
        Path own = folder.resolve(tenant).resolve(name + YAML);
        Path shared = folder.resolve(name + YAML);
        if (NAME.matcher(name).matches() && NAME.matcher(tenant).matches()) {
            if (Files.exists(own)) {
                return current(tenant, own);
            }
            if (Files.exists(shared)) {
                return current(AgentProviders.FOR_ALL, shared);
            }
        }
        throw Refusal.notFound("agent " + name + " not found for tenant " + tenant + Closest.hint(name, names(tenant)));
    }

    private Agent current(String tenant, Path file) {
        Read known = agents.get(file);
        try {
            if (known != null && known.version().equals(version(file))) {
                return known.agent();
            }
            Read fresh = read(tenant, file);
            agents.put(file, fresh);
            log.info("agents.read file={}", file);
            return fresh.agent();
        } catch (IOException | IllegalArgumentException e) {
            log.error("agents.broken file={} kept={} reason=\"{}\"", file, known != null, e.getMessage());
            if (known == null) {
                throw Refusal.invalid(
                        e instanceof IOException
                                ? file.getFileName() + " cannot be read"
                                : String.valueOf(e.getMessage()));
            }
            return known.agent();
        }
    }

    /** The names of a tenant's agents, its own and those for all. */
    public List<String> names(String tenant) {
        TreeSet<String> names = new TreeSet<>();
        files(folder).forEach(file -> names.add(name(file)));
        if (NAME.matcher(tenant).matches()) {
            files(folder.resolve(tenant)).forEach(file -> names.add(name(file)));
        }
        return List.copyOf(names);
    }

    private static String name(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - YAML.length());
    }

    private List<Path> folders() {
        return entries(folder, Files::isDirectory);
    }

    private static List<Path> files(Path folder) {
        return entries(folder, file -> file.toString().endsWith(YAML));
    }

    private static List<Path> entries(Path folder, DirectoryStream.Filter<Path> which) {
        List<Path> all = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, which)) {
                stream.forEach(all::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return all.stream().sorted().toList();
    }
}
