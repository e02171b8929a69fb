package org.caravox.rtp;

import io.netty.channel.nio.NioEventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.caravox.calls.media.MediaEngine;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.media.MediaListener;
import org.caravox.calls.media.MediaWishes;
import org.caravox.requests.Refusal;

/** Carries all calls on a few threads, each with its share of them. */
public final class RtpEngine implements MediaEngine, AutoCloseable {

    private final RtpSettings settings;
    private final String advertised;
    private final PortRange ports;
    private final NioEventLoopGroup threads;
    private final List<MediaLoop> loops = new ArrayList<>();
    private final Set<RtpLeg> legs = ConcurrentHashMap.newKeySet();

    /** Starts its threads; ports are bound call by call. */
    public RtpEngine(RtpSettings settings) {
        this.settings = settings;
        advertised = isWildcard(settings.advertised()) ? ownAddress() : settings.advertised();
        ports = new PortRange(settings.bindAddress(), settings.firstPort(), settings.lastPort());
        int count =
                settings.loops() > 0 ? settings.loops() : Runtime.getRuntime().availableProcessors();
        threads = new NioEventLoopGroup(count, new DefaultThreadFactory("rtp", true));
        for (EventExecutor thread : threads) {
            loops.add(new MediaLoop((NioEventLoop) thread));
        }
    }

    private static boolean isWildcard(String address) {
        return address.equals("0.0.0.0") || address.equals("::");
    }

    /** Where nothing is set: the first address of this machine that others can reach, else loopback. */
    private static String ownAddress() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                    .map(InetAddress::getHostAddress)
                    .findFirst()
                    .orElse("127.0.0.1");
        } catch (SocketException e) {
            return "127.0.0.1";
        }
    }

    /**
     * @throws Refusal OVERLOADED when every port of the range is taken
     * @throws Refusal INVALID    when the wishes name a codec that is not known
     */
    @Override
    public MediaLeg open(MediaWishes wishes, MediaListener listener) {
        if (!RtpSettings.CODECS.containsAll(wishes.codecs())) {
            throw Refusal.invalid("codecs must be among " + RtpSettings.CODECS + ", was " + wishes.codecs());
        }
        MediaLoop loop =
                loops.stream().min(Comparator.comparingInt(MediaLoop::assigned)).orElseThrow();
        UdpPair pair = ports.take();
        String address = wishes.address() == null ? advertised : wishes.address();
        RtpLeg leg = new RtpLeg(settings, wishes, address, pair, loop, listener, this::closed);
        legs.add(leg);
        leg.start();
        return leg;
    }

    private void closed(RtpLeg leg) {
        legs.remove(leg);
        ports.free(leg.port());
    }

    @Override
    public int open() {
        return legs.size();
    }

    /** Ends all that is open. */
    @Override
    public void close() {
        legs.forEach(RtpLeg::close);
        threads.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
