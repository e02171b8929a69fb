package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.caravox.door.Problems;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the web server refuses by itself, before any route sees it, is told in the same form as everything else. */
public class ProblemValve extends ErrorReportValve {

    private static final Logger log = LoggerFactory.getLogger(ProblemValve.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            response.setContentType("application/problem+json");
            String error = status < 500 ? "the request is not proper HTTP" : "the hub failed";
            response.getOutputStream().write(JSON.writeValueAsBytes(Problems.problem(status, error, null)));
            response.finishResponse();
        } catch (IOException e) {
            log.debug("problem.not-told status={}", status, e);
        }
    }
}
