package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.Test;

/** Each tenant has its share of the hub, and is told when it has used it. */
class LimitsTest {

    @Test
    void over_its_requests_a_minute_a_tenant_is_told_when_to_come_back() {
        Caller narrow = SharedHub.hub().tenant(SharedHub.NARROW_TENANT);
        Caller other = SharedHub.hub().newTenant();

        List<Answer> within =
                Stream.generate(() -> narrow.get("/jobs")).limit(3).toList();
        Answer over = narrow.get("/jobs");

        assertThat(within).extracting(Answer::status).containsOnly(200);
        assertThat(within)
                .extracting(answer -> answer.header("RateLimit-Limit"))
                .containsOnly("3");
        assertThat(within)
                .extracting(answer -> answer.header("RateLimit-Remaining"))
                .containsExactly("2", "1", "0");
        assertThat(over.expect(429).member("error")).contains("6 requests a minute");
        assertThat(Integer.parseInt(over.header("Retry-After"))).isBetween(1, 10);
        other.get("/jobs").expect(200);
    }

    @Test
    void over_its_requests_at_a_time_a_tenant_is_told_so_and_has_its_place_back_afterwards() {
        Caller single = SharedHub.hub().tenant(SharedHub.SINGLE_TENANT);

        List<CompletableFuture<Answer>> sent = Stream.generate(() -> single.sendAsync(
                        single.uploading(Sample.VOICEMAIL.bytes(), Map.of("userId", "u", "mode", "sync"))))
                .limit(3)
                .toList();
        List<Answer> answers = sent.stream().map(CompletableFuture::join).toList();
        Answer afterwards = single.get("/jobs");

        assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 429, 429);
        assertThat(answers).filteredOn(answer -> answer.status() == 429).allSatisfy(answer -> {
            assertThat(answer.member("error")).contains("1 requests at a time");
            assertThat(answer.header("Retry-After")).isNotEmpty();
        });
        afterwards.expect(200);
    }
}
