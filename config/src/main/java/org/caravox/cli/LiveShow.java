package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A sample that is spoken into a live stream, beside whatever else is shown. */
final class LiveShow {

    private static final int WIDEST = 80;
    private static final int A_FEW_WORDS = 3;
    private static final Duration WORDS_WITHIN = Duration.ofSeconds(20);
    private static final Duration DONE_WITHIN = Duration.ofMinutes(1);

    private final Path sample = Home.folder().resolve("samples").resolve("voicemail.mp3");
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final CountDownLatch midSentence = new CountDownLatch(1);
    private final FutureTask<String> stream;
    private final String by;

    /** @param by the provider whose words are waited for */
    LiveShow(HubClient hub, String by) {
        this.by = by;
        this.stream = new FutureTask<>(() -> send(hub));
        Thread speaker = new Thread(stream, "live");
        speaker.setDaemon(true);
        speaker.start();
    }

    private String send(HubClient hub) throws IOException, InterruptedException {
        LiveWords words = new LiveWords(new PrintStream(shown, true, StandardCharsets.UTF_8), false, WIDEST);
        return new LiveStream(hub, event -> {
                    words.tell(event);
                    look(event);
                })
                .send(sample, Map.of("userId", "demo"));
    }

    private void look(JsonNode event) {
        boolean open = event.path("type").asText().equals("transcript")
                && !event.path("isFinal").asBoolean()
                && event.path("provider").asText().equals(by);
        if (open && event.path("transcript").asText().split(" ").length >= A_FEW_WORDS) {
            midSentence.countDown();
        }
    }

    /** Waits until the provider has heard a few words of a sentence, or not for long. */
    void awaitWords() {
        try {
            var unused = midSentence.await(WORDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was told, once all is. */
    String words() throws InterruptedException {
        try {
            stream.get(DONE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof HubFailure failure ? failure : new HubFailure(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw new HubFailure("the live stream did not come to its end within " + DONE_WITHIN.toSeconds() + " s");
        }
        return shown.toString(StandardCharsets.UTF_8);
    }
}
