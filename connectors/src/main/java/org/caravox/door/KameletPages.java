package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.caravox.publishing.Kamelets;
import org.caravox.publishing.RouteFiles;
import org.caravox.tenants.Role;

/** {@code /kamelets}: the steps that routes may use. */
public final class KameletPages {

    private final Supplier<RouteFiles> routes;
    private final ObjectMapper json;

    /** @param routes the files in force */
    public KameletPages(Supplier<RouteFiles> routes, ObjectMapper json) {
        this.routes = routes;
        this.json = json;
    }

    /** {@code GET /kamelets}: for operators, whatever the role of their key. */
    public void list(Exchange exchange) throws IOException {
        Query.of(exchange, Set.of(), json);
        Callers.caller(exchange).require(Role.VIEWER);
        Answers.write(json, exchange, 200, Map.of("kamelets", Kamelets.of(routes.get())));
    }
}
