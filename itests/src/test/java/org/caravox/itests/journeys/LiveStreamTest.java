package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.WordErrorRate;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.LiveCaller;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.Test;

/** Audio in and words out over WebSockets, with the embedded recognizer. */
class LiveStreamTest {

    private static final String PHONE_AUDIO = "/stream?encoding=mulaw&sample_rate=8000";
    private static final int HEADER_BYTES = 58;
    private static final int FRAME_BYTES = 1600;
    private static final int TOO_BIG = 1009;

    private final Caller caller = SharedHub.hub().newTenant();

    private static byte[] audio() {
        byte[] file = Sample.PHONE_CLIP.bytes();
        return Arrays.copyOfRange(file, HEADER_BYTES, file.length);
    }

    private static void speak(LiveCaller live, byte[] audio, int from, int until) {
        for (int at = from; at < until; at += FRAME_BYTES) {
            live.send(Arrays.copyOfRange(audio, at, Math.min(until, at + FRAME_BYTES)));
        }
    }

    private static String finals(LiveCaller live) {
        return live.messages("transcript").stream()
                .filter(message -> message.get("isFinal").asBoolean())
                .map(message -> message.get("transcript").asText())
                .filter(text -> !text.isBlank())
                .collect(Collectors.joining(" "));
    }

    private void assertNothingIsLeft() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        caller.get("/streams").expect(200).json().get("streams"))
                .isEmpty());
    }

    @Test
    void words_come_while_somebody_speaks_and_the_transcript_is_stored() {
        byte[] audio = audio();
        try (LiveCaller live = LiveCaller.open(caller, PHONE_AUDIO + "&userId=mary")) {
            String session = live.await("session").get("sessionId").asText();
            assertThat(caller.get("/streams")
                            .expect(200)
                            .json()
                            .at("/streams/0/id")
                            .asText())
                    .isEqualTo(session);

            speak(live, audio, 0, audio.length);
            live.say("CloseStream");
            JsonNode end = live.await("end");

            assertThat(WordErrorRate.of(Sample.PHONE_CLIP.text(), finals(live)))
                    .as(live.toString())
                    .isLessThan(0.4);
            assertThat(live.messages("transcript"))
                    .anyMatch(message -> !message.get("isFinal").asBoolean());
            assertThat(live.awaitClose()).isEqualTo(1000);
            assertThat(end.get("transcriptId").asText()).isEqualTo(session);
            JsonNode stored = caller.get("/transcripts/" + session).expect(200).json();
            assertThat(stored.get("transcript").asText()).isEqualTo(finals(live));
            assertThat(stored.get("userId").asText()).isEqualTo("mary");
        }
        assertNothingIsLeft();
    }

    @Test
    void a_client_that_lost_its_socket_goes_on_where_it_was() {
        byte[] audio = audio();
        String session;
        try (LiveCaller lost = LiveCaller.open(caller, PHONE_AUDIO)) {
            session = lost.await("session").get("sessionId").asText();
            speak(lost, audio, 0, audio.length / 2);
            lost.await("transcript");
            lost.cut();
        }

        try (LiveCaller back = LiveCaller.open(caller, "/stream?session=" + session + "&after=0")) {
            int received = back.await("resumed").get("received").asInt();
            assertThat(received).isPositive().isLessThanOrEqualTo(audio.length / 2 + FRAME_BYTES);
            speak(back, audio, received, audio.length);
            back.say("CloseStream");
            back.await("end");

            assertThat(WordErrorRate.of(Sample.PHONE_CLIP.text(), finals(back)))
                    .as(back.toString())
                    .isLessThan(0.4);
        }
        Answer strange = LiveCaller.refusal(SharedHub.hub().newTenant(), "/stream?session=" + session);
        assertThat(strange.status()).isEqualTo(404);
    }

    @Test
    void garbage_and_messages_that_are_too_large_are_told() {
        try (LiveCaller live = LiveCaller.open(caller, PHONE_AUDIO)) {
            live.sayText("garbage");
            assertThat(live.await("error").get("error").asText()).contains("Finalize", "KeepAlive", "CloseStream");
            live.send(new byte[10 * 1024 * 1024]);
            assertThat(live.awaitClose()).isEqualTo(TOO_BIG);
        }
    }

    @Test
    void a_stream_whose_key_is_revoked_ends() {
        JsonNode key = SharedHub.hub()
                .admin()
                .postJson("/keys", Map.of("tenant", tenant(), "name", "short-lived"))
                .expect(201)
                .json();
        try (LiveCaller live =
                LiveCaller.open(new Caller(caller.url(), key.get("key").asText()), PHONE_AUDIO)) {
            live.await("session");
            SharedHub.hub().admin().delete("/keys/" + key.get("id").asText()).expect(200);

            assertThat(live.await("error").get("code").asText()).isEqualTo("key_revoked");
            assertThat(live.awaitClose()).isEqualTo(1008);
        }
    }

    private String tenant() {
        return caller.get("/keys").expect(200).json().at("/keys/0/tenant").asText();
    }

    @Test
    void an_operator_closes_a_stream() {
        try (LiveCaller live = LiveCaller.open(caller, PHONE_AUDIO)) {
            String session = live.await("session").get("sessionId").asText();
            SharedHub.hub().admin().delete("/streams/" + session).expect(200);

            assertThat(live.await("error").get("code").asText()).isEqualTo("closed_by_operator");
        }
    }

    @Test
    void whoever_is_not_let_in_is_told_in_the_form_of_the_door() {
        Answer own = LiveCaller.refusal(new Caller(caller.url(), "wrong"), PHONE_AUDIO);
        Answer unknown = LiveCaller.refusal(caller, "/stream?nonsense=1");
        Answer deepgram = LiveCaller.refusal(new Caller(caller.url(), "wrong"), "/v1/listen?encoding=mulaw");
        Answer container = LiveCaller.refusal(caller, "/v1/listen?encoding=flac");
        Answer flux = LiveCaller.refusal(caller, "/v2/listen");

        assertThat(own.expect(401).member("error")).contains("API key");
        assertThat(unknown.expect(422).member("error")).contains("nonsense");
        assertThat(deepgram.expect(401).member("err_code")).isEqualTo("INVALID_AUTH");
        assertThat(container.expect(400).member("err_msg")).contains("linear16", "opus", "WAV");
        assertThat(flux.expect(404).member("err_msg")).contains("/v1/listen");
    }

    @Test
    void audio_that_comes_with_the_handshake_counts() throws IOException {
        URI hub = URI.create(caller.url());
        try (Socket socket = new Socket(hub.getHost(), hub.getPort())) {
            OutputStream out = socket.getOutputStream();
            byte[] text = "{\"type\":\"CloseStream\"}".getBytes(StandardCharsets.US_ASCII);
            byte[] head = ("GET " + PHONE_AUDIO
                            + " HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                            + "Authorization: Bearer " + caller.key() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            byte[] all = Arrays.copyOf(head, head.length + 6 + text.length);
            all[head.length] = (byte) 0x81;
            all[head.length + 1] = (byte) (0x80 | text.length); // the mask is zero
            System.arraycopy(text, 0, all, head.length + 6, text.length);
            out.write(all);
            out.flush();
            socket.setSoTimeout(20_000);
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);

            assertThat(answer)
                    .startsWith("HTTP/1.1 101")
                    .contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                    .contains("\"type\":\"end\"");
        }
    }

    @Test
    void streams_that_break_off_leave_nothing() {
        for (int i = 0; i < 200; i++) {
            try (LiveCaller live = openWhenThereIsRoom()) {
                live.send(new byte[FRAME_BYTES]);
                live.cut();
            }
        }

        assertNothingIsLeft();
    }

    /** The recognizer has few places; one that is cut off is free again when what it heard is stored. */
    private LiveCaller openWhenThereIsRoom() {
        return await("a place")
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptionsInstanceOf(CompletionException.class)
                .until(
                        () -> LiveCaller.open(
                                caller, "/v1/listen?encoding=mulaw&sample_rate=8000&interim_results=true"),
                        Objects::nonNull);
    }
}
