package org.caravox.door.live.phone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.Map;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.door.live.LiveLine;
import org.caravox.requests.Refusal;

/**
 * Twilio Media Streams: JSON messages, audio as mu-law in base64, one track or two. A stream with both tracks is heard as
 * two channels, the caller first. Source: Twilio's reference "Media Streams - WebSocket Messages".
 */
public final class TwilioCodec implements PhoneCodec, PhonePlayer {

    private static final int RATE_HZ = 8_000;

    private final LiveLine socket;
    private TwilioTracks tracks = new TwilioTracks(1);
    private String streamSid = "";

    public TwilioCodec(LiveLine socket) {
        this.socket = socket;
    }

    @Override
    public void text(String message, PhoneLine line) {
        JsonNode json = PhoneJson.object(message);
        switch (json.path("event").asText()) {
            case "start" -> line.begins(start(json.path("start")));
            case "media" -> media(json.path("media"), line);
            case "dtmf" -> line.presses(json.path("dtmf").path("digit").asText());
            case "mark" -> line.played(json.path("mark").path("name").asText());
            case "stop" -> line.hangsUp();
            default -> {
                // "connected", which says nothing, and what Twilio may come to send
            }
        }
    }

    private PhoneStart start(JsonNode start) {
        streamSid = start.path("streamSid").asText();
        if (streamSid.isEmpty()) {
            throw Refusal.invalid("the message \"start\" names no streamSid");
        }
        String encoding = start.path("mediaFormat").path("encoding").asText("audio/x-mulaw");
        if (!encoding.equals("audio/x-mulaw")) {
            throw Refusal.invalid("Twilio's audio must be audio/x-mulaw");
        }
        int channels = Math.max(1, start.path("tracks").size());
        RawAudio audio = PhoneJson.audio(
                Encoding.MULAW, start.path("mediaFormat").path("sampleRate").asInt(RATE_HZ), channels);
        tracks = new TwilioTracks(channels);
        ObjectNode call = PhoneJson.some(start, "streamSid", "callSid", "accountSid", "tracks");
        return PhoneStart.of(audio, Map.of(), start.path("customParameters"), call);
    }

    private void media(JsonNode media, PhoneLine line) {
        byte[] audio;
        try {
            audio = Base64.getDecoder().decode(media.path("payload").asText());
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Reason.MALFORMED, "the payload of a message \"media\" is not base64", null, e);
        }
        byte[] both = tracks.add(media.path("track").asText().equals("outbound"), audio);
        if (both.length > 0) {
            line.hears(both);
        }
    }

    @Override
    public void binary(byte[] message, PhoneLine line) {
        throw new Refusal(Refusal.Reason.MALFORMED, "Twilio Media Streams are text messages, this one is binary");
    }

    @Override
    public void play(byte[] audio) {
        ObjectNode message = message("media");
        message.putObject("media").put("payload", Base64.getEncoder().encodeToString(audio));
        socket.text(PhoneJson.text(message));
    }

    @Override
    public void mark(String name) {
        ObjectNode message = message("mark");
        message.putObject("mark").put("name", name);
        socket.text(PhoneJson.text(message));
    }

    @Override
    public void clear() {
        socket.text(PhoneJson.text(message("clear")));
    }

    private ObjectNode message(String event) {
        return PhoneJson.object().put("event", event).put("streamSid", streamSid);
    }
}
