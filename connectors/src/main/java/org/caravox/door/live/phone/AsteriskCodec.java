package org.caravox.door.live.phone;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.door.live.LiveLine;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Asterisk's WebSocket channel (chan_websocket): audio in binary messages, everything else in text, in the plain form or,
 * with {@code control_message_format = json}, as JSON; commands are written in the form in which Asterisk began. Source:
 * Asterisk's documentation, "WebSocket Channel Driver".
 */
public final class AsteriskCodec implements PhoneCodec, PhonePlayer {

    private static final Map<String, RawAudio> FORMATS = Map.ofEntries(
            Map.entry("ulaw", new RawAudio(Encoding.MULAW, 8_000, 1)),
            Map.entry("alaw", new RawAudio(Encoding.ALAW, 8_000, 1)),
            Map.entry("slin", linear(8_000)),
            Map.entry("slin12", linear(12_000)),
            Map.entry("slin16", linear(16_000)),
            Map.entry("slin24", linear(24_000)),
            Map.entry("slin32", linear(32_000)),
            Map.entry("slin44", linear(44_100)),
            Map.entry("slin48", linear(48_000)));

    private static final String NAMELESS = "";

    private final LiveLine socket;
    private final Map<String, String> query;
    private boolean json;

    /** @param query of the address that Asterisk called: {@code v(...)} in the dialplan adds to it */
    public AsteriskCodec(LiveLine socket, Map<String, String> query) {
        this.socket = socket;
        this.query = Map.copyOf(query);
    }

    private static RawAudio linear(int rateHz) {
        return new RawAudio(Encoding.LINEAR16, rateHz, 1);
    }

    @Override
    public void text(String message, PhoneLine line) {
        boolean isJson = message.startsWith("{");
        ObjectNode told = isJson ? PhoneJson.object(message) : plain(message);
        switch (told.path("event").asText()) {
            case "MEDIA_START" -> {
                json = isJson;
                line.begins(start(told));
            }
            case "DTMF_END" -> line.presses(told.path("digit").asText());
            case "MEDIA_MARK_PROCESSED" ->
                line.played(
                        told.path("correlation_id").asText(told.path(NAMELESS).asText()));
            default -> {
                // MEDIA_XON and MEDIA_XOFF speak of what is played, STATUS answers a question that is not asked
            }
        }
    }

    /** {@code EVENT name:value name:value}; a value without a name is kept under the empty name. */
    private static ObjectNode plain(String message) {
        ObjectNode told = PhoneJson.object();
        String[] parts = message.strip().split(" +", -1);
        told.put("event", parts[0]);
        for (int i = 1; i < parts.length; i++) {
            int colon = parts[i].indexOf(':');
            told.put(colon < 0 ? NAMELESS : parts[i].substring(0, colon), parts[i].substring(colon + 1));
        }
        return told;
    }

    private PhoneStart start(ObjectNode told) {
        String format = told.path("format").asText();
        RawAudio audio = FORMATS.get(format);
        if (audio == null) {
            throw Refusal.invalid("the audio of Asterisk must be ulaw, alaw or slin to slin48, put c(slin16) into the"
                    + " dial string; it is " + format.replaceAll("[^A-Za-z0-9_-]", "?"));
        }
        ObjectNode call = PhoneJson.some(told, "connection_id", "channel", "channel_id", "format");
        return PhoneStart.of(audio, query, PhoneJson.object(), call);
    }

    @Override
    public void binary(byte[] message, PhoneLine line) {
        line.hears(message);
    }

    @Override
    public void play(byte[] audio) {
        socket.binary(audio);
    }

    @Override
    public void mark(String name) {
        command("MARK_MEDIA", name);
    }

    @Override
    public void clear() {
        command("FLUSH_MEDIA", null);
    }

    private void command(String command, @Nullable String mark) {
        if (json) {
            ObjectNode message = PhoneJson.object().put("command", command);
            if (mark != null) {
                message.put("correlation_id", mark);
            }
            socket.text(PhoneJson.text(message));
        } else {
            socket.text(mark == null ? command : command + " " + mark);
        }
    }
}
