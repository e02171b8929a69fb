package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.Project;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./hub batch} sends what is in a folder or a manifest, and goes on after an interrupt. */
class BatchCommandTest {

    private static final int MANY = 12;

    private final Caller caller = SharedHub.hub().newTenant();

    @TempDir
    private Path folder;

    private Path calls;

    /** What a run has said, and how it ended. */
    private record Run(int status, String said) {}

    @BeforeEach
    void make() throws IOException {
        calls = Files.createDirectory(folder.resolve("calls"));
    }

    @Test
    void a_folder_is_transcribed_and_what_cannot_be_is_told() throws IOException, InterruptedException {
        Files.copy(Sample.PHONE_CLIP.file(), calls.resolve("good.wav"));
        Files.writeString(calls.resolve("bad.mp3"), "this is no recording");
        Files.writeString(calls.resolve("notes.txt"), "nor is this");

        Run run = run(calls, "--output", "out.jsonl");

        assertThat(run.status()).as(run.said()).isEqualTo(1);
        assertThat(run.said()).contains("Not a recording: notes.txt", "1 transcribed, 1 not");
        assertThat(Files.readAllLines(folder.resolve("out.jsonl")))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("good.wav", Sample.PHONE_CLIP.text()))
                .anySatisfy(line -> assertThat(line).contains("bad.mp3", "refused"));
    }

    @Test
    void a_run_that_was_killed_is_gone_on_with_and_nothing_is_there_twice() throws IOException, InterruptedException {
        for (int i = 0; i < MANY; i++) {
            Files.copy(Sample.PHONE_CLIP.file(), calls.resolve("call-" + i + ".wav"));
        }
        Process killed = start(calls, "--parallel", "1");
        await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> jobs().size() >= 3);
        killed.destroyForcibly().waitFor();

        Run run = run(calls, "--parallel", "1");

        assertThat(run.status()).as(run.said()).isEqualTo(0);
        assertThat(run.said()).contains("Going on with batch", MANY + " transcribed, 0 not");
        assertThat(jobs()).hasSize(MANY);
        assertThat(caller.get("/batches").json().get("batches")).hasSize(1);
        assertThat(Files.readAllLines(folder.resolve("calls.jsonl"))).hasSize(MANY);
    }

    private List<String> jobs() {
        List<String> items = new ArrayList<>();
        for (JsonNode job : caller.get("/jobs?limit=100").expect(200).json().get("jobs")) {
            items.add(job.get("item").asText());
        }
        return items;
    }

    @Test
    void a_manifest_that_leads_out_of_its_folder_is_refused_before_anything_is_sent()
            throws IOException, InterruptedException {
        Files.copy(Sample.PHONE_CLIP.file(), calls.resolve("good.wav"));
        Files.copy(Sample.PHONE_CLIP.file(), folder.resolve("secret.wav"));
        Path manifest = calls.resolve("list.csv");
        Files.writeString(manifest, "file,item\ngood.wav,one\n../secret.wav,two\n");

        Run run = run(manifest);

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.said()).contains("line 3", "../secret.wav");
        assertThat(jobs()).isEmpty();
    }

    @Test
    void a_manifest_says_what_its_recordings_are() throws IOException, InterruptedException {
        Files.copy(Sample.PHONE_CLIP.file(), calls.resolve("good.wav"));
        Path manifest = calls.resolve("list.csv");
        Files.writeString(manifest, "file,item,userId,metadata.call\ngood.wav,one,mary,4711\n");

        Run run = run(manifest, "--output", "out.zip");

        assertThat(run.status()).as(run.said()).isEqualTo(0);
        assertThat(Files.size(folder.resolve("out.zip"))).isPositive();
        JsonNode job = caller.get("/jobs").json().at("/jobs/0");
        assertThat(job.get("item").asText()).isEqualTo("one");
        assertThat(job.get("userId").asText()).isEqualTo("mary");
        assertThat(caller.get("/transcripts/" + job.get("jobId").asText())
                        .json()
                        .at("/metadata/call")
                        .asText())
                .isEqualTo("4711");
    }

    private Run run(Path source, String... options) throws IOException, InterruptedException {
        Process process = start(source, options);
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        return new Run(process.exitValue(), Files.readString(folder.resolve("said")));
    }

    private Process start(Path source, String... options) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(Project.root().resolve("hub").toString(), "batch", source.toString()));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile());
        RunningHub.forSeconds(builder.environment());
        builder.environment().put("CARAVOX_URL", caller.url());
        builder.environment().put("CARAVOX_API_KEY", caller.key());
        return builder.start();
    }
}
