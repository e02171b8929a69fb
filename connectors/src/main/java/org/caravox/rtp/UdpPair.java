package org.caravox.rtp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.Optional;

/** Two ports in a row: RTP on the even one, RTCP on the odd one above it. */
record UdpPair(DatagramChannel rtp, DatagramChannel rtcp, int port) implements AutoCloseable {

    /** A pause of the whole process of a second, at 20 ms a packet, and as much again. */
    private static final int BUFFER_BYTES = 128 * 1024;

    /** Empty when one of them is taken. */
    static Optional<UdpPair> bind(String address, int port) {
        Optional<DatagramChannel> rtp = bound(address, port);
        if (rtp.isEmpty()) {
            return Optional.empty();
        }
        Optional<DatagramChannel> rtcp = bound(address, port + 1);
        if (rtcp.isEmpty()) {
            close(rtp.get());
            return Optional.empty();
        }
        return Optional.of(new UdpPair(rtp.get(), rtcp.get(), port));
    }

    private static Optional<DatagramChannel> bound(String address, int port) {
        DatagramChannel channel = null;
        try {
            channel = DatagramChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
            // Expedited forwarding: RFC 4594, telephony.
            channel.setOption(StandardSocketOptions.IP_TOS, 0xB8);
            channel.bind(new InetSocketAddress(address, port));
            return Optional.of(channel);
        } catch (IOException taken) {
            if (channel != null) {
                close(channel);
            }
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        close(rtp);
        close(rtcp);
    }

    private static void close(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
