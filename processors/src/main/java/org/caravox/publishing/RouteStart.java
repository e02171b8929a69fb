package org.caravox.publishing;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.caravox.audit.Act;
import org.caravox.audit.AuditLog;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a hub starts with.
 *
 * @param version   its number
 * @param files     its files
 * @param published whether it comes from the database, and not from the hub's own folder
 */
public record RouteStart(long version, RouteFiles files, boolean published) {

    private static final Logger log = LoggerFactory.getLogger(RouteStart.class);

    /** Any number, the same in all hubs: whoever holds this lock of PostgreSQL's writes down what it starts with. */
    private static final long LOCK = 0x6361_7261_766f_7211L;

    /** What a hub starts with when there is a version that somebody published. */
    public enum From {
        /** That one. */
        PUBLISHED,
        /** Its own folder, which takes that one's place. */
        FOLDER
    }

    /**
     * As long as nobody has published, a hub starts with its own folder, so that a newer release brings its routes; then
     * it starts with what is in force.
     *
     * @param folder the files of the hub's folder
     */
    public static RouteStart decide(
            Jdbi database, RouteVersions versions, AuditLog audit, RouteFiles folder, From from) {
        RouteStart start = audit.together(
                () -> database.withHandle(handle -> {
                    handle.createQuery("select pg_advisory_xact_lock(:lock)")
                            .bind("lock", LOCK)
                            .mapTo(String.class)
                            .findOne();
                    return decide(handle, versions, folder, from);
                }),
                decided -> decided.published() || from == From.PUBLISHED
                        ? Optional.empty()
                        : Optional.of(new Act(
                                null,
                                Act.HUB,
                                true,
                                "route.started",
                                Long.toString(decided.version()),
                                Map.of("from", "folder"))));
        log.info(
                "routes.start version={} published={} files={}",
                start.version(),
                start.published(),
                start.files().texts().size());
        return start;
    }

    private static RouteStart decide(Handle handle, RouteVersions versions, RouteFiles folder, From from) {
        awaitPublisher(handle);
        Optional<InForce> now = InForce.read(handle);
        String digest = RouteVersions.digest(folder);
        if (now.isEmpty()) {
            long number = write(handle, versions, folder, null);
            handle.execute("insert into routes_in_force (version) values (?)", number);
            return new RouteStart(number, folder, false);
        }
        boolean published = !now.get().ofFolder();
        if (published && from == From.PUBLISHED) {
            return new RouteStart(now.get().version(), versions.files(now.get().version()), true);
        }
        Long base = published ? now.get().version() : null;
        long number = published
                ? write(handle, versions, folder, base)
                : RouteVersions.ofFolder(handle, digest).orElseGet(() -> write(handle, versions, folder, base));
        handle.execute(
                """
                update routes_in_force set version = ?, since = clock_timestamp(), previous = null,
                  probation_until = null, counts_before = null, staged = null
                where version <> ?""",
                number,
                number);
        handle.execute(RouteNode.TELL);
        return new RouteStart(number, folder, false);
    }

    /** Whoever is just putting a version in force holds the row: what is read after that is what it wrote. */
    private static void awaitPublisher(Handle handle) {
        handle.createQuery("select version from routes_in_force for update")
                .mapTo(Long.class)
                .findOne();
    }

    private static long write(Handle handle, RouteVersions versions, RouteFiles folder, @Nullable Long base) {
        long number = versions.propose(
                handle, new RouteVersions.Making(Version.Kind.STARTED, Act.HUB, "", base, null), folder);
        RouteVersions.accept(handle, number);
        return number;
    }

    /** What whoever started the hub is told when it cannot be loaded. */
    public RuntimeException refused(RoutesRefused why) {
        if (!published) {
            return why;
        }
        List<String> lines = why.findings().stream().map(Finding::toString).toList();
        return new IllegalStateException("version " + version + " of the routes, which was published, does not load on"
                + " this hub:\n  " + String.join("\n  ", lines)
                + "\nStart once with --set caravox.routes.start=folder: the routes folder takes its place, as a new"
                + " version, and what was published stays in ./hub routes history. Or start the release of the hub that"
                + " it was published on.");
    }
}
