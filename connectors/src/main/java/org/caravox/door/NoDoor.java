package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;

/** A hub that is a worker only tells how it is, and lets nobody in. */
public final class NoDoor implements Filter {

    private static final Pattern OPEN = Pattern.compile("/health(/.*)?|/metrics|/openapi\\.json|/error");

    private final ObjectMapper json;

    public NoDoor(ObjectMapper json) {
        this.json = json;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (OPEN.matcher(((HttpServletRequest) request).getRequestURI()).matches()) {
            chain.doFilter(request, response);
            return;
        }
        response.setContentType("application/problem+json");
        ((HttpServletResponse) response).setStatus(503);
        json.writeValue(
                response.getOutputStream(),
                Problems.problem(503, "this hub is a worker and has no door: send requests to one that has", null));
    }
}
