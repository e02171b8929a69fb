package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.caravox.calls.media.MediaWishes;
import org.caravox.cli.PhoneLine;
import org.caravox.cli.Telephone;
import org.junit.jupiter.api.Test;

/** A conversation over the telephone: what is asked is answered, and whoever breaks in is listened to. */
class AgentCallTest {

    private static final String NUMBER = "1000";
    private static final Duration PATIENCE = Duration.ofSeconds(25);
    private static final Duration QUIET_AFTER = Duration.ofMillis(1_500);
    private static final int LOUD = 500;
    private static final String PAYING = "You can pay";

    @Test
    void the_consent_of_the_tenant_is_said_before_a_call_is_recorded() throws Exception {
        String address = CallsHub.address("2500");
        CallsHub.hub();
        try (Telephone telephone = Telephone.reaching(address);
                PhoneLine line =
                        telephone.call(address, new MediaWishes(List.of("PCMU"), MediaWishes.Srtp.OFF, null))) {
            assertTrue(line.awaitAnswer(), "it is answered");
            assertTrue(line.awaitPause(PATIENCE), "something is said, though the route says nothing");
        }
    }

    @Test
    void three_questions_are_answered_and_an_answer_that_is_interrupted_stops() throws Exception {
        byte[] recording;
        try (Telephone telephone = Telephone.reaching(CallsHub.address(NUMBER))) {
            CallsHub.hub();
            PhoneLine line = telephone.call(
                    CallsHub.address(NUMBER), new MediaWishes(List.of("PCMU"), MediaWishes.Srtp.OFF, null));
            assertTrue(line.awaitAnswer(), "it is answered");
            CallsHub.awaitTurns(NUMBER, 1);

            say(line, "What are your opening hours?");
            CallsHub.awaitTurns(NUMBER, 3);
            say(line, "What is your address?");
            assertTrue(line.awaitSpeech(PATIENCE), "the second answer begins");
            line.listen(Duration.ofSeconds(1));
            int brokeIn = line.heard().length;
            say(
                    line,
                    "Excuse me but I would really like to know now if I can pay at your restaurant with credit cards");
            int asked = line.heard().length;
            CallsHub.awaitTurns(NUMBER, 7);
            for (int turns = 7;
                    turns < 13 && !isUnderstood();
                    turns += 2) { // as callers do whom the agent has misheard
                say(line, "Can I pay with credit cards?");
                CallsHub.awaitTurns(NUMBER, turns + 2);
            }
            byte[] heard = line.heard();
            int rate = line.sampleRateHz();
            line.hangUp();
            line.close();

            assertThat(asked - brokeIn).isGreaterThan(2 * bytes(QUIET_AFTER, rate));
            assertThat(loudness(heard, brokeIn + bytes(QUIET_AFTER, rate), asked))
                    .as("what is heard of the agent while the caller breaks in")
                    .isLessThan(LOUD);
            recording = CallsHub.wav(heard, rate);
        }
        JsonNode call = CallsHub.ended(NUMBER);
        assertRecorded(call);
        List<JsonNode> said = turns(call, "agent");
        CallsHub.assertHeard(
                recording,
                "We are open from Tuesday to Sunday, from noon until ten in the evening.",
                said.get(said.size() - 1).get("text").asText());
    }

    private static boolean isUnderstood() {
        List<JsonNode> said = turns(CallsHub.call(NUMBER).orElseThrow(), "agent");
        return said.get(said.size() - 1).get("text").asText().contains(PAYING);
    }

    private static void assertRecorded(JsonNode call) {
        List<JsonNode> said = turns(call, "agent");
        assertThat(turns(call, "caller")).hasSizeGreaterThanOrEqualTo(3);
        assertThat(said.get(0).get("text").asText()).startsWith("Hello, this is the Garden Restaurant");
        assertThat(said).anyMatch(turn -> turn.get("text").asText().contains("from noon until ten"));
        assertThat(said).anySatisfy(turn -> {
            assertThat(turn.get("interrupted").asBoolean()).isTrue();
            assertThat(turn.get("text").asText())
                    .as("only what was heard is kept")
                    .doesNotContain("behind the house", "for a person");
        });
        assertThat(said.get(said.size() - 1).get("text").asText()).contains(PAYING);
        assertThat(said.get(said.size() - 1).get("latencyMs").size()).isEqualTo(5);
        assertThat(call.get("cause").asText()).isEqualTo("hung_up");
        assertThat(call.get("endedBy").asText()).isEqualTo("other");
        assertThat(call.get("media").get("codec").asText()).isEqualTo("PCMU");
    }

    private static List<JsonNode> turns(JsonNode call, String who) {
        return StreamSupport.stream(call.get("turns").spliterator(), false)
                .filter(turn -> turn.get("who").asText().equals(who))
                .toList();
    }

    private static void say(PhoneLine line, String text) throws IOException, InterruptedException {
        line.say(new ByteArrayInputStream(CallsHub.spoken(text, line.sampleRateHz())));
    }

    private static int bytes(Duration time, int rate) {
        return 2 * (int) (rate * time.toMillis() / 1000);
    }

    /** The mean amplitude of 16-bit samples. */
    private static double loudness(byte[] pcm, int from, int to) {
        double sum = 0;
        for (int i = from; i + 1 < to; i += 2) {
            sum += Math.abs((short) ((pcm[i] & 0xff) | (pcm[i + 1] << 8)));
        }
        return 2 * sum / (to - from);
    }
}
