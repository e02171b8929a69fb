package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.RequestDispatcher;
import org.caravox.door.Problems.Problem;
import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;

class UnknownPathTest {

    private final ApplicationAvailabilityBean availability = new ApplicationAvailabilityBean();
    private final UnknownPath unknown = new UnknownPath(availability);

    private ResponseEntity<Problem> notFound() {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/v1/listen");
        request.setAttribute(RequestDispatcher.ERROR_STATUS_CODE, 404);
        return unknown.error(request);
    }

    private void becomes(ReadinessState state) {
        availability.onApplicationEvent(new AvailabilityChangeEvent<>(this, state));
    }

    @Test
    void a_path_that_nobody_answers_is_told_once_the_hub_has_started() {
        becomes(ReadinessState.ACCEPTING_TRAFFIC);

        assertThat(notFound().getStatusCode().value()).isEqualTo(404);
    }

    @Test
    void while_the_hub_starts_or_stops_its_callers_are_asked_to_come_back() {
        assertThat(notFound().getStatusCode().value()).isEqualTo(503);

        becomes(ReadinessState.ACCEPTING_TRAFFIC);
        becomes(ReadinessState.REFUSING_TRAFFIC);
        ResponseEntity<Problem> stopping = notFound();

        assertThat(stopping.getStatusCode().value()).isEqualTo(503);
        assertThat(stopping.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("1");
    }
}
