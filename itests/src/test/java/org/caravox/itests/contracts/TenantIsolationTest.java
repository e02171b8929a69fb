package org.caravox.itests.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.contracts.ApiDocument.Operation;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.LiveCaller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One tenant reaches nothing of another's by any operation that the hub has: those of its OpenAPI document, so that a
 * new one is tried as soon as it is there.
 */
class TenantIsolationTest {

    private static final String VICTIM = SharedHub.BUSY_TENANTS.get(0);
    private static final String VICTIMS_USER = "victims-own-user";

    private static Caller victim;
    private static Caller stranger;
    private static List<String> victimsIds;
    private static String victimsKeyId;
    private static String victimsSecret;
    private static List<String> before;

    @BeforeAll
    static void own() {
        RunningHub hub = SharedHub.hub();
        victim = hub.tenant(VICTIM);
        stranger = hub.tenant(SharedHub.BUSY_TENANTS.get(1));
        String completed = victim.submit(Sample.PHONE_CLIP.bytes(), Map.of("userId", VICTIMS_USER));
        String cancelled = victim.submit(Sample.PHONE_CLIP.bytes(), Map.of("userId", VICTIMS_USER));
        victim.delete("/jobs/" + cancelled);
        victim.awaitEnd(completed);
        String failed = victim.postJson(
                        "/transcribe",
                        Map.of(
                                "audioUrl",
                                "http://nobody.invalid/a.wav",
                                "userId",
                                VICTIMS_USER,
                                "provider",
                                "vosk",
                                "mode",
                                "async"))
                .expect(202)
                .member("jobId");
        victim.awaitEnd(failed);
        victimsKeyId = victim.get("/keys").json().get("keys").get(0).get("id").asText();
        victimsSecret = victim.get("/webhook-secret").expect(200).member("secret");
        String batch = victim.postJson("/batches", Map.of("userId", VICTIMS_USER))
                .expect(201)
                .member("batchId");
        String webhook = victim.postJson(
                        "/webhooks", Map.of("url", "https://nobody.invalid/", "description", VICTIMS_USER))
                .expect(201)
                .member("id");
        victim.post("/webhooks/" + webhook + "/pause").expect(200);
        victim.awaitEnd(victim.submit(Sample.PHONE_CLIP.bytes(), Map.of("userId", VICTIMS_USER)));
        String delivery = victim.get("/deliveries")
                .expect(200)
                .json()
                .at("/deliveries/0/id")
                .asText();
        victimsIds = List.of(completed, cancelled, failed, victimsKeyId, batch, webhook, delivery, recorded());
        before = everythingOfTheVictim();
    }

    private static String recorded() {
        try (LiveCaller live = LiveCaller.open(victim, "/stream?encoding=mulaw&record=true&userId=" + VICTIMS_USER)) {
            live.send(Arrays.copyOfRange(Sample.PHONE_CLIP.bytes(), 58, 8058));
            live.say("CloseStream");
            String stream = live.await("end").get("transcriptId").asText();
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> victim.get("/transcripts/" + stream + "/audio").status() == 200);
            return stream;
        }
    }

    private static List<String> everythingOfTheVictim() {
        return Stream.of(
                        "/jobs",
                        "/batches",
                        "/dead-letters",
                        "/transcripts",
                        "/keys",
                        "/webhook-secret",
                        "/webhooks",
                        "/deliveries",
                        "/crm",
                        "/audit",
                        "/usage?to=2100-01-01")
                .map(path -> victim.get(path).expect(200).text())
                .toList();
    }

    static Stream<Operation> operations() {
        return new ApiDocument(
                        SharedHub.hub().demo().get("/openapi.json").expect(200).json())
                .operations().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void a_stranger_gets_nothing_and_changes_nothing(Operation operation) {
        for (String id : victimsIds) {
            Answer answer = call(operation, id);

            if (operation.path().contains("{id}")) {
                assertThat(answer.status()).as(answer.text()).isIn(403, 404);
            }
            assertTellsNothing(answer, id);
        }
        assertThat(everythingOfTheVictim()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void naming_the_victim_helps_as_little(Operation operation) {
        for (String query : List.of("userId=" + VICTIMS_USER, "tenant=" + VICTIM, "cursor=" + victimsIds.get(1))) {
            Answer answer = call(
                    new Operation(operation.method(), operation.path() + "?" + query, operation.id()),
                    victimsIds.get(0));

            assertTellsNothing(answer, query + " " + victimsIds.get(0));
        }
    }

    private static Answer call(Operation operation, String id) {
        return stranger.send(stranger.request(operation.path().replaceAll("\\{\\w+}", id))
                .header("Content-Type", "application/json")
                .method(
                        operation.method(),
                        operation.method().equals("POST") ? BodyPublishers.ofString("{}") : BodyPublishers.noBody()));
    }

    /** Nothing of the victim's is in the answer, but what the stranger had named. */
    private static void assertTellsNothing(Answer answer, String named) {
        Stream.concat(victimsIds.stream(), Stream.of(VICTIMS_USER, victimsSecret, "john brown", "\"" + VICTIM + "\""))
                .filter(mark -> !named.contains(mark) && !answer.text().contains("not found"))
                .forEach(mark -> assertThat(answer.text()).doesNotContain(mark));
        assertThat(answer.text()).doesNotContain("john brown", victimsSecret);
    }
}
