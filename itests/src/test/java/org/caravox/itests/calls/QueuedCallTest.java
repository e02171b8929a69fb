package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.caravox.calls.media.MediaWishes;
import org.caravox.cli.PhoneLine;
import org.caravox.cli.Telephone;
import org.junit.jupiter.api.Test;

/** A caller waits for a place, and gets one when another hangs up; somebody listens in. */
class QueuedCallTest {

    private static final String NUMBER = "2700";
    private static final int HEADER = 44;
    private static final int LOUD = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    @Test
    void who_finds_no_place_waits_and_is_answered_when_another_hangs_up() throws Exception {
        CallsHub.hub();
        String address = CallsHub.address(NUMBER);
        List<RawPhone> others = full();
        ExecutorService listener = Executors.newSingleThreadExecutor();
        try (Telephone telephone = Telephone.reaching(address);
                PhoneLine line =
                        telephone.call(address, new MediaWishes(List.of("PCMU"), MediaWishes.Srtp.OFF, null))) {
            assertTrue(line.awaitAnswer(), "the queue answers");
            String id = queued();
            CompletableFuture<byte[]> listened = listen(id, listener);
            assertTrue(line.awaitPause(PATIENCE), "the announcement is said");
            try (RawPhone late = new RawPhone(CallsHub.HOST, "2701")) {
                assertThat(late.ring().answer()).startsWith("SIP/2.0 503 ").containsIgnoringCase("Retry-After");
                late.acknowledge();
            }

            giveUp(others.remove(0));

            CallsHub.awaitTurns(NUMBER, 1);
            line.hangUp();
            assertHeard(line, listened.get(30, TimeUnit.SECONDS));
            assertRecorded(id);
        } finally {
            others.forEach(QueuedCallTest::giveUp);
            listener.shutdownNow();
        }
    }

    private static List<RawPhone> full() {
        await("the calls of others are over").atMost(PATIENCE).until(() -> CallsHub.hub()
                .admin()
                .get("/metrics")
                .expect(200)
                .text()
                .lines()
                .anyMatch("calls_live 0.0"::equals));
        List<RawPhone> ringing = new ArrayList<>();
        for (int i = 0; i < CallsHub.MOST_OF_TRUNK; i++) {
            ringing.add(new RawPhone(CallsHub.HOST, "232" + i).ring());
            ringing.get(i).await("SIP/2\\.0 180 .*", "INVITE");
        }
        return ringing;
    }

    private static void giveUp(RawPhone phone) {
        phone.cancel();
        phone.answer();
        phone.acknowledge();
        phone.close();
    }

    private static String queued() {
        String path = "/calls?status=queued&number=" + NUMBER;
        return await("the call is queued")
                .atMost(PATIENCE)
                .until(() -> CallsHub.tenant().get(path).expect(200).json().get("calls"), calls -> calls.size() == 1)
                .get(0)
                .get("id")
                .asText();
    }

    private static CompletableFuture<byte[]> listen(String id, ExecutorService listener) throws Exception {
        HttpResponse<InputStream> answer = HttpClient.newHttpClient()
                .send(CallsHub.tenant().request("/calls/" + id + "/listen").build(), BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return CompletableFuture.supplyAsync(
                () -> {
                    try (InputStream audio = answer.body()) {
                        return audio.readAllBytes();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                listener);
    }

    private static void assertHeard(PhoneLine line, byte[] listened) {
        String caller =
                CallsHub.words(CallsHub.wav(line.heard(), line.sampleRateHz())).get(0);
        assertThat(caller).contains("number one").contains("garden");
        assertThat(listened).startsWith('R', 'I', 'F', 'F');
        assertThat(loud(listened, 1, 2)).as("what they heard").isGreaterThan(loud(line.heard(), 0, 1) / 2);
        assertThat(loud(listened, 0, 2)).as("what the caller said").isZero();
    }

    /** How many samples of a channel are loud. */
    private static long loud(byte[] pcm, int channel, int channels) {
        ShortBuffer samples = ByteBuffer.wrap(pcm, HEADER, (pcm.length - HEADER) / 4 * 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer();
        return IntStream.range(0, samples.limit())
                .filter(i -> i % channels == channel)
                .filter(i -> Math.abs(samples.get(i)) > LOUD)
                .count();
    }

    private static void assertRecorded(String id) {
        JsonNode call = CallsHub.ended(NUMBER);
        assertThat(call.get("queuedSeconds").asDouble()).isPositive();
        assertThat(call.get("talkedSeconds").asDouble()).isPositive();
        assertThat(call.get("cause").asText()).isEqualTo("hung_up");
        assertThat(call.get("media").has("queue")).isFalse();
        assertThat(CallsHub.tenant().get("/calls/" + id + "/listen").status()).isEqualTo(409);
        assertThat(CallsHub.tenant()
                        .get("/calls/" + UUID.randomUUID() + "/listen")
                        .status())
                .isEqualTo(404);
        assertThat(CallsHub.tenant().get("/audit").expect(200).json().get("acts"))
                .anySatisfy(act -> {
                    assertThat(act.get("act").asText()).isEqualTo("call.listened");
                    assertThat(act.get("subject").asText()).isEqualTo(id);
                });
    }

    @Test
    void a_caller_who_hangs_up_while_waiting_leaves_the_queue() {
        CallsHub.hub();
        List<RawPhone> others = full();
        try (RawPhone phone = new RawPhone(CallsHub.HOST, "2702")) {
            assertThat(phone.ring().answer()).startsWith("SIP/2.0 200 ");
            phone.acknowledge();
            phone.hangUp();

            JsonNode call = CallsHub.ended("2702");
            assertThat(call.get("cause").asText()).isEqualTo("left_queue");
            assertThat(call.get("endedBy").asText()).isEqualTo("other");
            assertThat(call.has("talkedSeconds")).isFalse();
        } finally {
            others.forEach(QueuedCallTest::giveUp);
        }
    }
}
