package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.caravox.itests.audio.BundledFfmpeg;
import org.caravox.itests.audio.OggPackets;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.WordErrorRate;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.LiveCaller;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What live streams are sent as, and what is recorded of them. */
class LiveEncodingsTest {

    private static final int SECOND = 8_000;
    private static final int HEADER_BYTES = 44;
    private static final int UNDECODABLE = 1007;
    private static final double CLIP_SECONDS = 6.5;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Caller caller = SharedHub.hub().newTenant();

    private static List<byte[]> cut(byte[] file, int chunk) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < file.length; at += chunk) {
            pieces.add(Arrays.copyOfRange(file, at, Math.min(file.length, at + chunk)));
        }
        return pieces;
    }

    private String said(String path, List<byte[]> messages) {
        try (LiveCaller live = LiveCaller.open(caller, path)) {
            messages.forEach(live::send);
            live.say("CloseStream");
            String id = live.await("end").get("transcriptId").asText();
            String said = live.messages("transcript").stream()
                    .filter(message -> message.get("isFinal").asBoolean())
                    .map(message -> message.get("transcript").asText())
                    .filter(text -> !text.isBlank())
                    .collect(Collectors.joining(" "));
            assertThat(WordErrorRate.of(Sample.PHONE_CLIP.text(), said))
                    .as(live.toString())
                    .isLessThan(0.4);
            return id;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ogg", "webm", "wav"})
    void a_file_says_by_its_header_what_it_is(String container) {
        byte[] file = container.equals("wav")
                ? Sample.PHONE_CLIP.bytes()
                : BundledFfmpeg.encode(Sample.PHONE_CLIP.file(), "libopus", container);

        said("/stream", cut(file, 1000));
    }

    @Test
    void opus_packets_are_heard_and_recorded_as_samples() throws IOException, UnsupportedAudioFileException {
        byte[] ogg = BundledFfmpeg.encode(Sample.PHONE_CLIP.file(), "libopus", "ogg");

        String id = said("/stream?encoding=opus&sample_rate=48000&record=true", OggPackets.in(ogg));

        AudioInputStream wav = AudioSystem.getAudioInputStream(new ByteArrayInputStream(audio(id, "").body));
        assertThat(wav.getFormat().getSampleRate()).isEqualTo(16_000);
        assertThat(wav.getFrameLength() / 16_000.0).isCloseTo(CLIP_SECONDS, within(0.2));
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sent(int status, String range, byte[] body) {}

    private Sent audio(String id, String range) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> caller.get("/transcripts/" + id + "/audio").status() == 200);
        var request = caller.request("/transcripts/" + id + "/audio");
        if (!range.isEmpty()) {
            request.header("Range", range);
        }
        try {
            var response = HTTP.send(request.GET().build(), BodyHandlers.ofByteArray());
            return new Sent(
                    response.statusCode(),
                    response.headers().firstValue("Content-Range").orElse(""),
                    response.body());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void what_is_recorded_is_what_was_sent_as_a_whole_and_in_parts_and_for_its_owner_alone() {
        byte[] sent = Arrays.copyOfRange(Sample.PHONE_CLIP.bytes(), 58, 58 + SECOND);
        String id;
        try (LiveCaller live =
                LiveCaller.open(caller, "/stream?encoding=mulaw&sample_rate=8000&record=true&userId=mary")) {
            cut(sent, 160).forEach(live::send);
            assertThat(caller.get("/transcripts/"
                                    + live.await("session").get("sessionId").asText() + "/audio")
                            .status())
                    .isEqualTo(404);
            live.say("CloseStream");
            id = live.await("end").get("transcriptId").asText();
        }

        Sent whole = audio(id, "");
        assertThat(Arrays.copyOfRange(whole.body, HEADER_BYTES, whole.body.length))
                .isEqualTo(sent);
        Sent part = audio(id, "bytes=44-143");
        assertThat(part.status).isEqualTo(206);
        assertThat(part.range).isEqualTo("bytes 44-143/" + (HEADER_BYTES + SECOND));
        assertThat(part.body).isEqualTo(Arrays.copyOf(sent, 100));
        assertThat(audio(id, "bytes=-10").body).isEqualTo(Arrays.copyOfRange(sent, SECOND - 10, SECOND));
        assertThat(audio(id, "bytes=9000-")).satisfies(beyond -> {
            assertThat(beyond.status).isEqualTo(416);
            assertThat(beyond.range).isEqualTo("bytes */" + (HEADER_BYTES + SECOND));
        });
        Answer strangers = SharedHub.hub().newTenant().get("/transcripts/" + id + "/audio");
        assertThat(strangers.status()).isEqualTo(404);
    }

    @Test
    void a_stream_that_was_resumed_is_one_recording_without_a_gap_and_with_nothing_twice() {
        byte[] sent = Arrays.copyOfRange(Sample.PHONE_CLIP.bytes(), 58, 58 + 2 * SECOND);
        String id;
        try (LiveCaller live = LiveCaller.open(caller, "/stream?encoding=mulaw&record=true")) {
            id = live.await("session").get("sessionId").asText();
            cut(Arrays.copyOf(sent, SECOND), 160).forEach(live::send);
            live.cut();
        }
        try (LiveCaller back = LiveCaller.open(caller, "/stream?session=" + id)) {
            int received = back.await("resumed").get("received").asInt();
            cut(Arrays.copyOfRange(sent, received, sent.length), 160).forEach(back::send);
            back.say("CloseStream");
            back.await("end");
        }

        assertThat(recorded(id)).isEqualTo(sent);
    }

    @Test
    void a_stream_at_deepgrams_door_is_recorded_as_it_was_sent() {
        byte[] sent = Arrays.copyOfRange(Sample.PHONE_CLIP.bytes(), 58, 58 + SECOND);
        String id;
        try (LiveCaller live = LiveCaller.open(caller, "/v1/listen?encoding=mulaw&sample_rate=8000&record=true")) {
            cut(sent, 160).forEach(live::send);
            live.say("CloseStream");
            id = live.await("Metadata").get("request_id").asText();
        }

        assertThat(recorded(id)).isEqualTo(sent);
    }

    @Test
    void a_media_stream_of_twilio_is_recorded_where_a_parameter_of_the_call_says_so() {
        byte[] sent = Arrays.copyOfRange(Sample.PHONE_CLIP.bytes(), 58, 58 + SECOND);
        try (LiveCaller live = LiveCaller.open(caller, "/stream/twilio")) {
            live.sayText("{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}");
            live.sayText("{\"event\":\"start\",\"sequenceNumber\":\"1\",\"streamSid\":\"MZ1\",\"start\":{"
                    + "\"accountSid\":\"AC1\",\"streamSid\":\"MZ1\",\"callSid\":\"CA1\",\"tracks\":[\"inbound\"],"
                    + "\"mediaFormat\":{\"encoding\":\"audio/x-mulaw\",\"sampleRate\":8000,\"channels\":1},"
                    + "\"customParameters\":{\"record\":\"true\"}}}");
            int at = 0;
            for (byte[] piece : cut(sent, 160)) {
                live.sayText("{\"event\":\"media\",\"streamSid\":\"MZ1\",\"media\":{\"track\":\"inbound\","
                        + "\"timestamp\":\"" + at + "\",\"payload\":\""
                        + Base64.getEncoder().encodeToString(piece) + "\"}}");
                at += 20;
            }
            live.sayText("{\"event\":\"stop\",\"streamSid\":\"MZ1\",\"stop\":{\"callSid\":\"CA1\"}}");
            assertThat(live.awaitClose()).isEqualTo(1000);
        }
        String id = caller.get("/transcripts")
                .expect(200)
                .json()
                .at("/transcripts/0/id")
                .asText();

        assertThat(recorded(id)).isEqualTo(sent);
    }

    /** The samples of a recording, which nobody else gets. */
    private byte[] recorded(String id) {
        byte[] wav = audio(id, "").body;
        assertThat(SharedHub.hub()
                        .newTenant()
                        .get("/transcripts/" + id + "/audio")
                        .status())
                .isEqualTo(404);
        return Arrays.copyOfRange(wav, HEADER_BYTES, wav.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mu-law", "linear", "ogg", "webm"})
    void one_channel_is_heard_once_though_each_was_to_be_heard_by_itself(String container)
            throws IOException, UnsupportedAudioFileException {
        byte[] file =
                switch (container) {
                    case "mu-law" -> Sample.PHONE_CLIP.bytes();
                    case "linear" -> linear(Sample.PHONE_CLIP.file());
                    default -> BundledFfmpeg.encode(Sample.PHONE_CLIP.file(), "libopus", container);
                };
        try (LiveCaller live = LiveCaller.open(caller, "/v1/listen?multichannel=true&interim_results=true")) {
            cut(file, 1000).forEach(live::send);
            live.say("CloseStream");

            assertThat(live.await("Metadata").get("channels").asInt()).isEqualTo(1);
            assertThat(live.messages("Results"))
                    .allSatisfy(results ->
                            assertThat(results.get("channel_index").toString()).isEqualTo("[0,1]"));
            assertThat(WordErrorRate.of(Sample.PHONE_CLIP.text(), finals(live))).isLessThan(0.4);
        }
    }

    /** With a header of 44 bytes, the shortest. */
    private static byte[] linear(Path file) throws IOException, UnsupportedAudioFileException {
        ByteArrayOutputStream wav = new ByteArrayOutputStream();
        AudioInputStream samples = AudioSystem.getAudioInputStream(
                AudioFormat.Encoding.PCM_SIGNED, AudioSystem.getAudioInputStream(file.toFile()));
        AudioSystem.write(samples, AudioFileFormat.Type.WAVE, wav);
        return wav.toByteArray();
    }

    private static String finals(LiveCaller live) {
        return live.messages("Results").stream()
                .filter(results -> results.get("is_final").asBoolean())
                .map(results -> results.at("/channel/alternatives/0/transcript").asText())
                .filter(text -> !text.isBlank())
                .collect(Collectors.joining(" "));
    }

    @Test
    void what_cannot_be_decoded_is_told() {
        try (LiveCaller live = LiveCaller.open(caller, "/stream?encoding=ogg-opus")) {
            live.send("this is no Ogg".getBytes(StandardCharsets.US_ASCII));

            JsonNode error = live.await("error");
            assertThat(error.get("code").asText()).isEqualTo("not_audio");
            assertThat(error.get("error").asText()).contains("not Ogg Opus");
            assertThat(live.awaitClose()).isEqualTo(UNDECODABLE);
        }
    }
}
