package org.caravox.rtp;

import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import org.caravox.requests.Refusal;

/** The ports that calls may use, two a call, those that were free for longest first. */
final class PortRange {

    private final String address;
    private final int first;
    private final int pairs;
    private final BitSet taken = new BitSet();
    private int next;

    PortRange(String address, int firstPort, int lastPort) {
        this.address = address;
        first = firstPort;
        pairs = (lastPort - firstPort + 1) / 2;
    }

    /** @throws Refusal OVERLOADED when none is free */
    synchronized UdpPair take() {
        for (int tried = 0; tried < pairs; tried++) {
            int pair = next;
            next = (next + 1) % pairs;
            if (taken.get(pair)) {
                continue;
            }
            Optional<UdpPair> ports = UdpPair.bind(address, first + 2 * pair);
            if (ports.isPresent()) {
                taken.set(pair);
                return ports.get();
            }
        }
        throw new Refusal(
                Refusal.Reason.OVERLOADED,
                "no port is free for the audio of a call: all of " + first + " to " + (first + 2 * pairs - 1) + " on "
                        + address + " are in use; widen the range, or let fewer calls in",
                Duration.ofSeconds(5),
                null);
    }

    synchronized void free(int port) {
        taken.clear((port - first) / 2);
    }
}
