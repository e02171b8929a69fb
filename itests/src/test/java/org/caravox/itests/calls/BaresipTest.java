package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import org.caravox.itests.hub.Answer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls from and to a telephone that others have written. */
class BaresipTest {

    private static final int RATE = 8000;
    private static final byte[] NOTHING = new byte[0];

    @BeforeAll
    static void start() {
        Baresip.assumePresent();
        CallsHub.spoken("Hello", RATE); // on a busy machine, a voice is loaded for longer than an agent waits for it
    }

    @Test
    void the_agent_is_heard_and_goes_on_after_the_caller_has_held_it() {
        byte[] heard;
        try (Baresip caller = Baresip.caller(CallsHub.spoken("What are your opening hours?", RATE))) {
            caller.dial(CallsHub.address("1010"));
            CallsHub.awaitTurns("1010", 1);
            caller.type("x");
            caller.awaitLog("hold");
            caller.type("X");
            CallsHub.awaitAnswer("1010");

            heard = caller.heard();
        }
        JsonNode call = CallsHub.ended("1010");
        CallsHub.assertHeard(heard, CallsHub.answer(call));
        assertThat(call.get("cause").asText()).isEqualTo("hung_up");
    }

    @Test
    void the_agent_is_heard_over_tls_and_srtp() {
        try (Baresip caller = Baresip.secureCaller(NOTHING)) {
            caller.dial("sip:1011@" + CallsHub.HOST + ":" + CallsHub.TLS_PORT + ";transport=tls");
            CallsHub.awaitTurns("1011", 1);

            CallsHub.assertHeard(caller.heard(), CallsHub.GREETING);
        }
        JsonNode call = CallsHub.ended("1011");
        assertThat(call.get("transport").asText()).isEqualTo("tls");
        assertThat(call.get("media").get("encrypted").asBoolean()).isTrue();
    }

    @Test
    void keys_are_heard_by_both() {
        try (Baresip caller = Baresip.caller(NOTHING)) {
            caller.dial(CallsHub.address("2000"));
            for (char key : "42#".toCharArray()) {
                caller.type(key + "\4"); // and lets it go
                caller.awaitLog("digit: '" + key + "'");
            }
            for (char key : "42#".toCharArray()) {
                caller.awaitLog("received event: '" + key + "' (end=1)");
            }
        }
    }

    @Test
    void the_callers_telephone_is_sent_to_somebody_else() {
        try (Baresip callee = Baresip.callee(NOTHING);
                Baresip caller = Baresip.caller(NOTHING)) {
            caller.dial(CallsHub.address("2100"));
            callee.awaitLog("Call established: sip:caller@");

            assertThat(CallsHub.ended("2100").get("cause").asText()).isEqualTo("transferred");
        }
    }

    @Test
    void a_person_is_told_what_it_is_about_and_then_both_hear_each_other() {
        String says = "Good morning, my name is John Brown. I would like to book a table.";
        try (Baresip callee = Baresip.callee(NOTHING);
                Baresip caller = Baresip.caller(after(Duration.ofSeconds(9), CallsHub.spoken(says, RATE)))) {
            caller.dial(CallsHub.address("2200"));
            callee.awaitLog("Call established");
            await("the caller has spoken")
                    .during(Duration.ofSeconds(14))
                    .atMost(Duration.ofSeconds(16))
                    .until(() -> !caller.log().contains("terminated"));

            String briefing = "This caller wants to book a table for twelve people on Sunday evening.";
            CallsHub.assertHeard(callee.heard(), briefing, says, briefing + " " + says);
        }
        assertThat(CallsHub.ended("2200").get("status").asText()).isEqualTo("ended");
    }

    @Test
    void somebody_is_rung_and_talked_to_and_another_call_finds_them_busy() {
        try (Baresip callee = Baresip.callee(NOTHING)) {
            String talks = ring();
            callee.awaitLog("Call established");
            String busy = ring();
            JsonNode ended = awaitStatus(busy, "ended");
            assertThat(ended.get("cause").asText()).isEqualTo("busy");
            assertThat(ended.get("sipStatus").asInt()).isEqualTo(486);

            await("the agent has greeted")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> record(talks).get("turns").size() > 0);
            CallsHub.assertHeard(callee.heard(), CallsHub.GREETING);
            assertThat(awaitStatus(talks, "ended").get("cause").asText()).isEqualTo("hung_up");
        }
    }

    @Test
    void a_call_whose_caller_vanishes_is_ended() {
        try (Baresip caller = Baresip.caller(NOTHING)) {
            caller.dial(CallsHub.address("2001"));
            caller.kill9();

            JsonNode call = CallsHub.ended("2001");
            assertThat(call.get("cause").asText()).isEqualTo("no_media");
            assertThat(call.get("endedBy").asText()).isEqualTo("network");
        }
    }

    private static byte[] after(Duration silence, byte[] pcm) {
        byte[] later = new byte[2 * RATE * (int) silence.toSeconds() + pcm.length];
        System.arraycopy(pcm, 0, later, later.length - pcm.length, pcm.length);
        return later;
    }

    private static String ring() {
        Answer answer = CallsHub.tenant()
                .postJson(
                        "/calls",
                        Map.of(
                                "userId",
                                "mary",
                                "to",
                                "sip:callee@" + CallsHub.HOST + ":" + CallsHub.CALLEE_PORT,
                                "agent",
                                "receptionist"));
        return answer.expect(202).member("id");
    }

    private static JsonNode record(String id) {
        return CallsHub.tenant().get("/calls/" + id).expect(200).json();
    }

    private static JsonNode awaitStatus(String id, String status) {
        return await("call " + id + " is " + status)
                .atMost(Duration.ofSeconds(20))
                .until(() -> record(id), call -> call.get("status").asText().equals(status));
    }
}
