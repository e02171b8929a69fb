package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.Test;

/** A hub lets requests in, works on jobs, or does both. */
class RolesTest {

    private final Path data = Files.createTempDirectory("caravox-roles-");

    RolesTest() throws IOException {}

    private RunningHub start(boolean door, boolean worker) {
        Map<String, String> settings = new LinkedHashMap<>(SharedHub.quickSettings());
        settings.put("caravox.roles.door", Boolean.toString(door));
        settings.put("caravox.roles.worker", Boolean.toString(worker));
        return RunningHub.start(data, settings);
    }

    @Test
    void a_job_that_a_door_took_waits_for_a_worker_that_lets_nobody_in() {
        RunningHub door = start(true, false);
        String job = door.demo().submit(Sample.PHONE_CLIP.bytes(), Map.of());
        door.demo().get("/health/readiness").expect(200);
        assertThat(door.demo().get("/jobs/" + job).expect(200).member("status")).isEqualTo("queued");
        assertThat(door.demo()
                        .upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u", "mode", "sync"))
                        .expect(200)
                        .member("transcript"))
                .isEqualTo(Sample.PHONE_CLIP.text());
        door.close();

        RunningHub worker = start(false, true);
        worker.nobody().get("/health").expect(200);
        worker.nobody().get("/health/readiness").expect(200);
        worker.nobody().get("/metrics").expect(200);
        worker.demo().get("/openapi.json").expect(200);
        for (String path : new String[] {"/jobs", "/transcribe", "/v1/models", "/nothing"}) {
            assertThat(worker.demo().get(path).expect(503).member("error")).contains("this hub is a worker");
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> worker.log().contains("job.completed job=" + job));
        worker.close();

        RunningHub both = start(true, true);
        assertThat(both.demo().get("/transcripts/" + job).expect(200).member("transcript"))
                .isEqualTo(Sample.PHONE_CLIP.text());
        both.closeAndForget();
    }

    @Test
    void a_hub_that_is_neither_door_nor_worker_does_not_start_and_says_why() {
        assertThatThrownBy(() -> start(false, false)).hasMessageContaining("a hub is a door, a worker or both");
    }
}
