package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.Test;

/** The embedded database ends by itself; the hub does not. */
class DatabaseKilledTest {

    private final Path data = Files.createTempDirectory("caravox-database-");

    DatabaseKilledTest() throws IOException {}

    @Test
    void an_embedded_database_that_is_killed_is_started_again_and_jobs_go_on() throws IOException {
        RunningHub hub = RunningHub.start(data, SharedHub.quickSettings());
        String job = hub.demo().submit(Sample.BOOKING_CALL.bytes(), Map.of());
        hub.demo().awaitJob(job, state -> state.member("status").equals("running"));

        ProcessHandle.of(Long.parseLong(Files.readAllLines(data.resolve("database/postmaster.pid"))
                        .get(0)
                        .strip()))
                .orElseThrow()
                .destroyForcibly();

        await().atMost(Duration.ofSeconds(60)).until(() -> hub.log().contains("database.started-again"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> hub.nobody().get("/health/readiness").status() == 200);
        assertThat(hub.demo().awaitEnd(job).member("status")).isEqualTo("completed");
        hub.closeAndForget();
    }
}
