package org.caravox.config;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.caravox.audit.Act;
import org.caravox.audit.AuditLog;
import org.caravox.tenants.Tenants;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Makes the first keys, and tells whoever started the hub where it is and how to call it. A key that the hub made up is
 * shown once and kept in a file that only its owner can read, so that {@code ./hub} commands on this machine find it.
 */
@Component
class Welcome {

    private record FirstKey(Path file, Optional<String> fresh, boolean fromEnvironment, String variable) {

        /** What to write in a shell where the key is wanted. */
        String inShell() {
            if (fromEnvironment) {
                return "$" + variable;
            }
            return fresh.orElse("$(cat " + file + ")");
        }
    }

    private final Tenants tenants;
    private final AuditLog audit;
    private final CaravoxSettings settings;
    private final ServletWebServerApplicationContext web;
    private final List<Enrolment> enrolments;
    private final boolean embedded;

    Welcome(
            Tenants tenants,
            AuditLog audit,
            CaravoxSettings settings,
            ServletWebServerApplicationContext web,
            List<Enrolment> enrolments,
            ObjectProvider<EmbeddedDatabase> embedded) {
        this.tenants = tenants;
        this.audit = audit;
        this.settings = settings;
        this.web = web;
        this.enrolments = enrolments;
        this.embedded = embedded.getIfAvailable() != null;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) throws IOException {
        if (!settings.roles().door()) {
            tell(Optional.empty(), event.getTimeTaken());
            return;
        }
        FirstKey admin = firstKey(null, "admin", "CARAVOX_ADMIN_KEY");
        FirstKey demo = embedded ? firstKey("demo", "demo", "CARAVOX_DEMO_KEY") : admin;
        enrolments.forEach(Enrolment::enrol);
        tell(Optional.of(demo), event.getTimeTaken());
    }

    private FirstKey firstKey(@Nullable String tenant, String name, String variable) throws IOException {
        String wanted = System.getenv(variable);
        boolean given = wanted != null && !wanted.isBlank();
        if (given && !wanted.matches("[\\x21-\\x7e]+")) {
            throw new IllegalArgumentException(variable + " must be visible ASCII characters without spaces");
        }
        Optional<String> fresh = audit.together(
                () -> tenants.ensureKey(tenant, name, given ? wanted : null),
                made -> made.map(key -> new Act(tenant, Act.HUB, true, "key.created", null, Map.of("name", name))));
        Path file = settings.data().resolve("keys").resolve(name);
        if (fresh.isPresent() && !given) {
            keep(file, fresh.get());
        }
        return new FirstKey(file, fresh, given, variable);
    }

    private static void keep(Path file, String key) throws IOException {
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, key + "\n");
    }

    /** @param first none on a hub that nobody calls */
    private void tell(Optional<FirstKey> first, @Nullable Duration took) {
        PrintStream out = settings.log().equals("json") ? System.err : System.out;
        String address = "http://localhost:" + web.getWebServer().getPort();
        StringBuilder text = new StringBuilder("\nCaravox is ready at ").append(address);
        if (took != null) {
            text.append(String.format(java.util.Locale.ROOT, " after %.1f s", took.toMillis() / 1000.0));
        }
        text.append("\n");
        first.ifPresentOrElse(
                key -> tell(key, address, text), () -> text.append("\n  It is a worker, and has no door.\n"));
        text.append("\n  Health ")
                .append(address)
                .append("/health   metrics ")
                .append(address)
                .append("/metrics   data ")
                .append(settings.data())
                .append("\n");
        out.println(text);
    }

    private void tell(FirstKey key, String address, StringBuilder text) {
        if (embedded) {
            if (key.fresh().isPresent() && !key.fromEnvironment()) {
                text.append("\n  Your API key, shown once:  ")
                        .append(key.fresh().get())
                        .append("\n");
            }
            text.append("\n  curl -H \"Authorization: Bearer ")
                    .append(key.inShell())
                    .append("\" \\\n")
                    .append("       -F userId=me -F file=@")
                    .append(settings.home().resolve("samples/voicemail.mp3"))
                    .append(" ")
                    .append(address)
                    .append("/transcribe\n");
        } else if (key.fresh().isPresent() && !key.fromEnvironment()) {
            text.append("\n  The admin key is in ").append(key.file()).append("\n");
        }
    }
}
