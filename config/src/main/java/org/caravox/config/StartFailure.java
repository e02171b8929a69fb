package org.caravox.config;

import org.caravox.publishing.RouteIds;
import org.caravox.publishing.RoutesRefused;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Tells why the hub did not start in the words of whoever knows: the innermost cause, and where it was met. */
@Order(Ordered.LOWEST_PRECEDENCE)
class StartFailure extends AbstractFailureAnalyzer<Exception> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable root, Exception failure) {
        Throwable innermost = root;
        StringBuilder route = new StringBuilder();
        while (innermost.getCause() != null) {
            if (innermost instanceof org.apache.camel.FailedToCreateRouteException routeFailure) {
                route.append("Route ")
                        .append(RouteIds.route(routeFailure.getRouteId()))
                        .append(": ");
            }
            if (innermost instanceof RoutesRefused) {
                break; // it names files
            }
            innermost = innermost.getCause();
        }
        if (innermost.getMessage() == null || innermost instanceof NullPointerException) {
            return null;
        }
        return new FailureAnalysis(
                route + innermost.getMessage(),
                "Correct the setting or route that it names, and start again.",
                failure);
    }
}
