package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.Test;

/** What requests use is there to be seen, each once, and a budget is kept. A minute costs 0.6. */
class UsageTest {

    private static final byte[] CLIP = Sample.PHONE_CLIP.bytes();

    private final Caller caller = SharedHub.hub().newTenant();

    @Test
    void a_transcript_and_a_job_are_each_counted_once() {
        double seconds = caller.upload(CLIP, Map.of("userId", "u"))
                .expect(200)
                .json()
                .get("duration")
                .asDouble();
        caller.awaitEnd(caller.submit(CLIP, Map.of()));
        caller.upload(new byte[10], Map.of("userId", "u")).expect(415);

        JsonNode usage =
                caller.get("/usage?groupBy=day,use,provider,model").expect(200).json();

        assertThat(usage.at("/total/requests").asInt()).isEqualTo(2);
        assertThat(usage.at("/total/audioSeconds").asDouble()).isEqualTo(seconds * 2);
        assertThat(usage.at("/total/cost").decimalValue().doubleValue()).isCloseTo(seconds * 2 * 0.01, within(1e-9));
        assertThat(usage.get("rows")).hasSize(1);
        assertThat(usage.at("/rows/0/provider").asText()).isEqualTo("vosk");
        assertThat(usage.has("budget")).isFalse();
    }

    private static org.assertj.core.data.Offset<Double> within(double offset) {
        return org.assertj.core.data.Offset.offset(offset);
    }

    @Test
    void a_request_that_is_sent_again_is_counted_once() {
        for (int i = 0; i < 2; i++) {
            caller.send(caller.request("/transcribe?userId=u")
                            .header("Content-Type", "application/octet-stream")
                            .header("Idempotency-Key", "again")
                            .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(CLIP)))
                    .expect(200);
        }

        assertThat(total(caller).get("requests").asInt()).isEqualTo(1);
    }

    @Test
    void an_admin_sees_all_tenants_or_one() {
        Caller admin = SharedHub.hub().admin();
        Caller other = SharedHub.hub().tenant("watched");
        other.upload(CLIP, Map.of("userId", "u")).expect(200);
        caller.upload(CLIP, Map.of("userId", "u")).expect(200);

        assertThat(admin.get("/usage?tenant=watched")
                        .expect(200)
                        .json()
                        .at("/total/requests")
                        .asInt())
                .isEqualTo(1);
        assertThat(total(admin).get("requests").asInt()).isGreaterThanOrEqualTo(2);
        admin.get("/usage?tenant=nobody").expect(404);
        caller.get("/usage?tenant=watched").expect(404);
    }

    @Test
    void what_is_asked_wrongly_is_explained() {
        assertThat(caller.get("/usage?groupBy=week").expect(422).member("error"))
                .isEqualTo("groupBy must be made of day, use, provider, model, with commas between them");
        caller.get("/usage?from=2026-11-21&to=2026-11-20").expect(422);
        caller.get("/usage?since=2026-11-21").expect(422);
    }

    @Test
    void what_is_over_the_budget_is_refused_and_a_job_fails_with_the_reason() {
        Caller thrifty = SharedHub.hub().tenant(SharedHub.THRIFTY_TENANT);
        thrifty.upload(CLIP, Map.of("userId", "u")).expect(200);

        Answer refused = thrifty.upload(CLIP, Map.of("userId", "u"));
        JsonNode job = thrifty.awaitEnd(thrifty.submit(CLIP, Map.of())).json();

        assertThat(refused.expect(402).member("error"))
                .startsWith("over the budget of ")
                .contains("a day", "renews at");
        assertThat(job.get("status").asText()).isEqualTo("failed");
        assertThat(job.get("error").asText()).startsWith("over the budget of ");
        await().untilAsserted(() -> {
            JsonNode budget = thrifty.get("/usage").expect(200).json().get("budget");
            assertThat(budget.get("spent").asDouble())
                    .isPositive()
                    .isLessThanOrEqualTo(budget.get("amount").asDouble());
            assertThat(budget.get("reserved").asDouble()).isZero();
        });
        assertThat(total(thrifty).get("requests").asInt()).isEqualTo(1);
    }

    @Test
    void the_same_recording_is_answered_again_where_that_is_wished_for() {
        Map<String, String> fields = Map.of("userId", "u", "options", "{\"cache\":true}");
        JsonNode first = caller.upload(CLIP, fields).expect(200).json();
        JsonNode second = caller.upload(CLIP, fields).expect(200).json();

        assertThat(first.has("cached")).isFalse();
        assertThat(second.get("cached").asBoolean()).isTrue();
        assertThat(second.get("words")).isEqualTo(first.get("words"));
        assertThat(total(caller).get("cachedRequests").asInt()).isEqualTo(1);
        caller.get("/transcripts/" + second.get("requestId").asText()).expect(200);
    }

    private static JsonNode total(Caller caller) {
        return caller.get("/usage").expect(200).json().get("total");
    }
}
