package org.caravox.itests.hub;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Somebody who speaks to a hub over a WebSocket frame by frame, and so can do all that a well-behaved client does not. */
public final class RudeCaller implements AutoCloseable {

    /** The first byte of frames that are whole messages (RFC 6455, section 5.2). */
    public static final int TEXT = 0x81;

    public static final int BINARY = 0x82;
    public static final int PING = 0x89;

    /** The first byte of a message's first frame, where others follow. */
    public static final int BINARY_BEGINS = 0x02;

    /** The first byte of frames between a message's first and last. */
    public static final int GOES_ON = 0x00;

    private static final int CLOSE = 0x88;
    private static final int READ_WITHIN_MILLIS = 30_000;
    private static final int FEW_BYTES = 4_096;

    /**
     * What the hub sent.
     *
     * @param first   its first byte
     * @param payload what it holds
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Frame(int first, byte[] payload) {

        /** What it says, as text. */
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    private final Socket socket;
    private final DataInputStream in;

    private RudeCaller(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** Asks to be let in, and does not wait for the answer. */
    public static RudeCaller knock(Caller caller, String path) {
        URI hub = URI.create(caller.url());
        Socket socket = new Socket();
        try {
            socket.setReceiveBufferSize(FEW_BYTES);
            socket.setSoTimeout(READ_WITHIN_MILLIS);
            socket.connect(new InetSocketAddress(hub.getHost(), hub.getPort()));
            socket.getOutputStream()
                    .write(("GET " + path
                                    + " HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    + "Authorization: Bearer " + caller.key() + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new RudeCaller(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Is let in. */
    public static RudeCaller open(Caller caller, String path) {
        RudeCaller open = knock(caller, path);
        String head = open.answer();
        if (!head.startsWith("HTTP/1.1 101 ")) {
            open.close();
            throw new IllegalStateException("not let in: " + head);
        }
        return open;
    }

    /** The head of the answer to the handshake. */
    public String answer() {
        StringBuilder head = new StringBuilder();
        try {
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(head.toString(), e);
        }
        return head.toString();
    }

    /** Sends a frame as clients must: masked, with a mask of zeros. */
    public void send(int first, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14).put((byte) first);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.putInt(0).put(payload);
        sendRaw(Arrays.copyOf(frame.array(), frame.position()));
    }

    /** Sends bytes as they are. */
    public void sendRaw(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame. */
    public Frame read() {
        try {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            byte[] payload = new byte
                    [length < 126 ? length : length == 126 ? in.readUnsignedShort() : Math.toIntExact(in.readLong())];
            in.readFully(payload);
            return new Frame(first, payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The code with which the hub closes; what comes before is passed over. */
    public int awaitClose() {
        Frame frame = read();
        while (frame.first() != CLOSE) {
            frame = read();
        }
        return ByteBuffer.wrap(frame.payload()).getShort();
    }

    /** The connection is reset. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The connection is closed without a word. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
