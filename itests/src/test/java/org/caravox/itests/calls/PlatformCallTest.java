package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A conversation on a telephone platform's stream instead of SIP. */
class PlatformCallTest {

    private static final int RATE_HZ = 8_000;
    private static final Duration GREETS_WITHIN = Duration.ofSeconds(20);

    @Test
    void an_agent_on_a_call_of_twilio_greets_is_interrupted_and_answers() {
        String number = "15550142";
        Map<String, String> parameters =
                Map.of("key", CallsHub.tenant().key(), "agent", "receptionist", "from", number);
        byte[] question = CallsHub.spoken("What are your opening hours?", RATE_HZ);
        byte[] heard;
        try (TwilioCaller caller = TwilioCaller.ring(CallsHub.tenant(), parameters)) {
            // silence comes first: too early, and nothing of the greeting was heard; too late, and all of it was
            await("the agent greets").atMost(GREETS_WITHIN).until(() -> caller.heard().length > 3 * RATE_HZ);
            caller.say(question);
            CallsHub.awaitTurns(number, 3);
            heard = caller.heard();
            assertThat(caller.cleared()).isEqualTo(1);
            caller.hangUp();
            assertThat(caller.awaitClose()).isEqualTo(1000);
        }

        JsonNode call = CallsHub.ended(number);
        assertThat(call.at("/turns/1/text").asText()).as(call.toString()).contains("opening hours");
        CallsHub.assertHeard(
                CallsHub.wav(heard, RATE_HZ),
                "We are open from Tuesday to Sunday, from noon until ten in the evening.");
        assertThat(call.at("/turns/0/interrupted").asBoolean())
                .as(call.toString())
                .isTrue();
        assertThat(call.at("/turns/0/text").asText())
                .as("what was heard of the greeting")
                .startsWith("Hello")
                .hasSizeLessThan(CallsHub.GREETING.length());
        assertThat(call.get("transport").asText()).isEqualTo("twilio");
        assertThat(call.get("sipCallId").asText()).isEqualTo("CA0123");
        assertThat(call.get("to").asText()).isEqualTo("receptionist");
        assertThat(call.get("agent").asText()).isEqualTo("receptionist");
        assertThat(call.get("endedBy").asText()).isEqualTo("other");
        assertThat(call.get("media").get("codec").asText()).isEqualTo("PCMU");
    }

    @Test
    void a_call_of_twilio_to_an_agent_that_is_not_there_is_closed_with_the_reason() {
        Map<String, String> parameters = Map.of("key", CallsHub.tenant().key(), "agent", "nobody");
        try (TwilioCaller caller = TwilioCaller.ring(CallsHub.tenant(), parameters)) {
            assertThat(caller.awaitClose()).isEqualTo(1008);
        }
    }

    @Test
    void an_agent_on_an_audiosocket_of_asterisk_greets_whom_the_form_names() throws IOException {
        String number = "15550143";
        JsonNode ticket = CallsHub.tenant()
                .send(CallsHub.tenant()
                        .request("/streams/audiosocket")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("agent=receptionist&from=" + number)))
                .expect(201)
                .json();
        byte[] heard;
        try (AudioSocketCaller caller = AudioSocketCaller.ring(
                ticket.get("port").asInt(), UUID.fromString(ticket.get("uuid").asText()))) {
            heard = caller.hear(Duration.ofSeconds(3));
        }

        CallsHub.assertHeard(CallsHub.wav(heard, RATE_HZ), "Hello, this is the Garden Restaurant.");
        JsonNode call = CallsHub.ended(number);
        assertThat(call.get("transport").asText()).isEqualTo("audiosocket");
        assertThat(call.get("from").asText()).isEqualTo(number);
        assertThat(call.get("agent").asText()).isEqualTo("receptionist");
        assertThat(call.get("endedBy").asText()).isEqualTo("other");
    }
}
