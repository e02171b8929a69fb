package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.caravox.fakes.Cut;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Kind;
import org.caravox.fakes.Rule;
import org.caravox.fakes.SeenRequest;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls become records in CRMs, each once. */
class CrmTest {

    private static final FakeProviders CRMS = SharedHub.CRMS;
    private static final byte[] CLIP = Sample.PHONE_CLIP.bytes();
    private static final String KNOWN_NUMBER = "{\"phone\":\"+1 (555) 123-0001\"}";
    private static final String SECRET = "the-right-secret";
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private static Caller salesforce;
    private static Caller hubspot;
    private static Caller custom;
    private static Caller logins;
    private static Caller spent;

    @BeforeAll
    static void tenants() {
        salesforce = SharedHub.hub().tenant(SharedHub.SALESFORCE_TENANT);
        hubspot = SharedHub.hub().tenant(SharedHub.HUBSPOT_TENANT);
        custom = SharedHub.hub().tenant(SharedHub.CUSTOM_CRM_TENANT);
        logins = SharedHub.hub().tenant(SharedHub.LOGIN_CRMS_TENANT);
        spent = SharedHub.hub().tenant(SharedHub.SPENT_CRMS_TENANT);
    }

    @BeforeEach
    void usualAnswers() {
        CRMS.script("salesforce");
        CRMS.script("hubspot");
        CRMS.script("crm");
    }

    private static String call(Caller caller, String metadata) {
        return caller.upload(CLIP, Map.of("userId", "u", "metadata", metadata))
                .expect(200)
                .member("requestId");
    }

    private static JsonNode record(String station, String call) {
        return await("the record of " + call + " in " + station)
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> CRMS.records(station).stream()
                                .filter(record -> record.toString().contains(call))
                                .findFirst()
                                .orElse(null),
                        java.util.Objects::nonNull);
    }

    private static long count(String station, String call) {
        return CRMS.records(station).stream()
                .filter(record -> record.toString().contains(call))
                .count();
    }

    @Test
    void a_call_becomes_a_task_with_the_contact_whose_number_it_was() {
        String call = call(salesforce, KNOWN_NUMBER);

        JsonNode task = record("salesforce", call);

        assertThat(task.path("WhoId").asText()).isEqualTo("003000000000001AAA");
        assertThat(task.path("Caravox_Id__c").asText()).isEqualTo(call);
        assertThat(task.path("Description").asText()).contains("john brown");
        assertThat(task.path("CallDurationInSeconds").isInt()).isTrue();
    }

    @Test
    void a_call_without_a_number_becomes_a_task_of_nobody() {
        JsonNode task = record("salesforce", call(salesforce, "{}"));

        assertThat(task.has("WhoId")).isFalse();
    }

    @Test
    void an_answer_that_was_lost_leaves_one_task() {
        CRMS.script("salesforce", new Rule().times(1).path("sobjects").cut(Cut.beforeHeaders()));
        String call = call(salesforce, KNOWN_NUMBER);

        awaitRequests("salesforce", call, 2);

        assertThat(count("salesforce", call)).isEqualTo(1);
    }

    private static void awaitRequests(String station, String call, int least) {
        await().atMost(WITHIN)
                .until(() -> CRMS.requests(station).stream()
                                .filter(request -> (request.path() + request.body()).contains(call))
                                .count()
                        >= least);
    }

    @Test
    void a_token_that_is_refused_is_renewed_once() {
        record("salesforce", call(salesforce, "{}"));
        long before = logins();
        CRMS.script("salesforce", new Rule().times(1).path("sobjects").status(401));

        record("salesforce", call(salesforce, "{}"));

        assertThat(logins() - before).isEqualTo(1);
    }

    private static long logins() {
        return CRMS.requests("salesforce").stream()
                .filter(request -> request.path().endsWith("/oauth2/token"))
                .count();
    }

    @Test
    void a_number_that_nobody_has_becomes_a_contact_and_the_call_is_shown_with_it() {
        String call = call(hubspot, "{\"phone\":\"+15557770000\"}");

        JsonNode record = record("hubspot", call);
        await().atMost(WITHIN)
                .untilAsserted(() ->
                        assertThat(record("hubspot", call).path("contacts")).hasSize(1));

        assertThat(record.at("/properties/hs_call_body").asText()).contains("john brown");
        assertThat(CRMS.records("hubspot"))
                .filteredOn(each -> each.at("/properties/phone").asText().equals("+15557770000"))
                .hasSize(1);
    }

    @Test
    void an_association_that_failed_is_made_up_for_and_makes_no_second_call() {
        CRMS.script("hubspot", new Rule().times(1).path("associations").status(500));
        String call = call(hubspot, KNOWN_NUMBER);

        await().atMost(WITHIN)
                .untilAsserted(() ->
                        assertThat(record("hubspot", call).path("contacts")).hasSize(1));

        assertThat(count("hubspot", call)).isEqualTo(1);
    }

    @Test
    void a_limit_is_waited_for() {
        CRMS.script("hubspot", new Rule().times(1).path("batch").kind(Kind.RATE_LIMIT));

        JsonNode record = record("hubspot", call(hubspot, KNOWN_NUMBER));

        assertThat(record.path("type").asText()).isEqualTo("call");
    }

    @Test
    void a_batch_that_was_not_done_in_part_is_parked_with_the_reason_and_others_go_on() {
        CRMS.script("hubspot", new Rule().times(1).path("calls/batch").kind(Kind.ERROR_IN_200));
        String parked = call(hubspot, KNOWN_NUMBER);
        awaitRequests("hubspot", parked, 1);

        record("hubspot", call(hubspot, KNOWN_NUMBER));

        assertThat(count("hubspot", parked)).isZero();
    }

    @Test
    void a_crm_of_ones_own_gets_what_its_mapping_makes_with_its_key() {
        String call = call(custom, KNOWN_NUMBER);

        JsonNode record = record("crm", call);

        assertThat(record.path("phone").asText()).isEqualTo("+15551230001");
        assertThat(record.path("link").asText()).endsWith("/transcripts/" + call);
    }

    @Test
    void a_crm_of_ones_own_is_shown_a_password_or_a_signature() throws Exception {
        byte[] both = ("caravox:" + SECRET).getBytes(StandardCharsets.UTF_8);
        CRMS.keys("crm-2", Base64.getEncoder().encodeToString(both));

        String call = call(logins, KNOWN_NUMBER);

        assertThat(record("crm-2", call).path("phone").asText()).isEqualTo("+15551230001");
        record("crm-3", call);
        SeenRequest signed = CRMS.requests("crm-3").stream()
                .filter(request -> String.valueOf(request.body()).contains(call))
                .findFirst()
                .orElseThrow();
        assertThat(signed.header("X-Signature")).isEqualTo(hmac(new ObjectMapper().writeValueAsBytes(signed.body())));
    }

    private static String hmac(byte[] body) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(body));
    }

    @Test
    void a_call_that_is_delivered_again_changes_what_is_there() {
        String call = call(logins, KNOWN_NUMBER);
        String unknown = call(hubspot, "{\"phone\":\"+15557771111\"}");
        replay(logins, delivery(logins, call, "basic", "delivered"));
        replay(hubspot, delivery(hubspot, unknown, "marketing", "delivered"));

        awaitRequests("crm-2", call, 2);
        awaitRequests("hubspot", unknown, 2);

        assertThat(CRMS.requests("crm-2"))
                .filteredOn(request -> String.valueOf(request.body()).contains(call))
                .extracting(SeenRequest::method)
                .containsExactly("POST", "PUT");
        assertThat(count("crm-2", call)).isEqualTo(1);
        assertThat(count("hubspot", unknown)).isEqualTo(1);
        assertThat(CRMS.records("hubspot"))
                .filteredOn(each -> each.at("/properties/phone").asText().equals("+15557771111"))
                .hasSize(1);
    }

    /** A call's delivery to a CRM, once it stands so. */
    private static JsonNode delivery(Caller caller, String call, String crm, String status) {
        return await(status + " delivery of " + call + " to " + crm)
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> caller.get("/deliveries?subject=" + call + "&status=" + status)
                                .expect(200)
                                .json()
                                .path("deliveries")
                                .valueStream()
                                .filter(each -> each.path("name").asText().equals(crm))
                                .filter(each -> each.has("error") || status.equals("delivered"))
                                .findFirst()
                                .orElse(null),
                        java.util.Objects::nonNull);
    }

    private static void replay(Caller caller, JsonNode delivery) {
        caller.post("/deliveries/" + delivery.path("id").asText() + "/replay").expect(202);
    }

    @Test
    void an_external_id_that_two_tasks_have_is_put_aside_until_somebody_has_mended_it() {
        CRMS.script("salesforce", new Rule().times(1).path("sobjects").status(300));

        String call = call(salesforce, KNOWN_NUMBER);

        JsonNode parked = delivery(salesforce, call, "sales", "failed");
        assertThat(parked.path("error").asText()).contains("more than one record has this external id");
        replay(salesforce, parked);
        record("salesforce", call);
    }

    @Test
    void requests_of_a_day_that_are_used_up_are_waited_for_and_the_attempts_do_not_count() {
        CRMS.script("salesforce-4", new Rule().path("/services/data").kind(Kind.QUOTA));
        CRMS.script("hubspot-2", new Rule().kind(Kind.QUOTA));

        String call = call(spent, KNOWN_NUMBER);

        assertWaits(delivery(spent, call, "sales", "pending"), "REQUEST_LIMIT_EXCEEDED");
        assertWaits(delivery(spent, call, "marketing", "pending"), "daily limit");
    }

    private static void assertWaits(JsonNode delivery, String reason) {
        assertThat(delivery.path("error").asText()).contains(reason);
        assertThat(delivery.path("attempts").asInt()).isZero();
        assertThat(Instant.parse(delivery.path("dueAt").asText()))
                .isAfter(Instant.now().plus(Duration.ofMinutes(10)));
    }

    @Test
    void a_dry_run_shows_the_requests_and_sends_none() {
        String call = UUID.randomUUID().toString();
        int before = CRMS.requests("salesforce").size();

        Answer shown = salesforce
                .postJson(
                        "/crm/sales/dry-run",
                        "{\"event\":{\"type\":\"transcript.ready\",\"timestamp\":\"2026-11-21T09:30:00Z\",\"data\":"
                                + "{\"transcriptId\":\"" + call
                                + "\",\"from\":\"+15551230001\",\"transcript\":\"hello\"}},"
                                + "\"answers\":{\"person\":{\"searchRecords\":[{\"Id\":\"0031\",\"attributes\":"
                                + "{\"type\":\"Contact\"}}]}}}")
                .expect(200);

        JsonNode task = shown.json().at("/requests/1");
        assertThat(task.path("method").asText()).isEqualTo("PATCH");
        assertThat(task.path("url").asText()).endsWith("/sobjects/Task/Caravox_Id__c/" + call);
        assertThat(task.at("/headers/Authorization").asText()).isEqualTo("Bearer ****");
        assertThat(task.at("/body/WhoId").asText()).isEqualTo("0031");
        assertThat(CRMS.requests("salesforce")).hasSize(before);
        assertThat(CRMS.records("salesforce"))
                .noneMatch(record -> record.toString().contains(call));
    }

    @Test
    void a_dry_run_is_of_ones_own_transcript() {
        String own = hubspot.upload(CLIP, Map.of("userId", "u")).expect(200).member("requestId");

        hubspot.postJson("/crm/marketing/dry-run", Map.of("transcript", own)).expect(200);
        salesforce.postJson("/crm/sales/dry-run", Map.of("transcript", own)).expect(404);
        salesforce.postJson("/crm/marketing/dry-run", Map.of("transcript", own)).expect(404);
        assertThat(hubspot.postJson("/crm/marketing/dry-run", "{}").expect(422).text())
                .contains("transcript, job");
    }

    @Test
    void a_mapping_is_tried_before_it_is_stored_and_told_where_it_is_wrong() {
        String event =
                "{\"event\":{\"type\":\"transcript.ready\",\"data\":{}},\"mappings\":{\"salesforce-task\":\"%s\"}}";

        Answer good = salesforce.postJson("/crm/sales/dry-run", event.formatted("{\\\"Subject\\\":\\\"Mine\\\"}"));
        Answer wrong = salesforce.postJson("/crm/sales/dry-run", event.formatted("{\\\"Subject\\\": }"));
        Answer failing = salesforce.postJson("/crm/sales/dry-run", event.formatted("error(\\\"not this one\\\")"));

        assertThat(good.expect(200).text()).contains("Mine");
        assertThat(wrong.expect(422).text()).contains("salesforce-task.jslt does not compile");
        assertThat(failing.expect(422).text()).contains("fails on this event").contains("not this one");
    }

    @Test
    void a_test_tells_who_we_are_or_what_is_wrong_and_never_the_secret() {
        Answer good = salesforce.post("/crm/sales/test").expect(200);
        Answer byKey = salesforce.post("/crm/by-key/test").expect(200);
        Answer wrong = salesforce.post("/crm/wrong/test").expect(200);
        Answer hub = hubspot.post("/crm/marketing/test").expect(200);

        assertThat(good.json().at("/answer/organization_id").asText()).isEqualTo("00D000000000001EAA");
        assertThat(byKey.json().path("works").asBoolean()).as(byKey.text()).isTrue();
        assertThat(wrong.json().path("works").asBoolean()).isFalse();
        assertThat(wrong.text()).contains("invalid client credentials").doesNotContain("the-wrong-secret");
        assertThat(hub.json().at("/answer/portalId").asInt()).isEqualTo(4711);
        assertThat(SharedHub.hub().log()).doesNotContain("the-wrong-secret", "the-right-secret");
    }

    @Test
    void a_tenant_sees_its_crms_and_no_others() {
        JsonNode crms = salesforce.get("/crm").expect(200).json().get("crms");

        assertThat(crms.findValuesAsText("name")).containsExactly("by-key", "sales", "wrong");
        assertThat(crms.get(1).get("status").asText()).isEqualTo("active");
        assertThat(SharedHub.hub().newTenant().get("/crm").expect(200).json().get("crms"))
                .isEmpty();
    }
}
