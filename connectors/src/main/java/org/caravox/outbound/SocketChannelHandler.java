package org.caravox.outbound;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.caravox.providers.ErrorAnswer;
import org.caravox.providers.ProviderAnswer;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderSocket;
import org.caravox.providers.ProviderSockets.Listener;
import org.jspecify.annotations.Nullable;

/** One socket: its handshake, then its messages. It asks now and then whether the other side is still there. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails in a channel comes to exceptionCaught or channelInactive
final class SocketChannelHandler extends SimpleChannelInboundHandler<Object> implements ProviderSocket {

    private static final Duration PING_EVERY = Duration.ofSeconds(5);
    private static final Duration PONG_WITHIN = Duration.ofSeconds(10);

    /** Where the other side reads no more, no goodbye goes out. */
    private static final Duration GOODBYE_WITHIN = Duration.ofSeconds(2);

    private static final int NO_CODE = 1005;

    private final String provider;
    private final WebSocketClientHandshaker handshaker;
    private final Listener listener;
    private final ScheduledExecutorService loop;
    private final ObjectMapper json;
    private final Clock clock;
    private final CompletableFuture<ProviderSocket> opened = new CompletableFuture<>();

    private volatile @Nullable Channel channel;
    private volatile boolean over;
    private @Nullable Future<?> pings;
    private long pingedAt;
    private boolean pinged;

    SocketChannelHandler(
            String provider,
            WebSocketClientHandshaker handshaker,
            Listener listener,
            ScheduledExecutorService loop,
            ObjectMapper json,
            Clock clock) {
        this.provider = provider;
        this.handshaker = handshaker;
        this.listener = listener;
        this.loop = loop;
        this.json = json;
        this.clock = clock;
    }

    /** Done once the handshake is; fails with what went wrong. */
    CompletableFuture<ProviderSocket> opened() {
        return opened;
    }

    /** Nobody waits for the handshake any more. */
    void callOff() {
        if (opened.completeExceptionally(new InterruptedIOException("the call was called off"))) {
            abort();
        }
    }

    /** The connection is there, or cannot be had. */
    void connected(io.netty.util.concurrent.Future<? super Void> connection) {
        Throwable why = connection.cause();
        if (why != null) {
            opened.completeExceptionally(why);
        }
    }

    /** The channel is closed; that matters where it was never open. */
    void closedEarly() {
        opened.completeExceptionally(new IOException("the connection was closed before the handshake"));
    }

    // ---- handshake
    // ----------------------------------------------------------------------------------------------------

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
        if (over) {
            context.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        handshaker.handshake(context.channel());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
        pinged = false;
        if (message instanceof WebSocketFrame frame) {
            frame(context, frame);
        } else if (message instanceof FullHttpResponse answer) {
            handshaken(context, answer);
        }
    }

    private void handshaken(ChannelHandlerContext context, FullHttpResponse answer) {
        if (!answer.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            opened.completeExceptionally(ErrorAnswer.read(provider, new NoHandshake(answer), json, clock)
                    .failure());
            context.close();
            return;
        }
        try {
            handshaker.finishHandshake(context.channel(), answer);
        } catch (WebSocketHandshakeException e) {
            opened.completeExceptionally(new ProviderBusy(
                    provider, Cause.GARBAGE, "answered what is no handshake of a WebSocket", null, null));
            context.close();
            return;
        }
        context.pipeline()
                .addBefore(
                        context.name(), "whole-messages", new WebSocketFrameAggregator(NettySockets.LARGEST_MESSAGE));
        pings = context.executor()
                .scheduleWithFixedDelay(
                        () -> ping(context), PING_EVERY.toMillis(), PING_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        tell(() -> listener.opened(this));
        if (!opened.complete(this)) {
            abort();
        }
    }

    // ---- messages
    // -----------------------------------------------------------------------------------------------------

    private void frame(ChannelHandlerContext context, WebSocketFrame frame) {
        if (frame instanceof TextWebSocketFrame text) {
            String message = text.text();
            tell(() -> listener.text(message));
        } else if (frame instanceof BinaryWebSocketFrame) {
            byte[] message = ByteBufUtil.getBytes(frame.content());
            tell(() -> listener.binary(message));
        } else if (frame instanceof PingWebSocketFrame) {
            context.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
        } else if (frame instanceof CloseWebSocketFrame close) {
            int code = close.statusCode() < 0 ? NO_CODE : close.statusCode();
            String reason = close.reasonText();
            finish(() -> listener.closed(code, reason));
            context.writeAndFlush(new CloseWebSocketFrame(
                            close.isFinalFragment(), 0, close.content().retain()))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void ping(ChannelHandlerContext context) {
        if (!pinged) {
            pinged = true;
            pingedAt = System.nanoTime();
            context.writeAndFlush(new PingWebSocketFrame());
        } else if (System.nanoTime() - pingedAt >= PONG_WITHIN.toNanos()) {
            broken(context, new SocketTimeoutException("nothing was heard of the other side"));
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable() && handshaker.isHandshakeComplete()) {
            tell(listener::writable);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable why) {
        Throwable cause = why instanceof DecoderException && why.getCause() != null ? why.getCause() : why;
        broken(context, cause instanceof IOException io ? io : garbage(cause));
    }

    private static IOException garbage(Throwable cause) {
        return (IOException) new ProtocolException("what came is no WebSocket").initCause(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        broken(context, new IOException("the connection was closed"));
    }

    private void broken(ChannelHandlerContext context, IOException why) {
        if (!opened.completeExceptionally(why)) {
            finish(() -> listener.broken(why));
        }
        stopPings();
        context.close();
    }

    private void finish(Runnable last) {
        tell(last);
        over = true;
        stopPings();
    }

    private void stopPings() {
        Future<?> timer = pings;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void tell(Runnable what) {
        if (over) {
            return;
        }
        Channel here = channel;
        if (here != null && here.eventLoop() == loop) {
            what.run();
            return;
        }
        try {
            loop.execute(what);
        } catch (RejectedExecutionException e) {
            abort(); // nobody is left to be told
        }
    }

    // ---- what the provider's leg does
    // ---------------------------------------------------------------------------------

    @Override
    public void send(String text) {
        write(new TextWebSocketFrame(text));
    }

    @Override
    public void send(byte[] bytes) {
        write(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
    }

    private void write(WebSocketFrame frame) {
        Channel here = channel;
        if (here == null || over) {
            frame.release();
            return;
        }
        here.writeAndFlush(frame, here.voidPromise());
    }

    @Override
    public boolean isFull() {
        Channel here = channel;
        return here != null && !here.isWritable();
    }

    @Override
    public void close() {
        Channel here = channel;
        if (over || here == null) {
            abort();
            return;
        }
        over = true;
        here.eventLoop().execute(this::stopPings);
        here.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
                .addListener(ChannelFutureListener.CLOSE);
        here.eventLoop().schedule(this::abort, GOODBYE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void abort() {
        over = true;
        Channel here = channel;
        if (here != null) {
            here.close();
        }
    }

    /** An answer that is no handshake. */
    private record NoHandshake(FullHttpResponse answer) implements ProviderAnswer {

        @Override
        public int status() {
            return answer.status().code();
        }

        @Override
        public Optional<String> header(String name) {
            return Optional.ofNullable(answer.headers().get(name));
        }

        @Override
        public InputStream body() {
            return new ByteBufInputStream(answer.content());
        }

        @Override
        public void close() {}
    }
}
