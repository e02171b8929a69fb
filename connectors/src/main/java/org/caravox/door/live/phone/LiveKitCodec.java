package org.caravox.door.live.phone;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * LiveKit's track egress to a WebSocket: 16-bit linear PCM from the first message on, and {@code {"muted":true}} when the
 * track is muted. It says nothing else: rate, channels and names of the track are in the address,
 * {@code ?sample_rate=48000&channels=1}. Nothing goes back. Source: LiveKit's documentation of track egress.
 */
public final class LiveKitCodec implements PhoneCodec {

    private static final int USUAL_RATE_HZ = 48_000;

    private final Map<String, String> query;
    private boolean begun;

    /** @param query of the address that LiveKit called */
    public LiveKitCodec(Map<String, String> query) {
        this.query = Map.copyOf(query);
    }

    @Override
    public void text(String message, PhoneLine line) {
        begin(line);
        JsonNode muted = PhoneJson.object(message).path("muted");
        if (muted.isBoolean()) {
            line.mutes(muted.booleanValue());
        }
    }

    @Override
    public void binary(byte[] message, PhoneLine line) {
        begin(line);
        line.hears(message);
    }

    private void begin(PhoneLine line) {
        if (begun) {
            return;
        }
        begun = true;
        int rateHz = PhoneJson.number(query, "sample_rate", USUAL_RATE_HZ);
        int channels = PhoneJson.number(query, "channels", 1);
        line.begins(PhoneStart.of(PhoneJson.linear(rateHz, channels), query, PhoneJson.object(), PhoneJson.object()));
    }
}
