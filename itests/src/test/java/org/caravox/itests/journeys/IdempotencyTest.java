package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same request with the same Idempotency-Key happens once. */
class IdempotencyTest {

    private static final int AT_A_TIME = 8;

    @AutoClose
    private static SourceServer sources;

    private final Caller caller = SharedHub.hub().newTenant();

    @BeforeAll
    static void serve() throws IOException {
        sources = new SourceServer();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async"})
    void the_same_request_with_the_same_key_gets_the_same_answer(String mode) {
        Answer first = caller.send(request("again", mode));
        Answer second = caller.send(request("again", mode));

        assertThat(second.status()).isEqualTo(first.status());
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
    }

    @Test
    void the_same_key_with_another_request_is_refused() {
        caller.send(request("taken", "sync")).expect(200);

        Answer otherField = caller.send(request("taken", "async"));
        Answer otherRecording =
                caller.send(caller.uploading(Sample.VOICEMAIL.bytes(), Map.of("userId", "u", "mode", "sync"))
                        .header("Idempotency-Key", "taken"));

        assertThat(otherField.expect(409).member("error")).contains("taken");
        otherRecording.expect(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async"})
    void the_same_request_many_times_at_once_happens_once(String mode) {
        List<CompletableFuture<Answer>> sent = Stream.generate(() -> caller.sendAsync(request("at-once", mode)))
                .limit(AT_A_TIME)
                .toList();
        List<Answer> answers = sent.stream().map(CompletableFuture::join).toList();

        assertThat(answers).extracting(Answer::status).containsOnly(mode.equals("sync") ? 200 : 202);
        assertThat(answers.stream().map(answer -> answer.member("requestId")).distinct())
                .hasSize(1);
        String path = mode.equals("sync") ? "transcripts" : "jobs";
        assertThat(caller.get("/" + path).expect(200).json().get(path)).hasSize(1);
    }

    @Test
    void a_request_that_failed_leaves_its_key_free() {
        String url = sources.url() + "/recordings/later.wav";
        HttpRequest.Builder request = caller.request("/transcribe")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "second-try")
                .POST(HttpRequest.BodyPublishers.ofString(Caller.json(Map.of("audioUrl", url, "userId", "u"))));
        caller.send(request).expect(422);

        sources.serve("later.wav", Sample.PHONE_CLIP.bytes());

        assertThat(caller.send(request).expect(200).member("transcript")).isEqualTo(Sample.PHONE_CLIP.text());
    }

    @Test
    void a_key_is_one_tenants_own() {
        Caller other = SharedHub.hub().newTenant();
        Answer first = caller.send(request("mine", "sync")).expect(200);

        Answer others = other.send(other.uploading(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u", "mode", "sync"))
                .header("Idempotency-Key", "mine"));

        assertThat(others.expect(200).member("requestId")).isNotEqualTo(first.member("requestId"));
    }

    private HttpRequest.Builder request(String key, String mode) {
        return caller.uploading(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u", "mode", mode))
                .header("Idempotency-Key", key);
    }
}
