package org.caravox.door;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Hides a request's body from everything between the web server and the route. Otherwise it would be read whole, into
 * memory, as text or as a form, before anybody has asked who is calling; the route takes it when it is ready to.
 */
public final class BodyOnDemand implements Filter {

    /** Where Camel's platform-http puts the servlet request. */
    private static final String SERVLET_REQUEST = "CamelHttpServletRequest";

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(new WithoutBody((HttpServletRequest) request), response);
    }

    /** The request of an exchange, with its body. */
    public static HttpServletRequest request(Exchange exchange) {
        return in(exchange)
                .orElseThrow(() -> new IllegalStateException(
                        "no HTTP request in this exchange: only routes from platform-http: come here"));
    }

    /** The request of an exchange; empty when that did not come by HTTP. */
    static Optional<HttpServletRequest> in(Exchange exchange) {
        Object request = exchange.getIn().getHeader(SERVLET_REQUEST);
        while (request instanceof HttpServletRequestWrapper wrapper) {
            request = wrapper.getRequest();
        }
        return request instanceof HttpServletRequest servlet ? Optional.of(servlet) : Optional.empty();
    }

    private static final class WithoutBody extends HttpServletRequestWrapper {

        WithoutBody(HttpServletRequest request) {
            super(request);
        }

        @Override
        public int getContentLength() {
            return 0;
        }

        @Override
        public long getContentLengthLong() {
            return 0;
        }

        @Override
        public @Nullable String getContentType() {
            return null;
        }

        @Override
        public @Nullable String getCharacterEncoding() {
            return null;
        }
    }
}
