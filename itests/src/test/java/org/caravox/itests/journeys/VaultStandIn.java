package org.caravox.itests.journeys;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Answers as HashiCorp Vault's key-value engine, version 2, does for one secret. */
final class VaultStandIn implements AutoCloseable {

    private final HttpServer server;

    private VaultStandIn(HttpServer server) {
        this.server = server;
    }

    static VaultStandIn start(String path, String field, String value) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String body = "{\"data\":{\"data\":{\"" + field + "\":\"" + value + "\"},\"metadata\":{\"version\":1,"
                + "\"created_time\":\"2026-01-01T00:00:00Z\",\"deletion_time\":\"\",\"destroyed\":false}}}";
        server.createContext("/v1/secret/data/" + path, exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return new VaultStandIn(server);
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
