package org.caravox.door.live.phone;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.net.InetSocketAddress;

/** Takes the connections of Asterisk's AudioSocket. They are not encrypted: for networks that one trusts. */
public final class AudioSocketServer implements AutoCloseable {

    private static final int LENGTH_OFFSET = 1;
    private static final int LENGTH_BYTES = 2;
    private static final int LARGEST_FRAME = AudioSocketCodec.HEADER_BYTES + 0xFFFF;

    private final Channel listening;

    /**
     * Listens.
     *
     * @param address where; port 0 is any that is free
     * @param loops   of {@link io.netty.channel.nio.NioEventLoopGroup}; they stay open
     * @throws IllegalStateException when the port is taken
     */
    public AudioSocketServer(
            InetSocketAddress address, EventLoopGroup loops, AudioSocketTickets tickets, PhoneCalls calls) {
        var bound = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new LengthFieldBasedFrameDecoder(LARGEST_FRAME, LENGTH_OFFSET, LENGTH_BYTES))
                                .addLast(new AudioSocketConnection(tickets, calls));
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IllegalStateException(
                    "caravox.live.audiosocket.port " + address.getPort() + " cannot be listened to: choose another",
                    bound.cause());
        }
        this.listening = bound.channel();
    }

    /** Where it listens. */
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** Takes no more connections; those that are there stay. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
    }
}
