package org.caravox.config;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.caravox.door.Problems;
import org.caravox.door.Problems.Problem;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What no route answers is told in the same form as everything else. */
@RestController
class UnknownPath implements ErrorController {

    private static final int SOON_SECONDS = 1;

    private final ApplicationAvailability availability;

    UnknownPath(ApplicationAvailability availability) {
        this.availability = availability;
    }

    @RequestMapping("/error")
    ResponseEntity<Problem> error(HttpServletRequest request) {
        int status = status(request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE));
        String error =
                switch (status) {
                    case 404 -> "there is nothing here: /openapi.json lists what there is";
                    case 405 ->
                        "this path does not take " + request.getMethod() + ": /openapi.json lists what it takes";
                    case 503 -> "the hub is starting or stopping: try again";
                    default -> status < 500 ? "the request cannot be understood" : "the hub failed";
                };
        ResponseEntity.BodyBuilder answer =
                ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (status == 503) {
            answer.header(HttpHeaders.RETRY_AFTER, Integer.toString(SOON_SECONDS));
        }
        return answer.body(Problems.problem(status, error, null));
    }

    /** While the hub starts or stops, paths are unknown for want of their routes. */
    private int status(Object code) {
        int status = code instanceof Integer number ? number : 404;
        boolean serves = availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC;
        return status == 404 && !serves ? 503 : status;
    }
}
