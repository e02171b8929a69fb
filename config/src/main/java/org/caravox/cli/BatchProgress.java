package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows on standard error how a batch goes: a bar on a terminal, otherwise a line now and then. */
final class BatchProgress implements AutoCloseable {

    private static final Duration A_LINE_EVERY = Duration.ofSeconds(10);

    private final int total;
    private final Clock clock;
    private final Instant began;
    private final @Nullable ProgressBar bar;
    private int before = -1;
    private Instant lastLine;

    BatchProgress(int total, Clock clock) {
        this.total = total;
        this.clock = clock;
        this.began = clock.instant();
        this.lastLine = began;
        this.bar = Home.progressIsSeen()
                ? new ProgressBarBuilder()
                        .setTaskName("Transcribing")
                        .setInitialMax(total)
                        .setUnit(" items", 1)
                        .showSpeed()
                        .setStyle(ProgressBarStyle.ASCII)
                        .continuousUpdate()
                        .build()
                : null;
    }

    /**
     * Shows how it stands.
     *
     * @param sent    how many items the hub has
     * @param refused how many it did not take
     */
    void show(JsonNode batch, int sent, int refused) {
        JsonNode counts = batch.path("counts");
        int failed = counts.path("failed").asInt() + counts.path("cancelled").asInt() + refused;
        int ended = counts.path("completed").asInt()
                + failed
                + counts.path("refused").asInt();
        before = before < 0 ? ended : before;
        String more = sent + " sent" + (failed > 0 ? ", " + failed + " failed" : "");
        if (bar != null) {
            bar.stepTo(ended);
            bar.setExtraMessage(" " + more);
        } else if (Duration.between(lastLine, clock.instant()).compareTo(A_LINE_EVERY) >= 0) {
            lastLine = clock.instant();
            System.err.println(line(ended, more));
        }
    }

    private String line(int ended, String more) {
        double seconds = Duration.between(began, clock.instant()).toMillis() / 1000.0;
        double rate = (ended - before) / Math.max(0.001, seconds);
        String left = rate > 0
                ? ", "
                        + Duration.ofSeconds(Math.round((total - ended) / rate))
                                .toString()
                                .substring(2)
                                .toLowerCase(Locale.ROOT)
                        + " left"
                : "";
        return String.format(Locale.ROOT, "%d of %d done, %s, %.1f/s%s", ended, total, more, rate, left);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
