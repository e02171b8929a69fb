package org.caravox.door.live.phone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.Map;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.requests.Refusal;

/** What the codecs share of reading and writing messages. */
final class PhoneJson {

    private static final ObjectMapper JSON = new JsonMapper();
    private static final int LOWEST_RATE_HZ = 8_000;
    private static final int HIGHEST_RATE_HZ = 48_000;

    private PhoneJson() {}

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static JsonNode tree(Object value) {
        return JSON.valueToTree(value);
    }

    /** @throws Refusal MALFORMED when it is no JSON object; what it says is not repeated, there may be a key in it */
    static ObjectNode object(String message) {
        try {
            if (JSON.readTree(message) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new Refusal(Refusal.Reason.MALFORMED, "a text message is not JSON", null, null);
        }
        throw new Refusal(Refusal.Reason.MALFORMED, "a text message is not a JSON object");
    }

    static String text(JsonNode message) {
        try {
            return JSON.writeValueAsString(message);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies those fields that are there. */
    static ObjectNode some(JsonNode from, String... names) {
        ObjectNode some = object();
        for (String name : names) {
            if (from.hasNonNull(name)) {
                some.set(name, from.get(name));
            }
        }
        return some;
    }

    /** 16-bit linear PCM. */
    static RawAudio linear(int sampleRateHz, int channels) {
        return audio(Encoding.LINEAR16, sampleRateHz, channels);
    }

    /** @throws Refusal INVALID when the rate or the channels are out of range */
    static RawAudio audio(Encoding encoding, int sampleRateHz, int channels) {
        if (sampleRateHz < LOWEST_RATE_HZ || sampleRateHz > HIGHEST_RATE_HZ) {
            throw Refusal.invalid("the sample rate must be 8000 to 48000 Hz, was " + sampleRateHz);
        }
        if (channels < 1 || channels > 2) {
            throw Refusal.invalid("the audio must have 1 or 2 channels, has " + channels);
        }
        return new RawAudio(encoding, sampleRateHz, channels);
    }

    /** @throws Refusal INVALID when it is there and no number */
    static int number(Map<String, String> query, String name, int otherwise) {
        String value = query.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new Refusal(Refusal.Reason.INVALID, name + " must be a whole number", null, e);
        }
    }
}
