package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Transcribes one recording: the result goes to standard output, everything else to standard error. */
@Command(
        name = "transcribe",
        mixinStandardHelpOptions = true,
        description = {
            "Transcribes a recording.",
            "Uses the hub at CARAVOX_URL with the key in CARAVOX_API_KEY, or starts one for the purpose."
        })
final class TranscribeCommand implements Callable<Integer> {

    enum Mode {
        sync,
        async
    }

    enum Format {
        text,
        json,
        srt,
        vtt
    }

    private static final Duration POLL = Duration.ofMillis(300);

    @Parameters(paramLabel = "FILE|URL", description = "The recording.")
    private String recording = "";

    @Option(
            names = "--mode",
            paramLabel = "sync|async",
            description = "How to ask (default: by the recording's length).")
    private @Nullable Mode mode;

    @Option(
            names = "--format",
            paramLabel = "text|json|srt|vtt",
            description = "The form of the result (default: text).")
    private Format format = Format.text;

    @Option(names = "--live", description = "Stream it as fast as it was spoken, and show the words as they come.")
    private boolean live;

    @Option(names = "--language", paramLabel = "TAG", description = "The language spoken, like en.")
    private @Nullable String language;

    @Option(names = "--user", paramLabel = "ID", description = "The userId to record it under (default: cli).")
    private String user = "cli";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean url = recording.matches("(?i)[a-z][a-z0-9+.-]*://.*");
        if (!url && !Files.isRegularFile(Path.of(recording))) {
            throw new ParameterException(spec.commandLine(), "there is no file " + recording);
        }
        if (live && (url || mode != null)) {
            throw new ParameterException(spec.commandLine(), "--live takes a file, and no --mode");
        }
        String hub = System.getenv("CARAVOX_URL");
        if (hub != null && !hub.isBlank()) {
            transcribe(new HubClient(hub.strip(), key(hub.strip())), url);
            return 0;
        }
        System.err.println("Starting a hub for this recording (set CARAVOX_URL to use one that runs) ...");
        try (EmbeddedHub own = EmbeddedHub.start(false, Map.of(), Map.of())) {
            transcribe(own.client(), url);
        }
        return 0;
    }

    private String key(String url) {
        return Home.key("CARAVOX_API_KEY", Home.usualData(), "demo", url)
                .orElseThrow(() -> new ParameterException(spec.commandLine(), "CARAVOX_API_KEY must hold an API key"));
    }

    private void transcribe(HubClient hub, boolean url) throws IOException, InterruptedException {
        System.out.print(live ? stream(hub) : send(hub, url));
    }

    /** On a terminal the words rewrite themselves there; what they came to follows as the result. */
    private String stream(HubClient hub) throws IOException, InterruptedException {
        Map<String, String> query = new LinkedHashMap<>(Map.of("userId", user));
        if (language != null) {
            query.put("language", language);
        }
        LiveWords words = new LiveWords(
                System.err,
                Home.progressIsSeen(),
                spec.usageMessage().autoWidth(true).width());
        return result(hub, new LiveStream(hub, words::tell).send(Path.of(recording), query));
    }

    private String result(HubClient hub, String transcript) {
        String result = hub.getText("/transcripts/" + transcript + "?format=" + format);
        return result.endsWith("\n") ? result : result + "\n";
    }

    private String send(HubClient hub, boolean url) throws IOException, InterruptedException {
        try (ProgressBar bar = bar()) {
            JsonNode answer = submit(hub, url);
            if (answer.has("jobId")) {
                follow(hub, answer.get("jobId").asText(), bar);
            }
            return result(hub, answer.get("requestId").asText());
        }
    }

    private JsonNode submit(HubClient hub, boolean url) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>(Map.of("userId", user));
        if (mode != null) {
            fields.put("mode", mode.name());
        }
        if (language != null) {
            fields.put("language", language);
        }
        if (url) {
            fields.put("audioUrl", recording);
            return hub.post("/transcribe", fields);
        }
        return hub.upload("/transcribe", fields, BodyPublishers.ofFile(Path.of(recording)));
    }

    static void follow(HubClient hub, String job, @Nullable ProgressBar bar) throws InterruptedException {
        while (true) {
            JsonNode now = hub.get("/jobs/" + job);
            String status = now.get("status").asText();
            if (bar != null) {
                bar.maxHint(Math.max(1, now.path("audioSeconds").asLong(1)));
                bar.stepTo(now.path("progressSeconds").asLong());
            }
            if (status.equals("completed")) {
                return;
            }
            if (status.equals("failed") || status.equals("cancelled")) {
                throw new HubFailure(String.format(
                        Locale.ROOT,
                        "job %s %s: %s",
                        job,
                        status,
                        now.path("error").asText("no reason given")));
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    private static @Nullable ProgressBar bar() {
        if (!Home.progressIsSeen()) {
            return null;
        }
        return new ProgressBarBuilder()
                .setTaskName("Transcribing")
                .setInitialMax(-1)
                .setUnit(" s of audio", 1)
                .setStyle(ProgressBarStyle.ASCII)
                .continuousUpdate()
                .clearDisplayOnFinish()
                .build();
    }
}
