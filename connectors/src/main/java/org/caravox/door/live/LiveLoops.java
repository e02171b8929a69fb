package org.caravox.door.live;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The threads on which live streams come in, each for many of them. */
public final class LiveLoops implements AutoCloseable {

    private static final Duration LOOK_EVERY = Duration.ofMillis(2);

    private final NioEventLoopGroup loops;

    /** @param count how many, at least 1 */
    public LiveLoops(int count) {
        this.loops = new NioEventLoopGroup(
                count,
                new DefaultThreadFactory("live", true),
                SelectorProvider.provider(),
                () -> new Unhurried(LOOK_EVERY));
    }

    /** The one whose turn it is. */
    EventLoop next() {
        return loops.next();
    }

    @Override
    public void close() {
        var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
