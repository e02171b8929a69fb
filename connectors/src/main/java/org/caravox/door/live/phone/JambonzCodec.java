package org.caravox.door.live.phone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.caravox.audio.RawAudio;
import org.caravox.door.live.LiveLine;
import org.caravox.requests.Refusal;

/**
 * The verb {@code listen} of jambonz: one JSON message with the call, the rate and the verb's own metadata, then 16-bit
 * linear PCM; pressed keys as JSON, with {@code passDtmf}. It has no message for words. With {@code
 * bidirectionalAudio.streaming} it plays binary messages, at a rate of its own that must be the same. Source: jambonz'
 * documentation of the verb; the metadata's fields lie beside those of the call.
 */
public final class JambonzCodec implements PhoneCodec, PhonePlayer {

    private final LiveLine socket;
    private final Map<String, String> query;
    private boolean begun;

    /** @param query of the address that jambonz called */
    public JambonzCodec(LiveLine socket, Map<String, String> query) {
        this.socket = socket;
        this.query = Map.copyOf(query);
    }

    @Override
    public void text(String message, PhoneLine line) {
        ObjectNode json = PhoneJson.object(message);
        if (!begun) {
            begun = true;
            line.begins(start(json));
        } else if (json.path("event").asText().equals("dtmf")) {
            line.presses(json.path("dtmf").asText());
        }
    }

    private PhoneStart start(ObjectNode told) {
        JsonNode rate = told.path("sampleRate");
        if (!rate.canConvertToInt()) {
            throw Refusal.invalid("the first message of jambonz names no sampleRate");
        }
        int channels = told.path("mixType").asText().equals("stereo") ? 2 : 1;
        RawAudio audio = PhoneJson.linear(rate.intValue(), channels);
        return PhoneStart.of(audio, query, told, PhoneJson.object());
    }

    @Override
    public void binary(byte[] message, PhoneLine line) {
        if (!begun) {
            throw new Refusal(Refusal.Reason.MALFORMED, "jambonz sends a JSON message before its audio");
        }
        line.hears(message);
    }

    @Override
    public void play(byte[] audio) {
        socket.binary(audio);
    }

    @Override
    public boolean tellsMarks() {
        return false;
    }

    @Override
    public void mark(String name) {
        throw new IllegalStateException("marks are not asked of jambonz");
    }

    @Override
    public void clear() {
        socket.text(PhoneJson.text(PhoneJson.object().put("type", "killAudio")));
    }
}
