package org.caravox.config;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.caravox.door.Problems;
import org.caravox.door.Problems.Problem;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What no route answers is told in the same form as everything else. */
@RestController
class UnknownPath implements ErrorController {

    @RequestMapping("/error")
    ResponseEntity<Problem> error(HttpServletRequest request) {
        Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        int status = code instanceof Integer number ? number : 404;
        String error =
                switch (status) {
                    case 404 -> "there is nothing here: /openapi.json lists what there is";
                    case 405 ->
                        "this path does not take " + request.getMethod() + ": /openapi.json lists what it takes";
                    case 503 -> "the hub is starting or stopping: try again";
                    default -> status < 500 ? "the request cannot be understood" : "the hub failed";
                };
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(Problems.problem(status, error, null));
    }
}
