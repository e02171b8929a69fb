package org.caravox.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderGone;
import org.caravox.providers.ProviderSocket;
import org.caravox.providers.ProviderSockets.Listener;
import org.caravox.providers.ProviderSockets.SocketCall;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored")
class NettySocketsTest {

    private static final NioEventLoopGroup LOOPS = new NioEventLoopGroup(2);
    private static final NettySockets SOCKETS = new NettySockets(Trust.usual(), new ObjectMapper(), Clock.systemUTC());
    private static final BlockingQueue<String> SEEN = new LinkedBlockingQueue<>();
    private static int port;

    @BeforeAll
    static void listen() {
        Channel server = new ServerBootstrap()
                .group(LOOPS)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new HttpServerCodec(), new HttpObjectAggregator(65_536), new Station());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        port = ((InetSocketAddress) server.localAddress()).getPort();
    }

    @AfterAll
    static void stop() {
        SOCKETS.close();
        LOOPS.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** Refuses as its path says, or echoes. */
    private static final class Station extends SimpleChannelInboundHandler<Object> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, Object message) {
            if (message instanceof FullHttpRequest request) {
                SEEN.add(request.headers().get("Authorization", ""));
                answer(context, request);
            } else if (message instanceof TextWebSocketFrame text) {
                echo(context, text.text());
            } else if (message instanceof BinaryWebSocketFrame binary) {
                context.writeAndFlush(binary.retain());
            } else if (message instanceof CloseWebSocketFrame close) {
                SEEN.add("closed " + close.statusCode());
                context.close();
            }
        }

        private static void echo(ChannelHandlerContext context, String text) {
            switch (text) {
                case "close" ->
                    context.writeAndFlush(new CloseWebSocketFrame(1011, "NET-0001"))
                            .addListener(ChannelFutureListener.CLOSE);
                case "reset" -> context.close();
                case "pieces" -> {
                    context.write(new TextWebSocketFrame(false, 0, "one "));
                    context.writeAndFlush(new ContinuationWebSocketFrame(true, 0, "two"));
                }
                case "garbage" ->
                    context.pipeline()
                            .firstContext()
                            .writeAndFlush(Unpooled.wrappedBuffer(new byte[] {(byte) 0xF3, 0x7F, 1, 2, 3}));
                default -> context.writeAndFlush(new TextWebSocketFrame(text));
            }
        }

        private static void answer(ChannelHandlerContext context, FullHttpRequest request) {
            String path = URI.create(request.uri()).getPath();
            if (path.equals("/talk")) {
                var handshaker = new WebSocketServerHandshakerFactory("ws://here", null, false).newHandshaker(request);
                handshaker.handshake(context.channel(), request);
                return;
            }
            if (path.equals("/silent")) {
                return;
            }
            int status = Integer.parseInt(path.substring(1));
            DefaultFullHttpResponse refusal = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(status),
                    Unpooled.copiedBuffer("{\"err_msg\":\"not now\"}", StandardCharsets.UTF_8));
            refusal.headers()
                    .set("Retry-After", "7")
                    .set("Content-Length", refusal.content().readableBytes());
            context.writeAndFlush(refusal);
        }
    }

    /** Writes down what it is told. */
    private static final class Told implements Listener {
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

        @Override
        public void opened(ProviderSocket socket) {
            told.add("opened");
        }

        @Override
        public void text(String message) {
            told.add(message);
        }

        @Override
        public void binary(byte[] message) {
            told.add(message.length + " bytes");
        }

        @Override
        public void writable() {}

        @Override
        public void closed(int code, String reason) {
            told.add("closed " + code + " " + reason);
        }

        @Override
        public void broken(IOException why) {
            told.add("broken " + why.getClass().getSimpleName());
        }

        String next() throws InterruptedException {
            return String.valueOf(told.poll(20, TimeUnit.SECONDS));
        }
    }

    private static ProviderSocket open(String path, Told told) throws IOException, InterruptedException {
        return open(URI.create("http://127.0.0.1:" + port + path), told, LOOPS.next(), Duration.ofSeconds(20));
    }

    private static ProviderSocket open(URI uri, Told told, ScheduledExecutorService loop, Duration within)
            throws IOException, InterruptedException {
        return SOCKETS.open(
                new SocketCall("dg", uri, Map.of("Authorization", "Token k"), List.of()),
                Patience.of(within, Clock.systemUTC()),
                told,
                loop);
    }

    @Test
    void messages_go_there_and_back_in_order() throws Exception {
        Told told = new Told();
        ProviderSocket socket = open("/talk?a=b", told);

        for (int i = 0; i < 1_000; i++) {
            socket.send("message " + i);
        }
        socket.send(new byte[60_000]);
        socket.send("pieces");

        assertThat(told.next()).isEqualTo("opened");
        for (int i = 0; i < 1_000; i++) {
            assertThat(told.next()).isEqualTo("message " + i);
        }
        assertThat(told.next()).isEqualTo("60000 bytes");
        assertThat(told.next()).isEqualTo("one two");
        SEEN.clear();
        socket.close();
        assertThat(SEEN.poll(20, TimeUnit.SECONDS)).isEqualTo("closed 1000");
        assertThat(told.told).isEmpty();
    }

    @Test
    void any_single_thread_may_be_told() throws Exception {
        ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
        try {
            Told told = new Told();
            ProviderSocket socket =
                    open(URI.create("ws://127.0.0.1:" + port + "/talk"), told, loop, Duration.ofSeconds(20));
            socket.send("hello");

            assertThat(told.next()).isEqualTo("opened");
            assertThat(told.next()).isEqualTo("hello");
            socket.abort();
        } finally {
            loop.shutdownNow();
        }
    }

    @Test
    void how_the_other_side_ends_it_is_told() throws Exception {
        Told closed = new Told();
        open("/talk", closed).send("close");
        Told broken = new Told();
        open("/talk", broken).send("reset");
        Told garbage = new Told();
        open("/talk", garbage).send("garbage");

        assertThat(closed.next() + ", " + closed.next()).isEqualTo("opened, closed 1011 NET-0001");
        assertThat(broken.next() + ", " + broken.next()).isEqualTo("opened, broken IOException");
        assertThat(garbage.next() + ", " + garbage.next()).isEqualTo("opened, broken ProtocolException");
        assertThat(closed.told.poll(100, TimeUnit.MILLISECONDS)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 402, 429, 503})
    void a_refused_handshake_is_what_such_an_answer_is(int status) {
        assertThatThrownBy(() -> open("/" + status, new Told()))
                .hasMessageContaining("answered " + status)
                .hasMessageContaining("not now")
                .satisfies(why -> {
                    if (why instanceof ProviderBusy busy) {
                        assertThat(busy.why()).isEqualTo(status == 429 ? Cause.RATE_LIMITED : Cause.SERVER_ERROR);
                        assertThat(busy.retryAfter()).contains(Duration.ofSeconds(7));
                    } else {
                        assertThat(((ProviderGone) why).why())
                                .isEqualTo(status == 401 ? Cause.CREDENTIAL : Cause.QUOTA);
                    }
                });
    }

    @Test
    void who_cannot_be_reached_fails_with_why() {
        URI nobody = URI.create("ws://127.0.0.1:1/talk");
        URI nowhere = URI.create("wss://no-such-host.invalid/talk");

        assertThatThrownBy(() -> open(nobody, new Told(), LOOPS.next(), Duration.ofSeconds(20)))
                .isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> open(nowhere, new Told(), LOOPS.next(), Duration.ofSeconds(20)))
                .isInstanceOf(UnknownHostException.class);
        assertThatThrownBy(() -> open(
                        URI.create("ws://127.0.0.1:" + port + "/silent"),
                        new Told(),
                        LOOPS.next(),
                        Duration.ofMillis(300)))
                .isInstanceOf(InterruptedIOException.class);
    }

    @Test
    void a_caller_who_hangs_up_is_not_waited_for() {
        HangUp hangUp = new HangUp();
        Patience patience = new Patience(Deadline.in(Duration.ofSeconds(50), Clock.systemUTC()), hangUp);
        LOOPS.next().schedule(hangUp::hangUp, 200, TimeUnit.MILLISECONDS);

        assertThatThrownBy(() -> SOCKETS.open(
                        new SocketCall("dg", URI.create("ws://127.0.0.1:" + port + "/silent"), Map.of(), List.of()),
                        patience,
                        new Told(),
                        LOOPS.next()))
                .isInstanceOf(InterruptedIOException.class)
                .hasMessageContaining("called off");
    }
}
