package org.caravox.outbound;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioEventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderSocket;
import org.caravox.providers.ProviderSockets;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.jspecify.annotations.Nullable;

/**
 * Connects to providers, whose addresses the operator has set, by WebSocket. A socket lives on the event loop that it is
 * given, so that audio passes through the hub on one thread; where that is no event loop of Netty's, on one of its own.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails in a channel comes to its handler
public final class NettySockets implements ProviderSockets, AutoCloseable {

    /** The largest message that is taken. */
    static final int LARGEST_MESSAGE = 1024 * 1024;

    private static final int LARGEST_REFUSAL = 64 * 1024;
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

    /** Two seconds of 16 kHz audio: beyond it the provider is slow, and audio waits in the session instead. */
    private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    private final ObjectMapper json;
    private final Clock clock;
    private final SSLContext tls;
    private final NioEventLoopGroup own = new NioEventLoopGroup(1, new DefaultThreadFactory("provider-sockets", true));

    /** @param trust decides on the certificates that are shown to us */
    public NettySockets(Trust trust, ObjectMapper json, Clock clock) {
        this.tls = trust.context();
        this.json = json;
        this.clock = clock;
    }

    @Override
    public ProviderSocket open(SocketCall call, Patience patience, Listener listener, ScheduledExecutorService loop)
            throws IOException, InterruptedException {
        Duration left = patience.deadline().left();
        if (left.isZero()) {
            throw new InterruptedIOException("the deadline has passed");
        }
        URI uri = webSocket(call.uri());
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(uri.getHost()), uri.getPort());
        SocketChannelHandler handler =
                new SocketChannelHandler(call.provider(), handshaker(uri, call), listener, loop, json, clock);
        ChannelFuture connected = bootstrap(uri, handler, loop, left).connect(address);
        connected.addListener(handler::connected);
        Channel channel = connected.channel();
        channel.closeFuture().addListener(closed -> channel.eventLoop().execute(handler::closedEarly));
        HangUp.Interest interest = patience.hangUp().whenHungUp(handler::callOff);
        try {
            return handler.opened().get(left.toMillis() + 1, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            handler.callOff();
            throw (IOException) new InterruptedIOException("no handshake in time").initCause(e);
        } catch (InterruptedException e) {
            handler.callOff();
            throw e;
        } catch (ExecutionException e) {
            channel.close();
            throw thrown(e.getCause());
        } finally {
            interest.close();
        }
    }

    private static IOException thrown(@Nullable Throwable why) {
        if (why instanceof ProviderFailure refused) {
            throw refused;
        }
        return why instanceof IOException io ? io : new IOException("the handshake failed", why);
    }

    private Bootstrap bootstrap(URI uri, SocketChannelHandler handler, ScheduledExecutorService loop, Duration left) {
        boolean secure = uri.getScheme().equals("wss");
        EventLoop eventLoop = loop instanceof NioEventLoop nio ? nio : own.next();
        Duration connect = left.compareTo(CONNECT_WITHIN) < 0 ? left : CONNECT_WITHIN;
        return new Bootstrap()
                .group(eventLoop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, connect.toMillis()))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        ChannelPipeline pipeline = channel.pipeline();
                        if (secure) {
                            pipeline.addLast(tlsTo(uri));
                        }
                        pipeline.addLast(new HttpClientCodec())
                                .addLast(new HttpObjectAggregator(LARGEST_REFUSAL))
                                .addLast(handler);
                    }
                });
    }

    private SslHandler tlsTo(URI uri) {
        SSLEngine engine = tls.createSSLEngine(uri.getHost(), uri.getPort());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return new SslHandler(engine);
    }

    private static WebSocketClientHandshaker handshaker(URI uri, SocketCall call) {
        HttpHeaders headers = new DefaultHttpHeaders().set("User-Agent", "Caravox");
        call.headers().forEach(headers::set);
        String subprotocols = call.subprotocols().isEmpty() ? null : String.join(",", call.subprotocols());
        return WebSocketClientHandshakerFactory.newHandshaker(
                uri, WebSocketVersion.V13, subprotocols, false, headers, LARGEST_MESSAGE);
    }

    /** The same address with a scheme of WebSockets and a port. */
    private static URI webSocket(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("wss") || scheme.equals("https");
        int port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return URI.create((secure ? "wss" : "ws") + "://" + uri.getHost() + ":" + port + uri.getRawPath() + query);
    }

    @Override
    public void close() {
        own.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
