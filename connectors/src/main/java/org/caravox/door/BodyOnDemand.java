package org.caravox.door;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
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
        chain.doFilter(new WithoutBody((HttpServletRequest) request), new LeftOpen((HttpServletResponse) response));
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

    /** Who has written an answer closes it, and Tomcat the request with it: {@link UnreadBody} comes after that. */
    private static final class LeftOpen extends HttpServletResponseWrapper {

        private @Nullable ServletOutputStream out;

        LeftOpen(HttpServletResponse response) {
            super(response);
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            ServletOutputStream known = out;
            if (known == null) {
                known = new Flushed(super.getOutputStream());
                out = known;
            }
            return known;
        }
    }

    private static final class Flushed extends ServletOutputStream {

        private final ServletOutputStream out;

        Flushed(ServletOutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }

        @Override
        public boolean isReady() {
            return out.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            out.setWriteListener(listener);
        }
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
