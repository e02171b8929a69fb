package org.caravox.rtp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.media.MediaDescription.SrtpKey;

/** The other side of a leg, packet by packet, on a port of its own. */
final class Caller implements AutoCloseable {

    static final Codec PCMU = Codecs.offered("PCMU");
    static final Codec PCMA = Codecs.offered("PCMA");
    static final Codec KEYS = Codecs.keyEvents(8_000);

    private static final AtomicInteger NEXT_PORT = new AtomicInteger(22_500);

    final DatagramChannel socket;
    final int ssrc;
    private InetSocketAddress target = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
    int sequence = 65_530;
    int timestamp = 1_000;

    Caller(int ssrc) throws IOException {
        this.ssrc = ssrc;
        socket = DatagramChannel.open();
        // A port of its own: what was sent to the one before is nothing to it.
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), NEXT_PORT.getAndAdd(2)));
        socket.configureBlocking(false);
    }

    void callTo(MediaDescription theirs) {
        target = new InetSocketAddress(theirs.address(), theirs.port());
    }

    int port() throws IOException {
        return ((InetSocketAddress) socket.getLocalAddress()).getPort();
    }

    MediaDescription describes(Direction direction, Codec... codecs) throws IOException {
        return new MediaDescription(
                "127.0.0.1", port(), port() + 1, false, List.of(codecs), direction, List.of(), 20, null);
    }

    MediaDescription describesSecure(SrtpKey key, Codec... codecs) throws IOException {
        return new MediaDescription(
                "127.0.0.1", port(), port(), true, List.of(codecs), Direction.SENDRECV, List.of(key), 20, null);
    }

    /** A packet that the caller made. */
    byte[] packet(int payloadType, byte[] payload) {
        byte[] packet = new byte[RtpPacket.HEADER_BYTES + payload.length];
        RtpPacket.write(packet, false, payloadType, sequence & 0xFFFF, timestamp, ssrc);
        System.arraycopy(payload, 0, packet, RtpPacket.HEADER_BYTES, payload.length);
        return packet;
    }

    void send(byte[] datagram) throws IOException {
        socket.send(ByteBuffer.wrap(datagram), target);
    }

    /** 20 ms of speech, and on. */
    void speak(int payloadType, byte[] payload) throws IOException {
        send(packet(payloadType, payload));
        sequence++;
        timestamp += payload.length;
    }

    void sendKey(int event, int units, boolean end) throws IOException {
        byte[] payload = {(byte) event, (byte) (end ? 0x8A : 0x0A), (byte) (units >> 8), (byte) units};
        send(packet(KEYS.payloadType(), payload));
        sequence++;
    }

    /** All that has come. */
    List<byte[]> received() throws IOException {
        List<byte[]> packets = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.allocate(2_048);
        while (socket.receive(buffer.clear()) != null) {
            byte[] packet = new byte[buffer.flip().remaining()];
            buffer.get(packet);
            packets.add(packet);
        }
        return packets;
    }

    /** A steady tone. */
    static short[] tone(int hz, int sampleRateHz, int amplitude, Duration length) {
        short[] pcm = new short[(int) (sampleRateHz * length.toMillis() / 1_000)];
        for (int i = 0; i < pcm.length; i++) {
            pcm[i] = (short) (amplitude * Math.sin(2 * Math.PI * hz * i / sampleRateHz));
        }
        return pcm;
    }

    static byte[] bytes(short[] pcm) {
        return Pcm.bytes(pcm, pcm.length);
    }

    static short[] samples(byte[]... frames) {
        int total = Stream.of(frames).mapToInt(frame -> frame.length / 2).sum();
        short[] pcm = new short[total];
        int at = 0;
        for (byte[] frame : frames) {
            for (int i = 0; i + 1 < frame.length; i += 2) {
                pcm[at++] = Pcm.sample(frame, i);
            }
        }
        return pcm;
    }

    /** How loud a frequency is, as an amplitude: Goertzel. */
    static double loudness(short[] pcm, int from, int count, int hz, int sampleRateHz) {
        double real = 0;
        double imaginary = 0;
        for (int i = 0; i < count; i++) {
            double angle = 2 * Math.PI * hz * i / sampleRateHz;
            real += pcm[from + i] * Math.cos(angle);
            imaginary += pcm[from + i] * Math.sin(angle);
        }
        return 2 * Math.hypot(real, imaginary) / count;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
