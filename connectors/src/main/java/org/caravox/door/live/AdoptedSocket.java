package org.caravox.door.live;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import jakarta.servlet.http.WebConnection;
import java.util.concurrent.locks.Lock;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Takes a connection that Tomcat accepted, and whose handshake it did, over to an event loop of Netty's. Tomcat keeps the
 * wrapper, by which its count of connections, its pause and its stop reach us, and never looks at the socket again,
 * because {@link #hasAsyncIO()} says so. RATIONALE.md says why.
 *
 * <p>Public, with a constructor without parameters, because the servlet API makes it.
 */
public final class AdoptedSocket implements InternalHttpUpgradeHandler {

    private static final int RESTARTS = 1012;

    private volatile LiveDoor.@Nullable Opened opened;
    private volatile @Nullable SocketWrapperBase<?> wrapper;
    private volatile @Nullable Channel channel;

    /** Whose connection it becomes; called before Tomcat begins with it. */
    void begins(LiveDoor.Opened what) {
        opened = what;
    }

    /** Whether it has become a channel; otherwise it never will, some seconds after the handshake. */
    boolean begun() {
        return channel != null;
    }

    @Override
    public void setSocketWrapper(@Nullable SocketWrapperBase<?> given) {
        if (given != null) { // Tomcat takes it back with null
            wrapper = given;
        }
    }

    @Override
    public boolean hasAsyncIO() {
        return true;
    }

    /** Called once the answer to the handshake is written, on the request's thread. */
    @Override
    public void init(WebConnection connection) {
        SocketWrapperBase<?> from = wrapper;
        LiveDoor.Opened what = opened;
        if (from == null || what == null || !(from.getSocket() instanceof NioChannel nio) || isSecure(nio)) {
            throw new IllegalStateException("only plain connections of Tomcat's NIO connector can be taken over");
        }
        ByteBuf early = early(nio.getBufHandler());
        // Tomcat's key stays, without interest: cancelled here, the poller, which may be looking at it, would close the
        // socket.
        NioSocketChannel adopted = new NioSocketChannel(null, nio.getIOChannel());
        adopted.config().setOption(ChannelOption.TCP_NODELAY, true);
        channel = adopted;
        SocketLine line = new SocketLine(adopted, what.codec(), System::nanoTime);
        adopted.closeFuture().addListener(closed -> release(from));
        what.loop().register(adopted).addListener((ChannelFuture registered) -> {
            if (registered.isSuccess()) {
                line.begin(early);
            } else {
                early.release();
                adopted.unsafe().closeForcibly();
                what.codec().closed();
            }
        });
    }

    private static boolean isSecure(NioChannel nio) {
        return nio instanceof SecureNioChannel;
    }

    /** What came in the same read as the handshake: Tomcat holds it in the wrapper's read buffer. */
    private static ByteBuf early(SocketBufferHandler buffers) {
        buffers.configureReadBufferForRead();
        byte[] copy = new byte[buffers.getReadBuffer().remaining()];
        buffers.getReadBuffer().get(copy);
        return Unpooled.wrappedBuffer(copy);
    }

    /** Gives back Tomcat's count, processor and buffers; under the lock, lest its thread be about to file the processor. */
    private static void release(SocketWrapperBase<?> wrapper) {
        Lock lock = wrapper.getLock();
        lock.lock();
        try {
            wrapper.close();
        } finally {
            lock.unlock();
        }
    }

    /** Tomcat tells of its stop, and of errors: there is nothing else that it still sees. */
    @Override
    public SocketState upgradeDispatch(SocketEvent event) {
        destroy();
        return SocketState.CLOSED;
    }

    /** Tomcat accepts no more: whoever is still there is told. */
    @Override
    public void pause() {
        Channel open = channel;
        if (open != null) {
            var unused = open.writeAndFlush(new CloseWebSocketFrame(RESTARTS, "this hub stops: connect again"));
        }
    }

    @Override
    public void destroy() {
        Channel open = channel;
        if (open != null) {
            var unused = open.close();
        }
    }

    @Override
    public void timeoutAsync(long now) {} // the line has its own

    @Override
    public void setSslSupport(SSLSupport support) {}
}
