package org.caravox.itests.calls;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A caller on Asterisk's AudioSocket who says nothing, 20 ms at a time, and hears 8 kHz. */
final class AudioSocketCaller implements AutoCloseable {

    private static final byte HANG_UP = 0x00;
    private static final byte UUID_KIND = 0x01;
    private static final byte AUDIO_8K = 0x10;
    private static final int FRAME_BYTES = 320;
    private static final int BYTES_PER_MS = 16;
    private static final Duration HEARD_WITHIN = Duration.ofSeconds(20);

    private final Socket socket;
    private final ScheduledExecutorService wire = Executors.newSingleThreadScheduledExecutor();

    private AudioSocketCaller(Socket socket) {
        this.socket = socket;
    }

    /** Rings with the UUID that the hub gave. */
    static AudioSocketCaller ring(int port, UUID id) throws IOException {
        AudioSocketCaller caller = new AudioSocketCaller(new Socket(InetAddress.getLoopbackAddress(), port));
        caller.socket.setSoTimeout((int) HEARD_WITHIN.toMillis());
        byte[] uuid = ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        caller.send(UUID_KIND, uuid);
        var unused = caller.wire.scheduleAtFixedRate(
                () -> caller.send(AUDIO_8K, new byte[FRAME_BYTES]), 0, 20, TimeUnit.MILLISECONDS);
        return caller;
    }

    private void send(byte kind, byte[] payload) {
        byte[] frame = ByteBuffer.allocate(3 + payload.length)
                .put(kind)
                .putShort((short) payload.length)
                .put(payload)
                .array();
        try {
            socket.getOutputStream().write(frame);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next audio that the hub sends, as signed 16-bit PCM. */
    byte[] hear(Duration length) throws IOException {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (heard.size() < BYTES_PER_MS * length.toMillis()) {
            byte kind = in.readByte();
            byte[] payload = in.readNBytes(in.readUnsignedShort());
            if (kind != AUDIO_8K) {
                throw new AssertionError("the hub sent a frame of kind " + kind);
            }
            heard.writeBytes(payload);
        }
        return heard.toByteArray();
    }

    /** Hangs up. */
    @Override
    public void close() throws IOException {
        wire.shutdown();
        send(HANG_UP, new byte[0]);
        socket.close();
    }
}
