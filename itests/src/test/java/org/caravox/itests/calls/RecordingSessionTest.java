package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.caravox.itests.audio.SharedAudio;
import org.caravox.itests.audio.Wav;
import org.junit.jupiter.api.Test;

/** A session border controller forks its calls to the hub (SIPREC, RFC 7866): each party is a channel of the transcript. */
class RecordingSessionTest {

    private static final String RECORDING = "bank-two-channel.wav";
    private static final int PACKET_BYTES = 160;
    private static final Duration HEARD_WITHIN = Duration.ofSeconds(20);

    @Test
    void both_parties_are_transcribed_with_and_without_metadata() throws Exception {
        SharedAudio.assumePresent();
        CallsHub.hub();
        List<byte[]> parties = List.of(party(0), party(1));
        try (RawPhone described = new RawPhone(CallsHub.HOST, "2400");
                RawPhone bare = new RawPhone(CallsHub.HOST, "2401")) {
            List<Integer> ports = new ArrayList<>(fork(described, true));
            ports.addAll(fork(bare, false));
            assertThat(ports).hasSize(4).doesNotContain(0);

            send(List.of(parties.get(0), parties.get(1), parties.get(0), parties.get(1)), ports);
            described.hangUp();
            bare.hangUp();

            assertHeard("2400");
            assertHeard("2401");
        }
    }

    /** Rings, and gives the ports where the hub hears the parties. */
    private static List<Integer> fork(RawPhone controller, boolean metadata) {
        String sdp = controller.description(line("96") + line("97"));
        String body = "--b\r\nContent-Type: application/sdp\r\n\r\n" + sdp
                + (metadata
                        ? "\r\n--b\r\nContent-Type: application/rs-metadata+xml\r\nContent-Disposition: recording-session\r\n\r\n"
                                + METADATA
                        : "")
                + "\r\n--b--\r\n";
        String answer = controller
                .ring("Require: siprec\r\n", "multipart/mixed;boundary=b", body)
                .answer();
        controller.acknowledge();
        assertThat(answer).startsWith("SIP/2.0 200 ").contains("a=recvonly").contains("a=label:96", "a=label:97");
        return Pattern.compile("(?m)^m=audio (\\d+)")
                .matcher(answer)
                .results()
                .map((MatchResult found) -> Integer.valueOf(found.group(1)))
                .toList();
    }

    private static String line(String label) {
        return "m=audio " + CallsHub.freePort() + " RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendonly\r\na=label:" + label
                + "\r\n";
    }

    private static final String METADATA =
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <recording xmlns="urn:ietf:params:xml:ns:recording:1">
              <datamode>complete</datamode>
              <session session_id="c2Vzc2lvbg=="/>
              <participant participant_id="YWdlbnQ="><nameID aor="sip:agent@bank.example"/></participant>
              <participant participant_id="Y2FsbGVy"><nameID aor="sip:caller@example.com"/></participant>
              <stream stream_id="b25l" session_id="c2Vzc2lvbg=="><label>96</label></stream>
              <stream stream_id="dHdv" session_id="c2Vzc2lvbg=="><label>97</label></stream>
              <participantstreamassoc participant_id="YWdlbnQ="><send>b25l</send><recv>dHdv</recv></participantstreamassoc>
              <participantstreamassoc participant_id="Y2FsbGVy"><send>dHdv</send><recv>b25l</recv></participantstreamassoc>
            </recording>
            """;

    private static void assertHeard(String number) {
        JsonNode call = CallsHub.ended(number);
        assertThat(call.get("route").asText()).isEqualTo("transcribe-call");
        String path = "/transcripts/" + call.get("id").asText();
        await("the transcript of " + number)
                .atMost(HEARD_WITHIN)
                .until(() -> CallsHub.tenant().get(path).status() == 200);
        List<String> heard =
                CallsHub.words(CallsHub.tenant().get(path).expect(200).json());
        assertThat(heard).hasSize(2);
        assertThat(heard.get(0)).contains("checking account").doesNotContain("debit card");
        assertThat(heard.get(1)).contains("debit card number").doesNotContain("checking");
    }

    /** One channel, as mu-law. */
    private static byte[] party(int channel) throws IOException, UnsupportedAudioFileException {
        byte[] stereo;
        float rate;
        try (AudioInputStream in =
                AudioSystem.getAudioInputStream(new ByteArrayInputStream(SharedAudio.bytes(RECORDING)))) {
            stereo = in.readAllBytes();
            rate = in.getFormat().getSampleRate();
        }
        byte[] mono = new byte[stereo.length / 2];
        for (int i = 0; i < mono.length; i++) {
            mono[i] = stereo[i / 2 * 4 + channel * 2 + i % 2];
        }
        byte[] coded = Wav.convert(CallsHub.wav(mono, (int) rate), AudioFormat.Encoding.ULAW, 8, 8000);
        try (AudioInputStream in = AudioSystem.getAudioInputStream(new ByteArrayInputStream(coded))) {
            return in.readAllBytes();
        }
    }

    /** All of them at the pace at which they were said, and a second of silence. */
    private static void send(List<byte[]> parties, List<Integer> ports) throws Exception {
        int packets = parties.get(0).length / PACKET_BYTES + 50;
        AtomicInteger next = new AtomicInteger();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (DatagramSocket socket = new DatagramSocket()) {
            var ticking = clock.scheduleAtFixedRate(
                    () -> {
                        int number = next.getAndIncrement();
                        for (int i = 0; i < ports.size(); i++) {
                            send(socket, packet(parties.get(i), number, i), ports.get(i));
                        }
                    },
                    0,
                    20,
                    TimeUnit.MILLISECONDS);
            await("all was sent").atMost(Duration.ofMinutes(1)).until(() -> next.get() >= packets || ticking.isDone());
            assertThat(ticking.isDone()).isFalse();
        } finally {
            clock.shutdownNow();
            assertThat(clock.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static byte[] packet(byte[] party, int number, int source) {
        byte[] audio = new byte[PACKET_BYTES];
        Arrays.fill(audio, (byte) 0xff); // silence
        int from = number * PACKET_BYTES;
        System.arraycopy(
                party,
                Math.min(from, party.length),
                audio,
                0,
                Math.max(0, Math.min(PACKET_BYTES, party.length - from)));
        return ByteBuffer.allocate(12 + PACKET_BYTES)
                .put((byte) 0x80)
                .put((byte) 0)
                .putShort((short) number)
                .putInt(from)
                .putInt(1000 + source)
                .put(audio)
                .array();
    }

    private static void send(DatagramSocket socket, byte[] packet, int port) {
        try {
            socket.send(new DatagramPacket(
                    packet, packet.length, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
