package org.caravox.cli;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Clock;
import java.util.List;
import org.caravox.calls.media.MediaWishes;
import org.caravox.rtp.RtpEngine;
import org.caravox.rtp.RtpSettings;
import org.caravox.sip.stack.SipSettings;
import org.caravox.sip.stack.SipStack;

/** What the tests and the demo call with: SIP at a free port, and a few ports for audio. */
public final class Telephone implements AutoCloseable {

    private static final int FIRST_PORT = 30_000;
    private static final int LAST_PORT = 30_999;

    private final RtpEngine media;
    private final SipStack stack;

    private Telephone(String own, int port) {
        RtpSettings usual = RtpSettings.DEFAULT;
        this.media = new RtpEngine(new RtpSettings(
                own,
                null,
                FIRST_PORT,
                LAST_PORT,
                1,
                usual.codecs(),
                usual.packetLength(),
                usual.leastBuffered(),
                usual.mostBuffered(),
                usual.silentAfter(),
                usual.continuousSilence()));
        this.stack = new SipStack(
                SipSettings.of(SipSettings.Listening.plain(own, port), List.of()),
                new SimpleMeterRegistry(),
                Clock.systemUTC());
    }

    /**
     * One at the address of this machine from which a SIP address is reached.
     *
     * @throws HubFailure when the address names a host that is not known
     */
    public static Telephone reaching(String address) throws SocketException {
        String own = ownAddress(address);
        return new Telephone(own, freePort(own));
    }

    /** Rings somebody, and sends and takes audio as it is wished. */
    public PhoneLine call(String address, MediaWishes wishes) {
        return new PhoneLine(stack, media, address, wishes);
    }

    private static String ownAddress(String address) {
        String host = address.replaceFirst("(?i)^sips?:(.*@)?", "").replaceFirst("[:;?].*$", "");
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), 5060));
            return socket.getLocalAddress().getHostAddress();
        } catch (IOException e) {
            throw new HubFailure("the host " + host + " of " + address + " is not known");
        }
    }

    /** A port that nobody has now. */
    public static int freePort(String host) throws SocketException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(host, 0))) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        stack.close();
        media.close();
    }
}
