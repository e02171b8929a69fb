package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.caravox.fakes.FakeProviders;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who is in the chains, how they stand, and an operator's hand; where their secrets come from. */
class ProvidersTest {

    private static FakeProviders fakes;
    private static VaultStandIn vault;
    private static RunningHub hub;

    @BeforeAll
    static void start() throws IOException {
        fakes = FakeProviders.start(0);
        fakes.keys("deepgram", "from-a-file");
        fakes.keys("deepgram-2", "from-a-vault");
        vault = VaultStandIn.start("voice/deepgram", "key", "from-a-vault");
        Path data = Files.createTempDirectory("caravox-tests-");
        Path secret = Files.writeString(data.resolve("deepgram-key"), "from-a-file\n");
        Map<String, String> settings = new LinkedHashMap<>(SharedHub.quickSettings());
        settings.put("caravox.secrets.in-file", "{{file:" + secret + "}}");
        settings.put("caravox.secrets.in-vault", "{{hashicorp:secret:voice/deepgram#key}}");
        settings.put("caravox.secrets.nowhere", "{{file:/no/such/file:}}");
        settings.put("camel.vault.hashicorp.token", "a-token");
        settings.put("camel.vault.hashicorp.host", "127.0.0.1");
        settings.put("camel.vault.hashicorp.port", Integer.toString(vault.port()));
        settings.put("camel.vault.hashicorp.scheme", "http");
        settings.put(
                "caravox.transcription.providers.deepgram.base-url",
                fakes.base("deepgram").toString());
        settings.put("caravox.transcription.providers.deepgram.credential", "in-file");
        settings.put("caravox.transcription.providers.second.kind", "deepgram");
        settings.put("caravox.transcription.providers.second.models[0]", "nova-3");
        settings.put(
                "caravox.transcription.providers.second.base-url",
                fakes.base("deepgram-2").toString());
        settings.put("caravox.transcription.providers.second.credential", "in-vault");
        settings.put("caravox.transcription.chain.links[0].provider", "deepgram");
        settings.put("caravox.transcription.chain.links[1].provider", "second");
        settings.put("caravox.transcription.chain.links[2].provider", "azure");
        settings.put("caravox.transcription.providers.azure.credential", "nowhere");
        settings.put("caravox.tenants.own.credentials.deepgram", "in-vault");
        hub = RunningHub.start(data, settings);
    }

    @AfterAll
    static void stop() {
        hub.closeAndForget();
        vault.close();
        fakes.close();
    }

    private static Answer transcribe(Caller caller) {
        return caller.upload(Sample.VOICEMAIL.bytes(), Map.of("userId", "u", "mode", "sync"));
    }

    private static Answer setBreaker(Caller caller, String provider, String body) {
        return caller.send(caller.request("/providers/" + provider + "/breaker")
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body)));
    }

    @Test
    void a_tenant_sees_its_chains_and_an_admin_the_names_of_the_credentials() {
        Answer tenants = hub.demo().get("/providers").expect(200);
        Answer admins = hub.admin().get("/providers").expect(200);

        assertThat(tenants.text()).doesNotContain("in-file");
        assertThat(standing(tenants.json(), "deepgram").get("state").asText())
                .as(() -> admins.text() + hub.log())
                .isEqualTo("closed");
        assertThat(standing(tenants.json(), "azure").get("state").asText()).isEqualTo("no_credential");
        assertThat(standing(admins.json(), "deepgram").get("credential").asText())
                .isEqualTo("in-file");
        assertThat(hub.log()).doesNotContain("from-a-file").doesNotContain("from-a-vault");
    }

    private static JsonNode standing(JsonNode list, String provider) {
        for (JsonNode standing : list.get("providers")) {
            if (standing.get("provider").asText().equals(provider)) {
                return standing;
            }
        }
        throw new AssertionError("no provider " + provider + " in " + list);
    }

    @Test
    void an_operator_takes_a_provider_out_and_puts_it_back() {
        Caller caller = hub.newTenant();
        assertThat(transcribe(caller).expect(200).member("provider")).isEqualTo("deepgram");

        Answer open =
                setBreaker(hub.admin(), "transcription/deepgram", "{\"state\":\"open\",\"credential\":\"in-file\"}");
        assertThat(standing(open.expect(200).json(), "deepgram").get("state").asText())
                .isEqualTo("forced_open");
        assertThat(transcribe(caller).expect(200).member("provider")).isEqualTo("second");

        setBreaker(hub.admin(), "transcription/deepgram", "{\"state\":\"closed\"}")
                .expect(200);
        assertThat(transcribe(caller).expect(200).member("provider")).isEqualTo("deepgram");
    }

    @Test
    void a_breaker_is_the_operators_and_what_is_not_there_is_told() {
        setBreaker(hub.demo(), "transcription/deepgram", "{\"state\":\"open\"}").expect(403);
        setBreaker(hub.admin(), "transcription/nobody", "{\"state\":\"open\"}").expect(404);
        setBreaker(hub.admin(), "singing/deepgram", "{\"state\":\"open\"}").expect(404);
        assertThat(setBreaker(hub.admin(), "transcription/deepgram", "{\"state\":\"ajar\"}")
                        .expect(422)
                        .text())
                .contains("use open, closed");
    }

    @Test
    void a_tenants_own_credential_is_the_one_that_is_shown() {
        Caller own = hub.tenant("own");
        fakes.keys("deepgram", "from-a-file", "from-a-vault");

        transcribe(own).expect(200);

        assertThat(fakes.requests("deepgram")).anySatisfy(request -> assertThat(request.header("Authorization"))
                .endsWith("ault"));
    }
}
