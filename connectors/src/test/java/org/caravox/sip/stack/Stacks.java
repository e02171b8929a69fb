package org.caravox.sip.stack;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.caravox.calls.signalling.Dial;
import org.caravox.calls.signalling.SignalLeg;

/** Stacks on loopback, closed in the end. */
final class Stacks implements AutoCloseable {

    static final Trunk LOCAL = Trunk.open("local", List.of(), "udp", List.of("127.0.0.0/8"));

    /** Their peers are often gone before them. */
    private static final Duration BRIEFLY = Duration.ofMillis(200);

    private final List<SipStack> open = new ArrayList<>();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private static final int PORTS = 500;
    private static final int FIRST_PORT = 20_000 + (Integer.getInteger("tests.process", 1) - 1) % 2 * PORTS;
    private static final AtomicInteger NEXT_PORT = new AtomicInteger();

    /** Of this process of tests alone: some are asked before anybody listens there, or after. */
    static int freePort() {
        for (int i = 0; i < PORTS; i++) {
            int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
            try (var udp = new DatagramSocket(port, InetAddress.getLoopbackAddress());
                    var tcp = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (udp.isBound() && tcp.isBound()) {
                    return port;
                }
            } catch (IOException taken) {
                // the next one
            }
        }
        throw new AssertionError("no free port");
    }

    static SipSettings settings(int port, Trunk... trunks) {
        return SipSettings.of(SipSettings.Listening.plain("127.0.0.1", port), List.of(trunks));
    }

    SipStack start(SipSettings settings) {
        var stack = new SipStack(settings, registry, Clock.systemUTC());
        open.add(stack);
        return stack;
    }

    /** One that takes calls from loopback. */
    int startAnswering(List<Heard> into, Consumer<SignalLeg> then) {
        int port = freePort();
        start(settings(port, LOCAL)).answeredBy(Heard.calls(into, then));
        return port;
    }

    SipStack startCalling(Trunk... trunks) {
        return start(settings(freePort(), trunks));
    }

    static List<Heard> nobody() {
        return new CopyOnWriteArrayList<>();
    }

    static Dial dial(String to) {
        return new Dial(
                to,
                "+4930999",
                "Bo \"B\" Li",
                null,
                Heard.audio(21000),
                Map.of("X-Ticket", "7"),
                Duration.ofSeconds(20),
                null);
    }

    static Dial dial(int port) {
        return dial("sip:1000@127.0.0.1:" + port);
    }

    @Override
    public void close() {
        open.forEach(stack -> stack.close(BRIEFLY));
    }
}
