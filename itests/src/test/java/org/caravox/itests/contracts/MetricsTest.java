package org.caravox.itests.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dashboards and alarms are built on these names: they stay as they are. */
class MetricsTest {

    private static final String MODEL = "vosk-model-en-0.3.45";

    private static Caller caller;

    @BeforeAll
    static void transcribe() {
        caller = SharedHub.hub().newTenant();
        caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u")).expect(200);
    }

    @Test
    void requests_are_counted_by_status_model_and_region() {
        double completed = requests("completed", MODEL);
        double refused = requests("refused", "unknown");

        caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u")).expect(200);
        caller.upload(new byte[10], Map.of("userId", "u")).expect(415);

        assertThat(requests("completed", MODEL)).isEqualTo(completed + 1);
        assertThat(requests("refused", "unknown")).isEqualTo(refused + 1);
    }

    @Test
    void a_job_is_counted_when_it_ends_and_not_before() {
        double completed = requests("completed", MODEL);
        double cancelled = requests("cancelled", "unknown");

        String job = caller.submit(Sample.PHONE_CLIP.bytes(), Map.of());
        String other = caller.submit(Wav.silence(300, 8000), Map.of());
        caller.delete("/jobs/" + other).expect(200);
        caller.awaitEnd(job);

        await().untilAsserted(() -> assertThat(requests("completed", MODEL)).isEqualTo(completed + 1));
        assertThat(requests("cancelled", "unknown")).isEqualTo(cancelled + 1);
    }

    private static double requests(String status, String model) {
        return samples("transcription_requests_total")
                .filter(sample -> sample.contains("status=\"" + status + "\"")
                        && sample.contains("model=\"" + model + "\"")
                        && sample.contains("region=\"local\""))
                .mapToDouble(MetricsTest::value)
                .sum();
    }

    @Test
    void latency_is_a_histogram_by_model_with_these_buckets() {
        List<Double> bounds = samples("transcription_latency_seconds_bucket")
                .filter(sample -> sample.contains("model=\"" + MODEL + "\""))
                .map(sample -> label(sample, "le"))
                .map(bound -> bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound))
                .toList();

        assertThat(bounds).containsExactly(0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, Double.POSITIVE_INFINITY);
        assertThat(samples("transcription_latency_seconds_count")).hasSize(1);
        assertThat(samples("transcription_latency_seconds_sum")).hasSize(1);
    }

    @Test
    void the_labels_are_exactly_these() {
        assertThat(samples("transcription_requests_total"))
                .allMatch(sample -> labels(sample).equals(List.of("model", "region", "status")));
        assertThat(samples("transcription_latency_seconds_count"))
                .allMatch(sample -> labels(sample).equals(List.of("model")));
    }

    @Test
    void the_queues_depth_and_deepgrams_connections_are_gauges() {
        assertThat(samples("transcription_queue_depth")).hasSize(1).allMatch(sample -> value(sample) >= 0);
        assertThat(samples("deepgram_active_connections")).containsExactly("deepgram_active_connections 0.0");
    }

    @Test
    void dead_letters_are_gauges_by_fault() {
        assertThat(samples("jobs_dead").map(sample -> label(sample, "fault")))
                .containsExactlyInAnyOrder("caller", "hub");
    }

    @Test
    void the_machine_the_routes_and_the_door_are_measured_too() {
        assertThat(samples("jvm_memory_used_bytes")).isNotEmpty();
        assertThat(samples("http_server_requests_seconds_count")).isNotEmpty();
        assertThat(metrics()).containsPattern("camel_route\\w*\\{[^}]*routeId=\"transcribe-request\"");
    }

    @Test
    void health_names_its_parts_and_tells_no_more() {
        JsonNode health = SharedHub.hub().nobody().get("/health").expect(200).json();
        JsonNode ready =
                SharedHub.hub().nobody().get("/health/readiness").expect(200).json();

        assertThat(health.get("status").asText()).isEqualTo("UP");
        assertThat(health.get("components").fieldNames()).toIterable().contains("db", "speech", "jobs", "diskSpace");
        assertThat(ready.get("components").fieldNames()).toIterable().contains("db", "speech", "jobs");
        assertThat(health.toString()).doesNotContain("details", "/tmp");
    }

    private static Stream<String> samples(String name) {
        return metrics().lines().filter(line -> line.matches(Pattern.quote(name) + "[{ ].*"));
    }

    private static String metrics() {
        return SharedHub.hub().nobody().get("/metrics").expect(200).text();
    }

    private static double value(String sample) {
        return Double.parseDouble(sample.substring(sample.lastIndexOf(' ') + 1));
    }

    private static String label(String sample, String name) {
        return Pattern.compile(name + "=\"([^\"]*)\"")
                .matcher(sample)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
    }

    private static List<String> labels(String sample) {
        Function<MatchResult, String> name = found -> found.group(1);
        return Pattern.compile("(\\w+)=\"")
                .matcher(sample)
                .results()
                .map(name)
                .sorted()
                .toList();
    }
}
