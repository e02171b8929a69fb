package org.caravox.itests.calls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Rings the hub with requests as they are written, over UDP. */
final class RawPhone implements AutoCloseable {

    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final String G711 = media("0 8", "a=rtpmap:0 PCMU/8000\r\n");

    private final DatagramSocket socket;
    private final String host;
    private final String address;
    private final String callId = UUID.randomUUID().toString();
    private final String branch = "z9hG4bK" + callId;
    private String to;
    private int sequence = 1;

    /**
     * One that has not rung yet.
     *
     * @param host   which address of this machine it rings from
     * @param number whom it rings
     */
    RawPhone(String host, String number) {
        try {
            this.socket = new DatagramSocket(new InetSocketAddress(host, 0));
            socket.connect(InetAddress.getLoopbackAddress(), CallsHub.PORT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.host = host;
        this.address = CallsHub.address(number);
        this.to = "<" + address + ">";
    }

    /** A line of audio that is offered, but for its port. */
    private static String media(String formats, String attributes) {
        return "m=audio 29999 RTP/AVP " + formats + "\r\n" + attributes;
    }

    /** Rings with G.711. */
    RawPhone ring() {
        return ring("", "application/sdp", description(G711));
    }

    /** Rings, and offers something that nobody understands. */
    RawPhone ringWithCodec(String name) {
        return ring("", "application/sdp", description(media("118", "a=rtpmap:118 " + name + "/8000\r\n")));
    }

    RawPhone ring(String headers, String type, String body) {
        send("INVITE", headers + "Content-Type: " + type + "\r\n", body);
        return this;
    }

    /** Rings once more with a proof. */
    void prove(String challenge, String user) {
        acknowledge();
        to = "<" + address + ">"; // not of the dialog that was refused
        sequence++;
        String header = challenge.startsWith("SIP/2.0 401") ? "Authorization" : "Proxy-Authorization";
        send(
                "INVITE",
                header + ": Digest username=\"" + user + "\", realm=\"" + quoted(challenge, "realm") + "\", nonce=\""
                        + quoted(challenge, "nonce") + "\", uri=\"" + address
                        + "\", qop=auth, nc=00000001, cnonce=\"1\", algorithm=MD5, response=\"" + "0".repeat(32)
                        + "\"\r\nContent-Type: application/sdp\r\n",
                description(G711));
    }

    private static String quoted(String message, String name) {
        Matcher found = Pattern.compile(name + "=\"([^\"]*)\"").matcher(message);
        if (!found.find()) {
            throw new AssertionError("no " + name + " in " + message);
        }
        return found.group(1);
    }

    void cancel() {
        send("CANCEL", "", "");
    }

    void acknowledge() {
        send("ACK", "", "");
    }

    /** Answers a request of theirs. */
    void reply(String request, String status) {
        String echoed = request.lines()
                .filter(line -> line.matches("(?i)(Via|From|To|Call-ID|CSeq):.*"))
                .collect(Collectors.joining("\r\n"));
        sendRaw("SIP/2.0 " + status + "\r\n" + echoed + "\r\nContent-Length: 0\r\n\r\n");
    }

    void hangUp() {
        sequence++;
        send("BYE", "", "");
    }

    /** The session description with these lines of audio. */
    String description(String media) {
        return "v=0\r\no=- 1 1 IN IP4 " + host + "\r\ns=-\r\nc=IN IP4 " + host + "\r\nt=0 0\r\n" + media;
    }

    private void send(String method, String headers, String body) {
        String text = method + " " + address + " SIP/2.0\r\nVia: SIP/2.0/UDP " + host + ":" + socket.getLocalPort()
                + ";branch=" + branch + sequence + (method.equals("BYE") ? "bye" : "")
                + ";rport\r\nMax-Forwards: 70\r\nFrom: <sip:raw@" + host
                + ">;tag=1\r\nTo: " + to + "\r\nCall-ID: " + callId + "\r\nCSeq: " + sequence + " " + method
                + "\r\nContact: <sip:raw@" + host + ":" + socket.getLocalPort() + ">\r\n" + headers
                + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
        sendRaw(text);
    }

    private void sendRaw(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            socket.send(new DatagramPacket(bytes, bytes.length));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first answer that is final: neither 100 nor that it rings. To an INVITE, not to what cancels it. */
    String answer() {
        return await("SIP/2\\.0 [2-6].*", "INVITE");
    }

    String await(String beginning, String method) {
        byte[] bytes = new byte[65_536];
        long until = System.nanoTime() + WITHIN.toNanos();
        try {
            while (System.nanoTime() < until) {
                socket.setSoTimeout((int) WITHIN.toMillis());
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                socket.receive(packet);
                String text = new String(bytes, 0, packet.getLength(), StandardCharsets.UTF_8);
                if (text.lines().findFirst().orElse("").matches(beginning)
                        && Pattern.compile("(?im)^CSeq: \\d+ " + method + "\\s*$")
                                .matcher(text)
                                .find()) {
                    Matcher tagged = Pattern.compile("(?im)^To: (.*?)\\s*$").matcher(text);
                    to = tagged.find() ? tagged.group(1) : to;
                    return text;
                }
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer " + beginning + " came", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("no answer " + beginning + " came");
    }

    @Override
    public void close() {
        socket.close();
    }
}
