package org.caravox.rtp;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whom audio is taken from and sent to: the address that was announced, or, behind NAT, the one that it really comes from.
 * Once found it stays, so that a stranger cannot take over: another one is taken only if it goes on where the first was,
 * if the first has fallen silent, if it is the announced one, or if it is authentic.
 */
final class Latch {

    private static final long SILENT_NANOS = 2_000_000_000L;

    private @Nullable InetSocketAddress announced;
    private @Nullable InetSocketAddress latched;
    private long lastNanos;

    /** A new offer or answer names an address; a changed one is open to whoever comes first. */
    void announce(InetSocketAddress address) {
        if (!address.equals(announced)) {
            announced = address;
            latched = null;
        }
    }

    /**
     * Whether a packet from there is the party's.
     *
     * @param continues whether it goes on with the source and the sequence of the ones before it
     * @param authentic whether only the party can have made it
     */
    boolean accepts(InetSocketAddress from, boolean continues, boolean authentic, long nowNanos) {
        InetSocketAddress current = latched;
        if (current != null && !current.equals(from) && !mayMove(from, continues, authentic, nowNanos)) {
            return false;
        }
        if (current == null || !current.equals(from)) {
            latched = from;
        }
        lastNanos = nowNanos;
        return true;
    }

    private boolean mayMove(InetSocketAddress from, boolean continues, boolean authentic, long nowNanos) {
        return continues || authentic || from.equals(announced) || isAtSameHost(from, nowNanos);
    }

    /** A NAT changes the port of who was silent, rarely the address; a stranger has another. */
    private boolean isAtSameHost(InetSocketAddress from, long nowNanos) {
        InetSocketAddress current = latched;
        return nowNanos - lastNanos > SILENT_NANOS
                && (current == null || from.getAddress().equals(current.getAddress()));
    }

    /** Where audio goes; null while nothing was announced. */
    @Nullable
    InetSocketAddress target() {
        return latched == null ? announced : latched;
    }
}
