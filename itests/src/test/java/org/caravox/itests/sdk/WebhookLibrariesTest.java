package org.caravox.itests.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.caravox.itests.sources.WebhookInbox;
import org.caravox.itests.sources.WebhookInbox.Posted;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stock libraries verify what the hub sends, also while a secret is being changed, and notice when it was changed. */
class WebhookLibrariesTest {

    @AutoClose
    private static SourceServer sources;

    private static Posted posted;
    private static String oldSecret;
    private static String newSecret;

    @BeforeAll
    static void receive() throws IOException {
        sources = new SourceServer();
        WebhookInbox inbox = sources.inbox("libraries");
        Caller caller = SharedHub.hub().tenant("libraries");
        JsonNode made = caller.postJson("/webhooks", Map.of("url", inbox.url(), "signatures", "v1,v1a"))
                .expect(201)
                .json();
        String path = "/webhooks/" + made.path("id").asText();
        oldSecret = made.path("secret").asText();
        newSecret = caller.post(path + "/secret").expect(200).member("secret");
        caller.post(path + "/test").expect(200);
        posted = inbox.posted().get(0);
    }

    @Test
    void the_one_of_maven_does() throws Exception {
        new Webhook(newSecret).verify(posted.body(), posted.headers());
        new Webhook(oldSecret).verify(posted.body(), posted.headers());
        assertThat(posted.headers().get("webhook-signature").get(0).split(" ", -1))
                .hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({"standardwebhooks, 1.1.1", "svix, 2.5.0"})
    void those_of_npm_do(String library, String version) {
        NodeSdk installed = NodeSdk.install(library, version);

        for (String secret : List.of(newSecret, oldSecret)) {
            assertThat(verify(installed, library, secret, posted.body())
                            .at("/verified/type")
                            .asText())
                    .isEqualTo("job.completed");
        }
        assertThat(verify(installed, library, newSecret, posted.body().replace("mary", "jane"))
                        .path("error")
                        .asText())
                .contains("No matching signature");
    }

    private static JsonNode verify(NodeSdk installed, String library, String secret, String body) {
        Map<String, String> headers = HttpHeaders.of(posted.headers(), (name, value) -> true).map().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, header -> header.getValue().get(0)));
        return installed.run(
                "webhooks.mjs", Map.of("library", library, "secret", secret, "headers", headers, "body", body));
    }
}
