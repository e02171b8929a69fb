package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls that are not taken, and what they are told. */
class RefusedCallsTest {

    @BeforeAll
    static void start() {
        CallsHub.hub();
    }

    @Test
    void a_number_that_nobody_has_is_not_found() {
        assertThat(answer(CallsHub.HOST, "7777")).startsWith("SIP/2.0 404 ");
    }

    @Test
    void a_number_for_emergencies_is_declined() {
        assertThat(answer(CallsHub.HOST, "112")).startsWith("SIP/2.0 503 ").doesNotContain("Retry-After");
    }

    @Test
    void an_address_of_no_trunk_is_forbidden() {
        assertThat(answer(CallsHub.STRANGER, "1020")).startsWith("SIP/2.0 403 ");
    }

    @Test
    void a_codec_that_nobody_knows_is_not_acceptable() {
        try (RawPhone phone = new RawPhone(CallsHub.HOST, "1021")) {
            String answer = phone.ringWithCodec("SPEEX").answer();
            phone.acknowledge();

            assertThat(answer).startsWith("SIP/2.0 488 ");
        }
        JsonNode call = CallsHub.ended("1021");
        assertThat(call.get("sipStatus").asInt()).isEqualTo(488);
        assertThat(call.has("answeredAt")).isFalse();
    }

    @Test
    void a_wrong_password_is_refused_and_counted() {
        double before = counted();
        try (RawPhone phone = new RawPhone(CallsHub.PROVEN, "1022")) {
            String challenge = phone.ring().answer();
            assertThat(challenge).matches("(?s)SIP/2\\.0 40[17] .*");

            phone.prove(challenge, "acme");

            assertThat(phone.answer()).matches("(?s)SIP/2\\.0 40[137] .*");
            phone.acknowledge();
        }
        assertThat(counted()).isEqualTo(before + 1);
    }

    @Test
    void a_caller_who_gives_up_before_the_answer_cancels_the_call() {
        try (RawPhone phone = new RawPhone(CallsHub.HOST, "2301")) {
            phone.ring().await("SIP/2\\.0 180 .*", "INVITE");
            phone.cancel();

            assertThat(phone.answer()).startsWith("SIP/2.0 487 ");
            phone.acknowledge();
        }
        JsonNode call = CallsHub.ended("2301");
        assertThat(call.get("cause").asText()).isEqualTo("cancelled");
        assertThat(call.get("endedBy").asText()).isEqualTo("other");
    }

    @Test
    void a_transfer_that_they_refuse_is_told_to_the_route() {
        try (RawPhone phone = new RawPhone(CallsHub.HOST, "2102")) {
            assertThat(phone.ring().answer()).startsWith("SIP/2.0 200 ");
            phone.acknowledge();
            phone.reply(phone.await("REFER .*", "REFER"), "603 Decline");

            String bye = phone.await("BYE .*", "BYE");
            phone.reply(bye, "200 OK");

            assertThat(bye).contains("text=\"refused by 603\"");
        }
    }

    @Test
    void a_trunk_that_is_full_is_told_to_come_back() {
        List<RawPhone> ringing = new ArrayList<>();
        try {
            for (int i = 0; i < CallsHub.MOST_OF_TRUNK; i++) {
                ringing.add(new RawPhone(CallsHub.CROWDED, "231" + i).ring());
                ringing.get(i).await("SIP/2\\.0 180 .*", "INVITE");
            }

            assertThat(answer(CallsHub.CROWDED, "2319"))
                    .startsWith("SIP/2.0 503 ")
                    .containsIgnoringCase("Retry-After: 10");
        } finally {
            ringing.forEach(phone -> {
                phone.cancel();
                phone.answer();
                phone.acknowledge();
                phone.close();
            });
        }
    }

    private static String answer(String host, String number) {
        try (RawPhone phone = new RawPhone(host, number)) {
            String answer = phone.ring().answer();
            phone.acknowledge();
            return answer;
        }
    }

    private static double counted() {
        return CallsHub.hub()
                .admin()
                .get("/metrics")
                .expect(200)
                .text()
                .lines()
                .filter(line -> line.startsWith("caravox_sip_rejected_total{why=\"password\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
