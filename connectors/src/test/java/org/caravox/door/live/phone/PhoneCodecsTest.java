package org.caravox.door.live.phone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.live.LiveEvent;
import org.caravox.live.LiveEvent.Heard;
import org.caravox.live.Phrase;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Word;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Messages as the platforms' documentation shows them. */
class PhoneCodecsTest {

    private static final ScheduledExecutorService LOOP = Executors.newSingleThreadScheduledExecutor();
    private final HeardLine heard = new HeardLine();
    private final SentLine line = new SentLine(LOOP);

    @AfterAll
    static void stop() {
        LOOP.shutdownNow();
    }

    private void read(PhoneCodec codec, String... messages) {
        for (String message : messages) {
            codec.text(message, heard);
        }
    }

    // ---- Twilio ---------------------------------------------------------------------------------------------------

    private static final String TWILIO_CONNECTED =
            """
            {"event": "connected", "protocol": "Call", "version": "1.0.0"}""";

    private static final String TWILIO_START =
            """
            {"event": "start", "sequenceNumber": "1",
             "start": {"accountSid": "AC0001", "streamSid": "MZ18ad", "callSid": "CA0002", "tracks": ["inbound"],
              "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
              "customParameters": {"key": "cvx_secret", "language": "en-GB", "FirstName": "Jane"}},
             "streamSid": "MZ18ad"}""";

    private static String twilioMedia(String track, byte[] audio) {
        return """
            {"event": "media", "sequenceNumber": "3",
             "media": {"track": "%s", "chunk": "1", "timestamp": "5", "payload": "%s"},
             "streamSid": "MZ18ad"}"""
                .formatted(track, Base64.getEncoder().encodeToString(audio));
    }

    @Test
    void a_call_of_twilio_is_read_from_its_start_to_its_stop() {
        read(
                new TwilioCodec(line),
                TWILIO_CONNECTED,
                TWILIO_START,
                twilioMedia("inbound", new byte[] {1, 2, 3}),
                """
                {"event": "dtmf", "streamSid": "MZ18ad", "sequenceNumber": "5",
                 "dtmf": {"track": "inbound_track", "digit": "1"}}""",
                """
                {"event": "mark", "sequenceNumber": "4", "streamSid": "MZ18ad", "mark": {"name": "my label"}}""",
                """
                {"event": "stop", "sequenceNumber": "5", "streamSid": "MZ18ad",
                 "stop": {"accountSid": "AC0001", "callSid": "CA0002"}}""");

        assertThat(heard.told).containsExactly("begins", "pressed 1", "played my label", "hung up");
        assertThat(heard.audio.toByteArray()).containsExactly(1, 2, 3);
        assertThat(heard.start().audio()).isEqualTo(new RawAudio(Encoding.MULAW, 8_000, 1));
        assertThat(heard.start().wishes()).isEqualTo(Map.of("language", "en-GB"));
        assertThat(heard.start().call())
                .hasToString("{\"streamSid\":\"MZ18ad\",\"callSid\":\"CA0002\",\"accountSid\":\"AC0001\","
                        + "\"tracks\":[\"inbound\"],\"FirstName\":\"Jane\"}");
    }

    @Test
    void a_key_among_the_parameters_of_a_call_is_found_and_shown_nowhere() {
        read(new TwilioCodec(line), TWILIO_START);

        assertThat(heard.start().key()).isEqualTo("cvx_secret");
        assertThat(heard.start().toString()).doesNotContain("cvx_secret");
    }

    @Test
    void both_tracks_of_a_call_become_two_channels_the_caller_first() {
        String both = TWILIO_START.replace("[\"inbound\"]", "[\"inbound\", \"outbound\"]");

        read(
                new TwilioCodec(line),
                both,
                twilioMedia("inbound", new byte[] {1, 2, 3}),
                twilioMedia("outbound", new byte[] {11, 12}),
                twilioMedia("outbound", new byte[] {13}));

        assertThat(heard.start().audio().channels()).isEqualTo(2);
        assertThat(heard.audio.toByteArray()).containsExactly(1, 11, 2, 12, 3, 13);
    }

    @Test
    void a_track_that_stays_away_holds_the_other_up_for_a_fifth_of_a_second() {
        TwilioTracks tracks = new TwilioTracks(2);
        byte[] second = new byte[8_000];
        Arrays.fill(second, (byte) 7);

        byte[] both = tracks.add(false, second);

        assertThat(both).hasSize(2 * (8_000 - 1_600)).startsWith(7, 0xFF, 7, 0xFF);
    }

    @Test
    void audio_marks_and_the_wish_to_be_silent_go_back_to_twilio() {
        TwilioCodec codec = new TwilioCodec(line);
        read(codec, TWILIO_START);

        codec.play(new byte[] {1, 2, 3});
        codec.mark("my label");
        codec.clear();

        assertThat(line.sent)
                .containsExactly(
                        "{\"event\":\"media\",\"streamSid\":\"MZ18ad\",\"media\":{\"payload\":\"AQID\"}}",
                        "{\"event\":\"mark\",\"streamSid\":\"MZ18ad\",\"mark\":{\"name\":\"my label\"}}",
                        "{\"event\":\"clear\",\"streamSid\":\"MZ18ad\"}");
    }

    @Test
    void what_is_no_message_of_twilio_is_refused_without_repeating_it() {
        TwilioCodec codec = new TwilioCodec(line);
        read(codec, TWILIO_START);

        assertThatThrownBy(() -> codec.text("{\"key\": \"cvx_secret\"", heard))
                .isInstanceOf(Refusal.class)
                .hasMessage("a text message is not JSON")
                .hasNoCause();
        assertThatThrownBy(() -> codec.text("[]", heard)).hasMessage("a text message is not a JSON object");
        assertThatThrownBy(() -> codec.text("{\"event\":\"media\",\"media\":{\"payload\":\"%\"}}", heard))
                .hasMessageContaining("not base64");
        assertThatThrownBy(() -> codec.binary(new byte[1], heard)).hasMessageContaining("this one is binary");
    }

    /** The example of Twilio's page on security of webhooks, whose signature is that of address and parameters. */
    @Test
    void a_signature_of_twilio_is_told_from_another() {
        String signed = "https://mycompany.com/myapp.php?foo=1&bar=2CallSidCA1234567890ABCDECaller+14158675309"
                + "Digits1234From+14158675309To+18005551212";
        assertThat(TwilioSignature.of("12345", signed)).isEqualTo("RSOYDt4T1cUTdK1PDd93/VVr8B8=");

        String url = "wss://hub.example.com/stream/twilio";
        assertThat(TwilioSignature.matches("12345", url, TwilioSignature.of("12345", url)))
                .isTrue();
        assertThat(TwilioSignature.matches("12345", url, TwilioSignature.of("12345", url + "/")))
                .isTrue();
        assertThat(TwilioSignature.matches("12345", url, TwilioSignature.of("12346", url)))
                .isFalse();
        assertThat(TwilioSignature.matches("12345", url, "")).isFalse();
    }

    // ---- Asterisk -------------------------------------------------------------------------------------------------

    @Test
    void a_call_of_asterisk_is_read() {
        AsteriskCodec codec = new AsteriskCodec(line, Map.of("language", "en", "queue", "sales", "key", "cvx_secret"));

        read(
                codec,
                "MEDIA_START connection_id:media_connection1 channel:WebSocket/media_connection1/0x7f "
                        + "channel_id:1761245643.1 format:slin16 optimal_frame_size:640 ptime:20");
        codec.binary(new byte[] {1, 2}, heard);
        read(
                codec,
                "DTMF_END digit:5 duration_ms:100 channel_id:1761245643.1",
                "MEDIA_MARK_PROCESSED m1",
                "MEDIA_MARK_PROCESSED correlation_id:m2",
                "MEDIA_XOFF");

        assertThat(heard.told).containsExactly("begins", "pressed 5", "played m1", "played m2");
        assertThat(heard.start().audio()).isEqualTo(new RawAudio(Encoding.LINEAR16, 16_000, 1));
        assertThat(heard.start().wishes()).isEqualTo(Map.of("language", "en"));
        assertThat(heard.start().call().path("channel").asText()).isEqualTo("WebSocket/media_connection1/0x7f");
        assertThat(heard.start().call().path("queue").asText()).isEqualTo("sales");
        assertThat(heard.start().call().toString()).doesNotContain("cvx_secret");
        assertThat(heard.audio.toByteArray()).containsExactly(1, 2);
    }

    @Test
    void commands_are_written_as_asterisk_writes_its_events() {
        AsteriskCodec plain = new AsteriskCodec(line, Map.of());
        read(plain, "MEDIA_START connection_id:c channel:x channel_id:1 format:ulaw optimal_frame_size:160 ptime:20");
        plain.mark("m1");
        plain.clear();
        AsteriskCodec json = new AsteriskCodec(line, Map.of());
        read(
                json,
                """
                {"event": "MEDIA_START", "connection_id": "c", "channel": "x", "channel_id": "1", "format": "alaw",
                 "optimal_frame_size": 160, "ptime": 20, "channel_variables": {}}""");
        json.mark("m1");
        json.clear();
        json.play(new byte[] {(byte) 0xD5});

        assertThat(line.sent)
                .containsExactly(
                        "MARK_MEDIA m1",
                        "FLUSH_MEDIA",
                        "{\"command\":\"MARK_MEDIA\",\"correlation_id\":\"m1\"}",
                        "{\"command\":\"FLUSH_MEDIA\"}",
                        "binary d5");
        assertThat(heard.start().audio()).isEqualTo(new RawAudio(Encoding.ALAW, 8_000, 1));
    }

    @Test
    void a_format_of_asterisk_that_is_not_taken_is_refused_with_what_to_write() {
        AsteriskCodec codec = new AsteriskCodec(line, Map.of());

        assertThatThrownBy(() -> read(codec, "MEDIA_START connection_id:c format:opus"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("put c(slin16) into the dial string; it is opus");
    }

    // ---- FreeSWITCH -----------------------------------------------------------------------------------------------

    @Test
    void a_call_of_freeswitch_is_read_with_or_without_metadata() {
        FreeSwitchCodec codec = new FreeSwitchCodec(Map.of("sample_rate", "16000", "channels", "2"));
        read(codec, "{\"to\":\"6173333456\",\"from\":\"2061236666\",\"key\":\"cvx_secret\"}");
        codec.binary(new byte[] {1, 2, 3, 4}, heard);
        read(codec, "this may be anything: send_text");

        assertThat(heard.told).containsExactly("begins");
        assertThat(heard.start().audio()).isEqualTo(new RawAudio(Encoding.LINEAR16, 16_000, 2));
        assertThat(heard.start().key()).isEqualTo("cvx_secret");
        assertThat(heard.start().call().path("from").asText()).isEqualTo("2061236666");

        new FreeSwitchCodec(Map.of()).binary(new byte[] {5, 6}, heard);
        assertThat(heard.start().audio()).isEqualTo(new RawAudio(Encoding.LINEAR16, 8_000, 1));
        assertThat(heard.audio.toByteArray()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void words_go_back_to_freeswitch_as_its_modules_take_them() {
        Word hello = new Word("hello", 0.5, 0.9, 0.75);
        Phrase phrase = new Phrase(0, 0.5, 0.5, "hello", 0.75, List.of(hello), true, true, false);
        Phrase silence = new Phrase(0, 1, 0.5, "", null, List.of(), true, false, false);
        FreeSwitchCodec codec = new FreeSwitchCodec(Map.of());

        assertThat(codec.told(new Heard(phrase, 1, "vosk", "small")))
                .contains("{\"type\":\"transcription\",\"data\":{\"transcript\":\"hello\",\"isFinal\":true,"
                        + "\"speechFinal\":true,\"channel\":0,\"start\":0.5,\"duration\":0.5,\"confidence\":0.75,"
                        + "\"provider\":\"vosk\",\"words\":[{\"word\":\"hello\",\"start\":0.5,\"end\":0.9,"
                        + "\"confidence\":0.75}]}}");
        assertThat(codec.told(new Heard(silence, 1, "vosk", "small"))).isEmpty();
        assertThat(codec.told(new LiveEvent.SpeechStarted(0, 1, 0.5))).isEmpty();
    }

    @Test
    void a_rate_that_is_out_of_range_or_no_number_is_refused() {
        assertThatThrownBy(() -> new FreeSwitchCodec(Map.of("sample_rate", "16k")).binary(new byte[2], heard))
                .isInstanceOf(Refusal.class)
                .hasMessage("sample_rate must be a whole number");
        assertThatThrownBy(() -> new FreeSwitchCodec(Map.of("sample_rate", "96000")).binary(new byte[2], heard))
                .hasMessage("the sample rate must be 8000 to 48000 Hz, was 96000");
        assertThatThrownBy(() -> new LiveKitCodec(Map.of("channels", "3")).binary(new byte[2], heard))
                .hasMessage("the audio must have 1 or 2 channels, has 3");
    }

    // ---- jambonz --------------------------------------------------------------------------------------------------

    @Test
    void audio_and_the_wish_to_be_silent_go_back_to_jambonz() {
        JambonzCodec codec = new JambonzCodec(line, Map.of());

        codec.play(new byte[] {1, 2});
        codec.clear();

        assertThat(line.sent).containsExactly("binary 0102", "{\"type\":\"killAudio\"}");
    }

    @Test
    void a_call_of_jambonz_is_read() {
        JambonzCodec codec = new JambonzCodec(line, Map.of("model", "nova-3"));
        read(
                codec,
                """
                {"sampleRate": 16000, "mixType": "stereo", "callSid": "7faa508c", "direction": "inbound",
                 "from": "15083084809", "to": "16176194402", "callId": "df0eb8ff", "sipStatus": 200,
                 "callStatus": "in-progress", "accountSid": "fef61e75", "language": "en", "foo": {"bar": 1}}""");
        codec.binary(new byte[] {1, 2, 3, 4}, heard);
        read(codec, "{\"event\":\"dtmf\",\"dtmf\":\"2\",\"duration\":\"1600\"}");

        assertThat(heard.told).containsExactly("begins", "pressed 2");
        assertThat(heard.start().audio()).isEqualTo(new RawAudio(Encoding.LINEAR16, 16_000, 2));
        assertThat(heard.start().wishes()).isEqualTo(Map.of("language", "en", "model", "nova-3"));
        assertThat(heard.start().call().path("callSid").asText()).isEqualTo("7faa508c");
        assertThat(heard.start().call().path("foo").path("bar").asInt()).isEqualTo(1);
    }

    @Test
    void jambonz_is_asked_for_its_first_message() {
        JambonzCodec codec = new JambonzCodec(line, Map.of());

        assertThatThrownBy(() -> codec.binary(new byte[2], heard)).hasMessageContaining("before its audio");
        assertThatThrownBy(() -> read(codec, "{\"callSid\":\"1\"}")).hasMessageContaining("names no sampleRate");
    }

    // ---- LiveKit --------------------------------------------------------------------------------------------------

    @Test
    void a_track_of_livekit_is_read() {
        LiveKitCodec codec = new LiveKitCodec(Map.of("room", "standup", "userId", "jane"));
        codec.binary(new byte[] {1, 2}, heard);
        read(codec, "{\"muted\": true}", "{\"muted\": false}");

        assertThat(heard.told).containsExactly("begins", "muted true", "muted false");
        assertThat(heard.start().audio()).isEqualTo(new RawAudio(Encoding.LINEAR16, 48_000, 1));
        assertThat(heard.start().wishes()).isEqualTo(Map.of("userId", "jane"));
        assertThat(heard.start().call()).hasToString("{\"room\":\"standup\"}");
    }

    // ---- AudioSocket ----------------------------------------------------------------------------------------------

    static byte[] frame(int kind, byte... payload) {
        byte[] frame = new byte[3 + payload.length];
        frame[0] = (byte) kind;
        frame[1] = (byte) (payload.length >> 8);
        frame[2] = (byte) payload.length;
        System.arraycopy(payload, 0, frame, 3, payload.length);
        return frame;
    }

    @Test
    void an_audiosocket_is_read_at_the_rate_of_its_frames() {
        UUID id = UUID.fromString("40325ec2-5efd-4bd3-805f-53576e581d13");
        AudioSocketCodec codec = new AudioSocketCodec(line, id, Map.of("language", "en"));

        codec.binary(frame(0x03, (byte) '7'), heard);
        codec.binary(frame(0x12, (byte) 1, (byte) 2), heard);
        codec.binary(frame(0x00), heard);

        assertThat(heard.told).containsExactly("pressed 7", "begins", "hung up");
        assertThat(heard.audio.toByteArray()).containsExactly(1, 2);
        assertThat(heard.start().audio()).isEqualTo(new RawAudio(Encoding.LINEAR16, 16_000, 1));
        assertThatThrownBy(() -> codec.binary(frame(0x10, (byte) 1, (byte) 2), heard))
                .hasMessageContaining("changed in mid-stream");
        assertThatThrownBy(() -> new AudioSocketCodec(line, id, Map.of()).binary(frame(0x18, (byte) 1), heard))
                .hasMessageContaining("was 192000");
    }

    @Test
    void the_uuid_of_an_audiosocket_is_read_in_network_order() {
        byte[] uuid = {
            0x40,
            0x32,
            0x5e,
            (byte) 0xc2,
            0x5e,
            (byte) 0xfd,
            0x4b,
            (byte) 0xd3,
            (byte) 0x80,
            0x5f,
            0x53,
            0x57,
            0x6e,
            0x58,
            0x1d,
            0x13
        };

        assertThat(AudioSocketCodec.uuid(frame(0x01, uuid)))
                .contains(UUID.fromString("40325ec2-5efd-4bd3-805f-53576e581d13"));
        assertThat(AudioSocketCodec.uuid(frame(0x10, uuid))).isEmpty();
        assertThat(AudioSocketCodec.uuid(frame(0x01))).isEmpty();
    }

    // ---- addresses ------------------------------------------------------------------------------------------------

    @Test
    void a_path_names_the_platform_and_may_hold_the_key_which_is_not_shown() {
        PhoneAddress withKey = PhoneAddress.of("/stream/livekit/cvx_secret").orElseThrow();

        assertThat(withKey.platform()).isEqualTo(PhonePlatform.LIVEKIT);
        assertThat(withKey.key()).contains("cvx_secret");
        assertThat(withKey.toString()).isEqualTo("/stream/livekit");
        assertThat(PhoneAddress.of("/stream/twilio").flatMap(PhoneAddress::key)).isEmpty();
        assertThat(PhoneAddress.of("/stream")).isEmpty();
        assertThat(PhoneAddress.of("/stream/other")).isEmpty();
        assertThat(PhoneAddress.of("/transcribe")).isEmpty();
    }

    @Test
    void the_password_of_basic_authentication_is_the_key() {
        String pair = Base64.getEncoder().encodeToString("any:cvx_a:b".getBytes(StandardCharsets.UTF_8));

        assertThat(PhoneAddress.keyIn("Basic " + pair)).contains("cvx_a:b");
        assertThat(List.of(PhoneAddress.keyIn("Bearer x"), PhoneAddress.keyIn("Basic %"), PhoneAddress.keyIn("")))
                .containsOnly(Optional.empty());
    }
}
