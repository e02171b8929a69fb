package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.caravox.calls.media.MediaWishes;

/** A telephone call that the demo makes to its own hub, over SIP and RTP, and the conversation that comes of it. */
final class CallShow {

    private static final List<String> QUESTIONS = List.of("When do you open?", "What is your address?");
    private static final String NUMBER = "1000";
    private static final String HOST = "127.0.0.1";
    private static final Duration POLITE = Duration.ofSeconds(20);

    private final int port;

    CallShow() throws SocketException {
        this.port = Telephone.freePort(HOST);
    }

    /** What the hub must be set to. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("caravox.calls.sip.host", HOST);
        settings.put("caravox.calls.sip.udp-port", Integer.toString(port));
        settings.put("caravox.calls.rtp.host", HOST);
        settings.put("caravox.calls.trunks.demo.allow[0]", HOST);
        settings.put("caravox.calls.numbers[" + NUMBER + "].tenant", "demo");
        settings.put("caravox.calls.numbers[" + NUMBER + "].agent", "receptionist");
        return settings;
    }

    /** Calls, and tells what was said. */
    String run(HubClient hub) throws IOException, InterruptedException {
        String address = "sip:" + NUMBER + "@" + HOST + ":" + port;
        try (Telephone telephone = Telephone.reaching(address);
                PhoneLine line = telephone.call(address, new MediaWishes(List.of(), MediaWishes.Srtp.OFF, null))) {
            if (!line.awaitAnswer()) {
                throw new HubFailure("the call was not answered: " + line.hangUp());
            }
            for (String question : QUESTIONS) {
                var unused = line.awaitPause(POLITE);
                line.say(new ByteArrayInputStream(hub.speech(question, line.sampleRateHz())));
            }
            var unused = line.awaitPause(POLITE);
            line.hangUp();
        }
        return shown(hub);
    }

    private static String shown(HubClient hub) {
        String id = hub.get("/calls").get("calls").get(0).get("id").asText();
        JsonNode call = hub.get("/calls/" + id);
        Table table = new Table("WHO", "SAID", "HEARD", "THOUGHT", "SPOKE", "ANSWERED AFTER");
        for (JsonNode turn : call.get("turns")) {
            JsonNode latency = turn.path("latencyMs");
            table.add(
                    turn.get("who").asText(),
                    turn.get("text").asText(),
                    millis(latency, "speechToText"),
                    millis(latency, "modelFirstToken"),
                    millis(latency, "firstAudio"),
                    millis(latency, "firstPacket"));
        }
        JsonNode media = call.path("media");
        return table.toString(56)
                + String.format(
                        Locale.ROOT,
                        "%nThe record is /calls/%s: %s, %d packets received, estimated quality (MOS) %.1f of 4.5.%n",
                        id,
                        media.path("codec").asText("still being written"),
                        media.path("packetsReceived").asInt(),
                        media.path("mos").asDouble());
    }

    private static String millis(JsonNode latency, String part) {
        return latency.has(part) ? latency.get(part).asInt() + " ms" : "";
    }
}
