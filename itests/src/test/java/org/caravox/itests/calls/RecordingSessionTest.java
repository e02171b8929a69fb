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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.caravox.itests.audio.SharedAudio;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.audio.WordErrorRate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session border controller forks its calls to the hub (SIPREC, RFC 7866): each party is a channel of the transcript. */
class RecordingSessionTest {

    private static final String RECORDING = "bank-two-channel.wav";
    private static final int PACKET_BYTES = 160;
    private static final double MISHEARD = 0.7;
    private static final Duration HEARD_WITHIN = Duration.ofSeconds(20);

    @Test
    void both_parties_are_transcribed_with_and_without_metadata(@TempDir Path described, @TempDir Path bare)
            throws Exception {
        SharedAudio.assumePresent();
        Sipp.assumePresent();
        CallsHub.hub();
        String scenario = Files.readString(Sipp.scenario("recording.xml"));
        List<byte[]> parties = List.of(party(0), party(1));
        Process one = fork("2400", described, scenario);
        Process other = fork(
                "2401", bare, scenario.replaceAll("(?s)--b\\s+Content-Type: application/rs-meta.*?</recording>", ""));

        List<Integer> ports = new ArrayList<>(ports(described, 0));
        ports.addAll(ports(bare, 0));
        send(List.of(parties.get(0), parties.get(1), parties.get(0), parties.get(1)), ports);

        assertThat(one.waitFor()).isZero();
        assertThat(other.waitFor()).isZero();
        assertThat(ports(described, 1))
                .as("where it is heard after another offer")
                .isEqualTo(ports.subList(0, 2));
        assertHeard("2400");
        assertHeard("2401");
    }

    private static Process fork(String number, Path folder, String scenario) throws IOException {
        return Sipp.start(
                folder,
                CallsHub.PORT,
                "-s",
                number,
                "-sf",
                Files.writeString(folder.resolve("recording.xml"), scenario).toString(),
                "-m",
                "1",
                "-mp",
                Integer.toString(FreePorts.next()),
                "-trace_logs",
                "-log_file",
                "ports");
    }

    /** Where the hub hears the parties, as its first or second answer says. */
    private static List<Integer> ports(Path folder, int answer) {
        Path log = folder.resolve("ports");
        await("an answer to sipp")
                .atMost(HEARD_WITHIN)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> Files.exists(log) && Files.readAllLines(log).size() > answer);
        try {
            return Arrays.stream(Files.readAllLines(log).get(answer).strip().split(" ", -1))
                    .map(Integer::valueOf)
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

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
        List<String> said = SharedAudio.references().get(RECORDING);
        for (int i = 0; i < said.size(); i++) {
            assertThat(WordErrorRate.of(said.get(i), heard.get(i)))
                    .as(heard.get(i))
                    .isLessThan(MISHEARD);
            assertThat(WordErrorRate.of(said.get(i), heard.get(1 - i)))
                    .as(heard.get(1 - i))
                    .isGreaterThan(MISHEARD);
        }
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
