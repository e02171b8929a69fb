package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.services.Services;
import org.junit.jupiter.api.Test;

/** Two hubs with one database let a tenant in as often as one hub would. */
class SharedLimitsTest {

    private static final String TENANT = "limited";
    private static final int BURST = 100;
    private static final int A_MINUTE = 60;

    /** What each hub may let in before it tells the other: a twentieth of the burst. */
    private static final int UNTOLD = BURST / 20;

    private static RunningHub start(String database) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>(SharedHub.quickSettings());
        settings.put("spring.datasource.url", database);
        settings.put("spring.datasource.username", Services.USER);
        settings.put("spring.datasource.password", Services.PASSWORD);
        settings.put("caravox.limits.shared", "database");
        settings.put("caravox.tenants." + TENANT + ".limits.burst", Integer.toString(BURST));
        settings.put("caravox.tenants." + TENANT + ".limits.requests-per-minute", Integer.toString(A_MINUTE));
        return RunningHub.start(Files.createTempDirectory("caravox-limits-"), settings);
    }

    @Test
    void two_hubs_together_let_in_as_many_as_the_limit_says() throws IOException {
        String database = Services.running().createDatabase("limits");
        try (RunningHub one = start(database);
                RunningHub two = start(database)) {
            Caller first = one.tenant(TENANT);
            Caller second = new Caller(two.url(), first.key());
            Instant began = Instant.now();

            List<CompletableFuture<Answer>> sent = IntStream.range(0, 4 * BURST)
                    .mapToObj(i -> i % 2 == 0 ? first : second)
                    .map(caller -> caller.sendAsync(caller.request("/v1/models").GET()))
                    .toList();
            List<Answer> answers = sent.stream().map(CompletableFuture::join).toList();

            long seconds = Duration.between(began, Instant.now()).toSeconds() + 1;
            long letIn =
                    answers.stream().filter(answer -> answer.status() == 200).count();
            assertThat(answers).extracting(Answer::status).containsOnly(200, 429);
            assertThat(letIn).isBetween((long) BURST, BURST + UNTOLD + seconds * A_MINUTE / 60);
            assertThat(answers).filteredOn(answer -> answer.status() == 429).allSatisfy(answer -> assertThat(
                            answer.header("Retry-After"))
                    .isNotEmpty());
        }
    }
}
