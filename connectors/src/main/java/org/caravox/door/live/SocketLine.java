package org.caravox.door.live;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A WebSocket (RFC 6455) that is open: its frames, pings and end. On its channel's event loop only. */
final class SocketLine extends ChannelInboundHandlerAdapter implements LiveLine {

    /** The largest message that is taken: half a minute of 16 kHz audio. */
    static final int LARGEST_MESSAGE = 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(SocketLine.class);

    /** Some thousand events: a client that has so many to read does not read. */
    private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private static final Duration PING_EVERY = Duration.ofSeconds(20);
    private static final Duration GONE_AFTER = PING_EVERY.multipliedBy(2);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(3);
    private static final int LONGEST_REASON_BYTES = 123; // RFC 6455, section 5.5
    private static final int TOO_BIG = 1009;
    private static final int FAILED = 1011;
    private static final WebSocketDecoderConfig FRAMES = WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(LARGEST_MESSAGE)
            .allowExtensions(false)
            .closeOnProtocolViolation(false)
            .withUTF8Validator(false)
            .build();

    private final Channel channel;
    private final LiveCodec codec;
    private final LongSupplier nanos;
    private @Nullable Future<?> pinging;
    private long lastRead;
    private boolean paused;
    private boolean closing;
    private boolean told;

    /** @param nanos the time that passes, as {@link System#nanoTime()} tells it */
    SocketLine(Channel channel, LiveCodec codec, LongSupplier nanos) {
        this.channel = channel;
        this.codec = codec;
        this.nanos = nanos;
        this.lastRead = nanos.getAsLong();
        channel.config().setAutoRead(false);
        channel.config().setWriteBufferWaterMark(UNREAD);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(
                new WholeFrames(this::audio),
                new WebSocket13FrameDecoder(FRAMES),
                new WebSocket13FrameEncoder(false),
                new Utf8FrameValidator(false),
                new WebSocketFrameAggregator(LARGEST_MESSAGE),
                this);
    }

    /** Begins, on the loop, with what was read together with the handshake. */
    void begin(ByteBuf early) {
        codec.opened(this);
        pinging = channel.eventLoop()
                .scheduleAtFixedRate(this::ping, PING_EVERY.toSeconds(), PING_EVERY.toSeconds(), TimeUnit.SECONDS);
        if (early.isReadable()) {
            channel.pipeline().fireChannelRead(early);
            channel.pipeline().fireChannelReadComplete();
        } else {
            early.release();
        }
        if (!paused) {
            channel.config().setAutoRead(true);
        }
    }

    // ---- what the codec does
    // ------------------------------------------------------------------------------------------

    @Override
    public ScheduledExecutorService loop() {
        return channel.eventLoop();
    }

    @Override
    public void text(String text) {
        if (!closing) {
            write(new TextWebSocketFrame(ByteBufUtil.writeUtf8(channel.alloc(), text)));
        }
    }

    @Override
    public void binary(byte[] bytes) {
        if (!closing) {
            write(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
        }
    }

    @Override
    public void pause() {
        paused = true;
        channel.config().setAutoRead(false);
    }

    @Override
    public void resume() {
        paused = false;
        lastRead = nanos.getAsLong();
        channel.config().setAutoRead(true);
    }

    @Override
    public void close(int code, String reason) {
        if (closing) {
            return;
        }
        closing = true;
        write(new CloseWebSocketFrame(code, shortened(reason)));
        cutSoon();
        channel.config().setAutoRead(true); // for the client's own close
    }

    private void write(Object frame) {
        var unused = channel.writeAndFlush(frame, channel.voidPromise());
    }

    private void cutSoon() {
        var unused = channel.eventLoop().schedule(this::cut, CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cut() {
        var unused = channel.close();
    }

    private static String shortened(String reason) {
        String some = reason;
        while (some.getBytes(StandardCharsets.UTF_8).length > LONGEST_REASON_BYTES) {
            some = some.substring(0, some.length() - 1);
        }
        return some;
    }

    // ---- what the client does
    // -----------------------------------------------------------------------------------------

    private void audio(byte[] bytes) {
        lastRead = System.nanoTime();
        if (!closing) {
            codec.binary(bytes);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        lastRead = nanos.getAsLong();
        try {
            if (message instanceof CloseWebSocketFrame close) {
                clientCloses(close);
            } else if (!closing) {
                read(message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(Object message) {
        if (message instanceof BinaryWebSocketFrame audio) {
            codec.binary(ByteBufUtil.getBytes(audio.content()));
        } else if (message instanceof TextWebSocketFrame text) {
            codec.text(text.text());
        } else if (message instanceof PingWebSocketFrame ping) {
            write(new PongWebSocketFrame(ping.content().retain()));
        }
    }

    private void clientCloses(CloseWebSocketFrame close) {
        if (closing) {
            cut();
            return;
        }
        closing = true;
        channel.writeAndFlush(close.retainedDuplicate()).addListener(ChannelFutureListener.CLOSE);
        cutSoon(); // should it read no more
        gone();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        gone();
    }

    private void gone() {
        closing = true;
        Future<?> pings = pinging;
        if (pings != null) {
            pings.cancel(false);
        }
        if (!told) {
            told = true;
            codec.closed();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!closing && !channel.isWritable()) {
            codec.slow();
        }
    }

    private void ping() {
        if (!paused && nanos.getAsLong() - lastRead > GONE_AFTER.toNanos()) {
            cut();
            return;
        }
        write(new PingWebSocketFrame());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable why) {
        if (why instanceof CorruptedWebSocketFrameException corrupted
                && corrupted.closeStatus().code() != TOO_BIG) {
            close(corrupted.closeStatus().code(), corrupted.getMessage() == null ? "" : corrupted.getMessage());
        } else if (why instanceof CorruptedWebSocketFrameException || why instanceof TooLongFrameException) {
            close(TOO_BIG, "a message may have " + LARGEST_MESSAGE + " bytes: send audio in smaller ones");
        } else if (why instanceof CodecException) {
            close(FAILED, "");
        } else if (why instanceof IOException) {
            cut();
        } else {
            log.error("live.socket.failed", why);
            close(FAILED, "the hub failed");
        }
    }
}
