package org.caravox.itests.calls;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Ports for tests of calls: such as the system gives to nobody by itself, and a hub does not take for audio. Each process of tests has
 * its own, for a port may be given long before anybody listens there, and be asked all the while: a hub sends OPTIONS to its trunks.
 */
final class FreePorts {

    private static final int PROCESS = Integer.getInteger("tests.process", 1);
    private static final int PROCESSES = 2;
    private static final int PORTS = 1_200;
    private static final int FIRST = 30_000 + Math.floorMod(PROCESS - 1, PROCESSES) * PORTS;
    private static final int AT_ONCE = 4;
    private static final AtomicInteger NEXT =
            new AtomicInteger(AT_ONCE * ThreadLocalRandom.current().nextInt(PORTS / AT_ONCE));

    private FreePorts() {}

    /** One that is free, as the three after it are: baresip takes the next for TLS, sipp all of them for audio. */
    static int next() {
        for (int i = 0; i < PORTS; i += AT_ONCE) {
            int port = FIRST + Math.floorMod(NEXT.getAndAdd(AT_ONCE), PORTS);
            if (IntStream.range(port, port + AT_ONCE).allMatch(FreePorts::isFree)) {
                return port;
            }
        }
        throw new AssertionError("no free port");
    }

    private static boolean isFree(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (DatagramSocket udp = new DatagramSocket(address);
                ServerSocket tcp = new ServerSocket()) {
            tcp.bind(address);
            return udp.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
