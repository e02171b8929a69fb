package org.caravox.crm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.caravox.crm.CrmAuth.Kind;
import org.caravox.deliveries.Outcome;
import org.caravox.deliveries.Outcome.Next;
import org.caravox.providers.ProviderAnswer;
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderCall.Bytes;
import org.caravox.providers.TestClock;
import org.caravox.requests.Deadline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a CRM's answers mean for a delivery, and how the hub shows who it is. */
class CrmCallsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SPENT =
            "[{\"errorCode\":\"REQUEST_LIMIT_EXCEEDED\",\"message\":\"TotalRequests Limit exceeded.\"}]";

    private record Scripted(int status, Map<String, String> headers, InputStream body) implements ProviderAnswer {

        static Scripted of(int status, String body, Map<String, String> headers) {
            return new Scripted(status, headers, new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }

        @Override
        public void close() {}
    }

    private final TestClock clock = new TestClock();
    private final Deque<Scripted> script = new ArrayDeque<>();
    private final List<ProviderCall> sent = new ArrayList<>();
    private final CrmCalls calls = new CrmCalls(
            (call, patience) -> {
                sent.add(call);
                return script.isEmpty() ? Scripted.of(200, "{\"id\":\"1\"}", Map.of()) : script.remove();
            },
            new CrmLogins(name -> Optional.of("hush"), clock),
            JSON,
            clock);

    private void answerNext(int status, String body, Map<String, String> headers) {
        script.add(Scripted.of(status, body, headers));
    }

    private CrmAnswer send(CrmConnection crm, String method) {
        ObjectNode body = JSON.createObjectNode().put("phone", "+15551230001");
        CrmRequest request = new CrmRequest(
                method,
                "/calls",
                Map.of(),
                method.equals("GET") ? MissingNode.getInstance() : body,
                MissingNode.getInstance(),
                "",
                MissingNode.getInstance());
        return calls.send(crm, request, Deadline.in(Duration.ofSeconds(30), clock));
    }

    private Outcome outcome(CrmConnection crm) {
        return Outcome.of(catchThrowableOfType(RuntimeException.class, () -> send(crm, "PATCH")));
    }

    private static CrmConnection crm(CrmAuth auth) {
        return new CrmConnection(
                "acme",
                "sales",
                CrmType.CUSTOM,
                URI.create("https://crm.example"),
                "",
                List.of("transcript.ready"),
                "route",
                "mapping",
                auth,
                Map.of(),
                Map.of("path", "/calls"));
    }

    private static CrmConnection open() {
        return crm(new CrmAuth(Kind.NONE, "", "", "", null, "", "", ""));
    }

    @Test
    void basic_shows_user_and_password() {
        send(crm(new CrmAuth(Kind.BASIC, "", "key", "caravox", null, "", "", "")), "POST");

        assertThat(sent.get(0).headers()).containsEntry("Authorization", "Basic Y2FyYXZveDpodXNo");
    }

    @ParameterizedTest
    @CsvSource({"'', X-Signature", "X-Hub-Signature, X-Hub-Signature"})
    void hmac_signs_the_body_as_it_is_sent(String header, String expected) {
        send(crm(new CrmAuth(Kind.HMAC, "", "key", "", null, "", "", header)), "POST");

        ProviderCall call = sent.get(0);
        assertThat(new String(((Bytes) call.body()).bytes(), StandardCharsets.UTF_8))
                .isEqualTo("{\"phone\":\"+15551230001\"}");
        assertThat(call.headers())
                .containsEntry(expected, "c134b635e6ccab330713623b95d72dc4e62d21d8fcd60f10c0fc5af4462db8ac");
    }

    @Test
    void a_locked_row_is_tried_again_soon_without_counting_and_holds_nobody_else_up() {
        answerNext(400, "[{\"errorCode\":\"UNABLE_TO_LOCK_ROW\",\"message\":\"busy\"}]", Map.of());

        Outcome outcome = outcome(open());

        assertThat(outcome.next()).isEqualTo(Next.POSTPONE);
        assertThat(outcome.retryAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(outcome.error()).contains("UNABLE_TO_LOCK_ROW");
        assertThat(send(open(), "PATCH").status()).isEqualTo(200);
    }

    @Test
    void requests_of_a_day_that_are_used_up_are_waited_for_without_counting_or_asking() {
        answerNext(403, SPENT, Map.of());

        assertThat(outcome(open()).next()).isEqualTo(Next.POSTPONE);
        clock.forward(Duration.ofMinutes(14));
        Outcome held = outcome(open());

        assertThat(held.next()).isEqualTo(Next.POSTPONE);
        assertThat(held.retryAfter()).isEqualTo(Duration.ofMinutes(1));
        assertThat(sent).hasSize(1);
        clock.forward(Duration.ofMinutes(1));
        assertThat(send(open(), "PATCH").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"DAILY, 900", "TEN_SECONDLY_ROLLING, 10"})
    void hubspots_interval_counts_for_its_short_limits_alone(String policy, int seconds) {
        answerNext(
                429,
                "{\"policyName\":\"" + policy + "\"}",
                Map.of("X-HubSpot-RateLimit-Interval-Milliseconds", "10000"));

        Outcome outcome = outcome(open());

        assertThat(outcome.next()).isEqualTo(Next.POSTPONE);
        assertThat(outcome.retryAfter()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void near_the_limit_of_a_day_what_has_begun_is_written_and_the_rest_is_left_to_others() {
        Map<String, String> usage = Map.of("Sforce-Limit-Info", "api-usage=14250/15000");
        answerNext(200, "{}", usage);
        answerNext(201, "{}", usage);

        send(open(), "GET");
        send(open(), "PATCH");
        Outcome next = outcome(open());

        assertThat(next.next()).isEqualTo(Next.POSTPONE);
        assertThat(next.retryAfter()).isEqualTo(Duration.ofMinutes(15));
        assertThat(next.error()).contains("14250 of 15000");
        assertThat(sent).hasSize(2);
    }

    @Test
    void far_from_the_limit_nobody_waits() {
        answerNext(201, "{}", Map.of("Sforce-Limit-Info", "api-usage=14249/15000"));

        send(open(), "PATCH");

        assertThat(send(open(), "PATCH").status()).isEqualTo(200);
    }

    @Test
    void an_external_id_that_two_records_have_is_put_aside_with_the_reason() {
        answerNext(300, "[\"/Task/00T1\",\"/Task/00T2\"]", Map.of());

        Outcome outcome = outcome(open());

        assertThat(outcome.next()).isEqualTo(Next.PARK);
        assertThat(outcome.error()).contains("more than one record has this external id");
    }
}
