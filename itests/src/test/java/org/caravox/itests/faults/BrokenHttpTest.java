package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not even HTTP is refused in the same form as everything else, and is no failure of the hub. */
class BrokenHttpTest {

    private static final int PATIENCE_MS = 20_000;

    private final RunningHub hub = SharedHub.hub();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /jobs?x=<> HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                "GET /jobs/%00 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                "GET /jobs/..%2fkeys HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                "GET /jobs HTTP/1.1\r\nConnection: close\r\n\r\n",
                "HELLO\r\n\r\n"
            })
    void a_request_that_cannot_be_read_is_refused_as_a_problem(String request) throws IOException {
        String answer = exchange(request);

        assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
        assertThat(answer).doesNotContain("<html", "Tomcat");
    }

    @Test
    void a_body_that_breaks_off_is_the_senders_fault() throws IOException {
        Caller caller = hub.newTenant();
        String head = "POST /transcribe?userId=u HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-API-Key: " + caller.key()
                + "\r\nTransfer-Encoding: chunked\r\n\r\n";
        long failures = failures();

        String answer = exchange(head + "nonsense\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400");
        assertThat(failures()).isEqualTo(failures);
    }

    private long failures() {
        return hub.log()
                .lines()
                .filter(line -> line.contains("request.failed status=500"))
                .count();
    }

    private String exchange(String request) throws IOException {
        URI address = URI.create(hub.url());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(PATIENCE_MS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
