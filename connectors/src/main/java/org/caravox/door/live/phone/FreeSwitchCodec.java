package org.caravox.door.live.phone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import org.caravox.live.LiveEvent;
import org.caravox.live.LiveEvent.Heard;
import org.caravox.live.Phrase;

/**
 * FreeSWITCH's mod_audio_fork and mod_audio_stream: the first text is the metadata that the command gave, if any, and audio
 * comes as 16-bit linear PCM. Neither says at which rate: the address does, {@code ?sample_rate=16000&channels=2}. Words
 * go back as {@code {"type":"transcription","data":{...}}}, which the one turns into the event
 * {@code mod_audio_fork::transcription} and the other into {@code mod_audio_stream::json}. Source: the modules' READMEs.
 */
public final class FreeSwitchCodec implements PhoneCodec {

    private static final int USUAL_RATE_HZ = 8_000;

    private final Map<String, String> query;
    private boolean begun;

    /** @param query of the address that FreeSWITCH called */
    public FreeSwitchCodec(Map<String, String> query) {
        this.query = Map.copyOf(query);
    }

    @Override
    public void text(String message, PhoneLine line) {
        if (!begun) {
            begin(PhoneJson.object(message), line);
        }
    }

    @Override
    public void binary(byte[] message, PhoneLine line) {
        if (!begun) {
            begin(PhoneJson.object(), line);
        }
        line.hears(message);
    }

    private void begin(JsonNode metadata, PhoneLine line) {
        begun = true;
        int rateHz = PhoneJson.number(query, "sample_rate", USUAL_RATE_HZ);
        int channels = PhoneJson.number(query, "channels", 1);
        line.begins(PhoneStart.of(PhoneJson.linear(rateHz, channels), query, metadata, PhoneJson.object()));
    }

    @Override
    public Optional<String> told(LiveEvent event) {
        if (!(event instanceof Heard heard) || heard.phrase().isSilence()) {
            return Optional.empty();
        }
        Phrase phrase = heard.phrase();
        ObjectNode message = PhoneJson.object().put("type", "transcription");
        ObjectNode data = message.putObject("data")
                .put("transcript", phrase.transcript())
                .put("isFinal", phrase.settled())
                .put("speechFinal", phrase.endpoint())
                .put("channel", phrase.channel())
                .put("start", phrase.start())
                .put("duration", phrase.duration())
                .put("confidence", phrase.confidence())
                .put("provider", heard.provider());
        data.set("words", PhoneJson.tree(phrase.words()));
        return Optional.of(PhoneJson.text(message));
    }
}
