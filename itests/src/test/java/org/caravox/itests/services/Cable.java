package org.caravox.itests.services;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetSocketInternal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A cable between a hub and a server, which a test may cut or freeze. It carries TCP on loopback, and makes whoever
 * sends too fast wait, as a real one does.
 */
public final class Cable implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final long ANSWER_WITHIN_SECONDS = 20;

    private enum State {
        WHOLE,
        CUT,
        FROZEN
    }

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final NetClient client = vertx.createNetClient();
    private final int serverPort;
    private final NetServer server;

    // These two belong to the one event loop
    private final Set<Link> links = new HashSet<>();
    private State state = State.WHOLE;

    private Cable(int serverPort, int port) {
        this.serverPort = serverPort;
        this.server = result(
                vertx.createNetServer(new NetServerOptions().setHost(LOOPBACK).setPort(port))
                        .connectHandler(this::accept)
                        .listen());
    }

    /** A cable to a server's port, with any free port at the hub's end. */
    public static Cable to(int serverPort) {
        return new Cable(serverPort, 0);
    }

    /** A cable to a server's port, with this port at the hub's end. */
    public static Cable to(int serverPort, int port) {
        return new Cable(serverPort, port);
    }

    /** The port at the hub's end, on 127.0.0.1. */
    public int port() {
        return server.actualPort();
    }

    /** Ends all connections; new ones are closed as soon as they are made, until it is mended. */
    public void cut() {
        change(State.CUT);
    }

    /**
     * A partition: connections stay, new ones can be made, and nothing passes, not even that the other end has hung up.
     * What was sent meanwhile passes when it is mended.
     */
    public void freeze() {
        change(State.FROZEN);
    }

    /** All is well again, for the connections that are still there and for new ones. */
    public void mend() {
        change(State.WHOLE);
    }

    /** How many connections go through it, or wait to. */
    public int connections() {
        return onLoop(links::size);
    }

    /** Ends all connections, and refuses new ones. */
    @Override
    public void close() {
        result(vertx.close());
    }

    private void change(State next) {
        onLoop(() -> {
            state = next;
            for (Link link : List.copyOf(links)) {
                switch (next) {
                    case WHOLE -> link.flow();
                    case FROZEN -> link.sockets().forEach(Cable::hold);
                    case CUT -> link.end();
                }
            }
            return next;
        });
    }

    private void accept(NetSocket near) {
        if (state == State.CUT) {
            near.close();
            return;
        }
        hold(near);
        Link link = new Link(near);
        links.add(link);
        if (state == State.WHOLE) {
            link.flow();
        }
    }

    /** A paused socket of Vert.x still reads a little, and would see that its other end has hung up. */
    private static void hold(NetSocket socket) {
        socket.pause();
        readByItself(socket, false);
    }

    private static void release(NetSocket socket) {
        readByItself(socket, true);
        socket.resume();
    }

    private static void readByItself(NetSocket socket, boolean read) {
        ((NetSocketInternal) socket).channelHandlerContext().channel().config().setAutoRead(read);
    }

    private <T> T onLoop(Callable<T> task) {
        Promise<T> promise = Promise.promise();
        vertx.runOnContext(now -> {
            try {
                promise.complete(task.call());
            } catch (Exception e) {
                promise.fail(e);
            }
        });
        return result(promise.future());
    }

    private static <T> T result(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (Exception e) {
            throw new IllegalStateException("the cable does not work", e);
        }
    }

    /** A connection of the hub, and the one to the server that is made for it. */
    private final class Link {

        private final NetSocket near;
        private Optional<Future<NetSocket>> far = Optional.empty();

        private Link(NetSocket near) {
            this.near = near;
        }

        private List<NetSocket> sockets() {
            return far.filter(Future::succeeded)
                    .map(connected -> List.of(near, connected.result()))
                    .orElse(List.of(near));
        }

        private void flow() {
            if (far.isEmpty()) {
                far = Optional.of(client.connect(serverPort, LOOPBACK)
                        .onSuccess(this::join)
                        .onFailure(refused -> end()));
            } else {
                far.filter(Future::succeeded).ifPresent(connected -> sockets().forEach(Cable::release));
            }
        }

        private void join(NetSocket server) {
            carry(near, server);
            carry(server, near);
            if (!links.contains(this)) {
                server.close();
            } else if (state == State.FROZEN) {
                hold(server);
            } else {
                release(near);
            }
        }

        /** A pipe of Vert.x would go on by itself while the cable is frozen. */
        private void carry(NetSocket from, NetSocket to) {
            from.handler(bytes -> {
                to.write(bytes);
                if (to.writeQueueFull()) {
                    from.pause();
                    to.drainHandler(drained -> {
                        if (state == State.WHOLE) {
                            from.resume();
                        }
                    });
                }
            });
            from.endHandler(ended -> end());
            from.exceptionHandler(reset -> end());
        }

        private void end() {
            links.remove(this);
            sockets().forEach(NetSocket::close);
        }
    }
}
