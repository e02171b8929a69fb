package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls through a session border controller: Kamailio and rtpengine, as {@code docs/calls/sbc} has them. */
class SbcTest {

    private static final int RATE = 8000;
    private static final byte[] NOTHING = new byte[0];

    private static Sbc sbc;
    private static byte[] question;

    @BeforeAll
    static void start() {
        Baresip.assumePresent();
        Sbc.assumePresent();
        Sipp.assumePresent();
        sbc = new Sbc();
        // Here, for on a busy machine a voice is loaded for longer than an agent waits for it
        question = CallsHub.spoken("What are your opening hours?", RATE);
        sbc.awaitHubs();
    }

    @AfterAll
    static void stop() {
        if (sbc != null) {
            sbc.close();
        }
    }

    @Test
    void caller_and_agent_hear_each_other_through_it() {
        int before = sbc.carried().size();
        byte[] heard;
        try (Baresip caller = Baresip.caller(question)) {
            caller.dial(sbc.address("1030"));
            CallsHub.awaitTurns("1030", 3);

            heard = caller.heard();
        }
        JsonNode call = CallsHub.ended("1030");
        CallsHub.assertHeard(heard, CallsHub.answer(call));
        assertThat(call.get("trunk").asText()).isEqualTo("sbc");
        assertThat(call.get("cause").asText()).isEqualTo("hung_up");
        assertCarried(before, 100);
    }

    @Test
    void keys_pass_both_ways_encrypted_outside_after_each_has_held_the_other() {
        int before = sbc.carried().size();
        try (Baresip caller = Baresip.encryptedCaller(NOTHING)) {
            caller.dial(sbc.address("2600"));
            caller.type("x");
            caller.awaitLog("call: hold");
            caller.type("X");
            caller.awaitLog("call: resume");
            for (char key : "42#".toCharArray()) {
                caller.type(key + "\4"); // and lets it go
                caller.awaitLog("digit: '" + key + "'");
            }
            for (char key : "42#".toCharArray()) {
                caller.awaitLog("received event: '" + key + "' (end=1)");
            }
            caller.awaitLog("terminated");
        }
        assertThat(CallsHub.ended("2600").get("endedBy").asText()).isEqualTo("hub");
        assertThat(sbc.log("rtpengine")).contains("audio over RTP/SAVP");
        assertCarried(before, 30);
    }

    private static void assertCarried(int before, int least) {
        await("the SBC hears that the call is over")
                .atMost(Duration.ofSeconds(5))
                .until(() -> sbc.carried().size() >= before + 2);
        assertThat(sbc.carried().subList(before, before + 2)).allMatch(packets -> packets > least);
    }

    @Test
    void calls_that_are_refused_by_a_full_hub_go_to_another_and_are_cancelled_there() {
        for (String number : List.of("2330", "2331")) { // they begin at one hub and at the other
            try (Baresip caller = Baresip.caller(NOTHING)) {
                caller.type("/dial " + sbc.address(number) + "\n");
                caller.awaitLog("180 Ringing");
                caller.type("b");

                JsonNode call = CallsHub.ended(number);
                assertThat(call.get("cause").asText()).isEqualTo("cancelled");
                assertThat(call.get("endedBy").asText()).isEqualTo("other");
            }
        }
        assertThat(sbc.log("kamailio"))
                .containsPattern("233[01] is refused, and goes to sip:" + CallsHub.HOST + ":" + CallsHub.PORT);
    }

    @Test
    void somebody_outside_is_rung_given_up_and_then_talked_to() {
        try (Baresip callee = Baresip.carrier(Sbc.CARRIER_PORT)) {
            sbc.awaitCarrier();
            String givenUp = ring();
            callee.awaitLog("Incoming call from");
            CallsHub.tenant().delete("/calls/" + givenUp).expect(200);
            callee.awaitLog("session closed");
            String talks = ring();
            callee.awaitLog("Incoming call from", 2);
            callee.type("/accept\n");
            callee.awaitLog("Call established");
            await("the agent has greeted")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> CallsHub.tenant()
                                    .get("/calls/" + talks)
                                    .expect(200)
                                    .json()
                                    .get("turns")
                                    .size()
                            > 0);

            CallsHub.assertHeard(callee.heard(), CallsHub.GREETING);
        }
    }

    private static String ring() {
        return CallsHub.tenant()
                .postJson("/calls", Map.of("userId", "mary", "to", "callee", "trunk", "sbc", "agent", "receptionist"))
                .expect(202)
                .member("id");
    }
}
