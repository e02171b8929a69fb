package org.caravox.door.live.phone;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.caravox.door.live.LiveLine;
import org.caravox.door.live.phone.AudioSocketTickets.Ticket;
import org.caravox.requests.RequestIds;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of an AudioSocket: its first frame says whose it is, the others are a stream's. */
final class AudioSocketConnection extends SimpleChannelInboundHandler<ByteBuf> {

    private static final Logger log = LoggerFactory.getLogger(AudioSocketConnection.class);
    private static final String DOOR = "audiosocket";
    private static final Duration TOLD_WITHIN = Duration.ofSeconds(10);

    private final AudioSocketTickets tickets;
    private final PhoneCalls calls;
    private @Nullable PhoneStream stream;

    AudioSocketConnection(AudioSocketTickets tickets, PhoneCalls calls) {
        this.tickets = tickets;
        this.calls = calls;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        var unused = context.executor()
                .schedule(
                        () -> {
                            if (stream == null) {
                                closeNow(context.channel());
                            }
                        },
                        TOLD_WITHIN.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
        byte[] frame = ByteBufUtil.getBytes(message);
        PhoneStream begun = stream;
        if (begun != null) {
            begun.binary(frame);
        } else if (context.channel().isActive()) { // what came with a frame that was refused is not looked at
            begin(context.channel(), frame);
        }
    }

    private void begin(Channel channel, byte[] frame) {
        Optional<UUID> id = AudioSocketCodec.uuid(frame);
        Optional<Ticket> ticket = id.flatMap(tickets::take);
        if (ticket.isEmpty()) {
            log.info("phone.refused door={} reason=UNAUTHENTICATED", DOOR);
            closeNow(channel);
            return;
        }
        PhoneHandshake handshake = new PhoneHandshake(
                RequestIds.next(), DOOR, Optional.of(ticket.get().caller()), "", Optional.empty());
        PhoneStream begun = new PhoneStream(
                handshake,
                line -> new AudioSocketCodec(line, id.get(), ticket.get().wishes()),
                calls);
        begun.opened(new Line(channel));
        stream = begun;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        PhoneStream begun = stream;
        if (begun != null) {
            begun.closed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            log.warn("phone.broken door={}", DOOR, cause);
        }
        closeNow(context.channel());
    }

    private static void closeNow(Channel channel) {
        var unused = channel.close();
    }

    /** What AudioSocket has of a line: it can be held back, and hung up. */
    private record Line(Channel channel) implements LiveLine {

        @Override
        public ScheduledExecutorService loop() {
            return channel.eventLoop();
        }

        @Override
        public void text(String message) {
            throw new IllegalStateException("AudioSocket has no text");
        }

        @Override
        public void binary(byte[] message) {
            var unused = channel.writeAndFlush(Unpooled.wrappedBuffer(message));
        }

        @Override
        public void pause() {
            channel.config().setAutoRead(false);
        }

        @Override
        public void resume() {
            channel.config().setAutoRead(true);
        }

        @Override
        public void close(int code, String reason) {
            log.debug("phone.closed door={} code={} reason=\"{}\"", DOOR, code, reason);
            byte[] hangUp = {AudioSocketCodec.HANG_UP, 0, 0};
            channel.writeAndFlush(Unpooled.wrappedBuffer(hangUp)).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
