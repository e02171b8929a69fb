package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.caravox.calls.media.MediaWishes;
import org.caravox.cli.PhoneLine;
import org.caravox.cli.Telephone;
import org.caravox.itests.hub.RunningHub;
import org.junit.jupiter.api.Test;

/** A hub that stops ends its calls, and says so; one whose numbers lead nowhere does not start. */
class StoppedHubTest {

    @Test
    void a_hub_that_stops_ends_its_calls_and_one_with_a_wrong_number_does_not_start() throws Exception {
        Path data = Files.createTempDirectory("caravox-calls-");
        int port = FreePorts.next();
        Map<String, String> settings = CallsHub.settings(port, 0);
        RunningHub hub = RunningHub.start(data, settings);
        String address = "sip:1030@" + CallsHub.HOST + ":" + port;
        try (Telephone telephone = Telephone.reaching(address);
                PhoneLine line = telephone.call(address, new MediaWishes(List.of(), MediaWishes.Srtp.OFF, null))) {
            assertTrue(line.awaitAnswer(), "it is answered");
            assertTrue(line.awaitSpeech(Duration.ofSeconds(20)), "the agent speaks");

            hub.close();

            assertTrue(line.isOver(), "the caller is told");
        }
        settings.put("caravox.calls.numbers[31*].tenant", "demo");
        settings.put("caravox.calls.numbers[31*].agent", "nobody");
        assertThatThrownBy(() -> RunningHub.start(data, settings))
                .hasMessageContaining("tenant demo has no agent \"nobody\": there are receptionist");
        settings.remove("caravox.calls.numbers[31*].tenant");
        settings.remove("caravox.calls.numbers[31*].agent");

        RunningHub next = RunningHub.start(data, settings);
        try {
            JsonNode call = CallsHub.ended(next.demo(), "1030");
            assertThat(call.get("cause").asText()).isEqualTo("hub_stopped");
            assertThat(call.get("endedBy").asText()).isEqualTo("hub");
        } finally {
            next.closeAndForget();
        }
    }
}
