package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages as RFC 4475 has them, written anew in {@code resources/sip/torture}: those that are valid are answered, those that
 * are not are refused or dropped, and whoever comes next is served.
 */
class TortureMessagesTest {

    private static final Path MESSAGES = Path.of("src/test/resources/sip/torture");
    private static final String NEXT =
            """
            OPTIONS sip:next@127.0.0.1 SIP/2.0
            Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{id};rport
            Max-Forwards: 70
            From: <sip:next@example.test>;tag={id}
            To: <sip:next@127.0.0.1>
            Call-ID: next-{id}
            CSeq: 1 OPTIONS
            Content-Length: 0

            """;

    private static TakingCalls hub;

    @BeforeAll
    static void start() {
        hub = new TakingCalls(leg -> leg.answer(TakingCalls.AUDIO));
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    static Stream<String> messages() throws IOException {
        try (Stream<Path> files = Files.list(MESSAGES)) {
            return files.map(file -> file.getFileName().toString().replace(".txt", "")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void each_gets_its_answer_and_whoever_comes_next_is_served(String name) throws IOException {
        String text = Files.readString(MESSAGES.resolve(name + ".txt"));
        String[] head = text.split("\n", 3);
        List<String> expected = List.of(head[1].replace("# expect ", "").split(" ", -1));
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(5_000);
            send(socket, head[2]);
            send(socket, NEXT);

            String status = "drop";
            String answer = receive(socket);
            while (!answer.contains("next-")) {
                status = answer.startsWith("SIP/2.0 1") ? status : answer.substring(8, 11);
                answer = receive(socket);
            }

            assertThat(answer).startsWith("SIP/2.0 200");
            assertThat(expected).as(head[0]).contains(status);
        }
    }

    private static void send(DatagramSocket socket, String text) throws IOException {
        byte[] bytes = text.replace("{port}", Integer.toString(socket.getLocalPort()))
                .replace("{id}", UUID.randomUUID().toString())
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(
                bytes, bytes.length, new InetSocketAddress(InetAddress.getLoopbackAddress(), hub.port())));
    }

    private static String receive(DatagramSocket socket) throws IOException {
        var packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the stack does not answer any more", e);
        }
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }
}
