package org.caravox.crm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.caravox.deliveries.ParkedDelivery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mappings that come with the hub, and what is wrong with others. */
class CrmMappingsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final CrmMappings SHIPPED = CrmMappings.read(Path.of("..", "routes", "crm"));
    private static final String DOCUMENT =
            """
            {"subject": "019aa5c2-0b7d-7a44-8f3e-2d5c9b7a1e60", "phone": "+15551230001", "link": "https://hub/transcripts/1",
             "event": {"type": "transcript.ready", "timestamp": "2026-11-21T09:30:00Z", "data": {}},
             "crm": {"name": "sales", "version": "68.0", "options": {"external-id": "Caravox_Id__c"}},
             "fields": {"Subject": "Call"}, "records": {}}""";

    private static JsonNode read(String text) throws IOException {
        return JSON.readTree(text);
    }

    @Test
    void a_mapping_that_does_not_compile_is_named_with_line_and_column(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("mine.jslt"), "{\n  \"a\": .b,\n  \"c\": }\n");

        assertThatThrownBy(() -> CrmMappings.read(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mine.jslt")
                .hasMessageContaining("3");
    }

    @Test
    void a_sign_that_the_language_does_not_know_is_named_as_well() {
        assertThatThrownBy(() -> SHIPPED.with(Map.of("phone", "{\n  § }")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("phone.jslt");
    }

    @Test
    void a_mapping_reads_no_other_file() {
        assertThatThrownBy(() -> SHIPPED.with(Map.of("phone", "import \"application.yaml\" as a a:b(.)")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("import");
    }

    @Test
    void a_mapping_that_nobody_has_is_answered_with_those_that_there_are() {
        assertThatThrownBy(() -> SHIPPED.with(Map.of("nobodys", "{}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobodys")
                .hasMessageContaining("salesforce-task");
    }

    @Test
    void a_mapping_that_fails_on_one_event_parks_it_with_the_reason() throws IOException {
        CrmMappings failing = SHIPPED.with(Map.of("phone", "error(\"no number: \" + .subject)"));
        JsonNode document = read(DOCUMENT);

        assertThatThrownBy(() -> failing.apply("phone", document))
                .isInstanceOf(ParkedDelivery.class)
                .hasMessageContaining("phone.jslt fails on this event")
                .hasMessageContaining("no number");
    }

    @Test
    void a_mapping_that_calls_itself_without_end_parks_too() throws IOException {
        CrmMappings endless = SHIPPED.with(Map.of("phone", "def again(x) again($x) again(.)"));
        JsonNode document = read(DOCUMENT);

        assertThatThrownBy(() -> endless.apply("phone", document)).isInstanceOf(ParkedDelivery.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'metadata': {'phone': '+1 (555) 123-0001'}}|+15551230001",
                "{'metadata': {'from': '5551230001'}}|5551230001",
                "{'transcript': {'userId': '+1 555 123 0001'}}|+15551230001",
                "{'transcript': {'userId': 'mary'}}|",
                "{'metadata': {'phone': 'withheld'}}|",
                "{}|"
            })
    void the_number_of_the_caller_is_found_where_requests_have_it(String document, String number) throws IOException {
        JsonNode found = SHIPPED.apply("phone", read(document.replace('\'', '"')));

        assertThat(found.isNull() ? null : found.asText()).isEqualTo(number);
    }

    @Test
    void what_is_longer_than_the_field_is_cut_with_a_link_to_the_whole() throws IOException {
        JsonNode document =
                read(DOCUMENT.replace("\"data\": {}", "\"data\": {\"transcript\": \"" + "x".repeat(40_000) + "\"}"));

        String description =
                SHIPPED.apply("salesforce-task", document).path("Description").asText();

        assertThat(description).hasSize(32_000).endsWith("https://hub/transcripts/1");
    }

    @Test
    void a_cut_leaves_no_half_of_a_sign() throws IOException {
        CrmMappings cutting = SHIPPED.with(Map.of("phone", "cut(., 4, \"!\")"));

        assertThat(cutting.apply("phone", read("\"ab😀cd\"")).asText()).isEqualTo("ab!");
    }

    @Test
    void a_task_has_the_contact_before_the_lead() throws IOException {
        String answers =
                """
                {"person": {"body": {"searchRecords": [
                  {"Id": "00Q1", "attributes": {"type": "Lead"}}, {"Id": "0031", "attributes": {"type": "Contact"}}]}}}""";
        JsonNode document = read(DOCUMENT.replace("\"records\"", "\"answers\": " + answers + ", \"records\""));

        JsonNode request = SHIPPED.apply("salesforce-upsert-task", document);

        assertThat(request.at("/body/WhoId").asText()).isEqualTo("0031");
        assertThat(request.path("path").asText())
                .isEqualTo("/services/data/v68.0/sobjects/Task/Caravox_Id__c/019aa5c2-0b7d-7a44-8f3e-2d5c9b7a1e60");
    }

    @Test
    void a_task_of_nobody_has_no_person() throws IOException {
        JsonNode request = SHIPPED.apply("salesforce-upsert-task", read(DOCUMENT));

        assertThat(request.path("body")).isEqualTo(read("{\"Subject\": \"Call\"}"));
    }

    @Test
    void a_path_is_filled_with_what_is_safe_in_one() throws IOException {
        CrmMappings filling = SHIPPED.with(Map.of("phone", "fill(\"/calls/{id}?q={id}\", {\"id\": \"a/b c\"})"));

        assertThat(filling.apply("phone", read("{}")).asText()).isEqualTo("/calls/a%2Fb%20c?q=a%2Fb%20c");
    }
}
