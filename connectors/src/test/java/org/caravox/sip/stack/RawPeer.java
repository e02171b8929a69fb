package org.caravox.sip.stack;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends and receives datagrams as they are written. */
final class RawPeer implements AutoCloseable {

    private final DatagramSocket socket;
    private InetSocketAddress to;

    RawPeer(int toPort) throws IOException {
        this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        this.to = new InetSocketAddress(InetAddress.getLoopbackAddress(), toPort);
    }

    int port() {
        return socket.getLocalPort();
    }

    void send(String message) throws IOException {
        send(message.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        socket.send(new DatagramPacket(bytes, bytes.length, to));
    }

    /** The next message; empty when none comes. */
    Optional<String> receive(Duration within) throws IOException {
        socket.setSoTimeout((int) within.toMillis());
        var packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            socket.receive(packet);
            to = (InetSocketAddress) packet.getSocketAddress();
            return Optional.of(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
    }

    /** The next message whose first line contains this; others are passed over. */
    String await(String firstLine) throws IOException {
        long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < until) {
            Optional<String> message = receive(Duration.ofSeconds(1));
            if (message.isPresent() && message.get().split("\r\n", 2)[0].contains(firstLine)) {
                return message.get();
            }
        }
        throw new AssertionError("no message with " + firstLine);
    }

    /** A final response's first line. */
    String status() throws IOException {
        long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < until) {
            Optional<String> message = receive(Duration.ofSeconds(1));
            if (message.isPresent() && !message.get().startsWith("SIP/2.0 1")) {
                return message.get().split("\r\n", 2)[0];
            }
        }
        throw new AssertionError("no answer");
    }

    /** A request outside of a dialog. */
    String request(String method, String more, String body) {
        String id = Messages.random(6);
        return "%s sip:1000@127.0.0.1 SIP/2.0\r\n".formatted(method)
                + "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%s;rport\r\n".formatted(port(), id)
                + (more.contains("Max-Forwards") ? "" : "Max-Forwards: 70\r\n")
                + "From: \"Ann\" <sip:+4930123@127.0.0.1>;tag=f%s\r\n".formatted(id)
                + "To: <sip:1000@127.0.0.1>\r\nCall-ID: c%s\r\nCSeq: 1 %s\r\n".formatted(id, method)
                + "Contact: <sip:ann@127.0.0.1:%d>\r\n".formatted(port())
                + more
                + (body.isEmpty() || more.contains("Content-Type") ? "" : "Content-Type: application/sdp\r\n")
                + "Content-Length: %d\r\n\r\n".formatted(body.getBytes(StandardCharsets.UTF_8).length)
                + body;
    }

    /** A response to a request of theirs. */
    void answer(String request, String status, String more) throws IOException {
        send("SIP/2.0 " + status + "\r\nVia: " + header(request, "Via") + "\r\nFrom: " + header(request, "From")
                + "\r\nTo: " + header(request, "To") + (header(request, "To").contains(";tag=") ? "" : ";tag=t1")
                + "\r\nCall-ID: " + header(request, "Call-ID")
                + "\r\nCSeq: " + header(request, "CSeq") + "\r\n" + more + "Content-Length: 0\r\n\r\n");
    }

    static String header(String message, String name) {
        Matcher found = Pattern.compile("(?im)^" + name + ":\\s*(.*?)\\s*$").matcher(message);
        return found.find() ? found.group(1) : "";
    }

    /** A request within the dialog that a response of theirs made. */
    String inDialog(String method, int sequence, String response, String more, String body) {
        return "%s sip:1000@127.0.0.1 SIP/2.0\r\n".formatted(method)
                + "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%s;rport\r\n".formatted(port(), Messages.random(6))
                + "Max-Forwards: 70\r\nFrom: " + header(response, "From") + "\r\nTo: " + header(response, "To")
                + "\r\nCall-ID: " + header(response, "Call-ID") + "\r\nCSeq: " + sequence + " " + method + "\r\n"
                + "Contact: <sip:ann@127.0.0.1:%d>\r\n".formatted(port())
                + more
                + (body.isEmpty() || more.contains("Content-Type") ? "" : "Content-Type: application/sdp\r\n")
                + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    static String sdp(int port) {
        return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " + port
                + " RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";
    }

    @Override
    public void close() {
        socket.close();
    }
}
