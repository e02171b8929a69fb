package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.Map;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Headers that Camel reads as instructions mean nothing when a caller sends them. */
class HostileHeadersTest {

    private static final String UNKNOWN = "019aa5c2-0b7d-7a44-8f3e-2d5c9b7a1e60";

    @AutoClose
    private static SourceServer sources;

    private final Caller caller = SharedHub.hub().newTenant();

    @BeforeAll
    static void serve() throws IOException {
        sources = new SourceServer();
    }

    @ParameterizedTest
    @CsvSource({
        "CamelHttpUri, http://127.0.0.1:1/",
        "CamelHttpResponseCode, 299",
        "CamelHttpPath, /elsewhere",
        "CamelHttpMethod, DELETE",
        "CamelHttpQuery, limit=0",
        "CamelExecCommandExecutable, /bin/true",
        "CamelBeanMethodName, cancel",
        "CamelBeanMethodName, createKey",
        "camelbeanmethodname, list",
        "CamelFileName, /tmp/x",
        "id, 019aa5c2-0b7d-7a44-8f3e-2d5c9b7a1e61",
        "breadcrumbId, x",
        "tenant, demo"
    })
    void a_header_that_steers_camel_changes_nothing(String name, String value) {
        Answer list = caller.send(caller.request("/jobs").header(name, value));
        Answer one = caller.send(caller.request("/jobs/" + UNKNOWN).header(name, value));

        assertThat(list.expect(200).text()).isEqualTo("{\"jobs\":[]}");
        assertThat(one.expect(404).member("error")).contains(UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({"CamelHttpUri, http://127.0.0.1:1/", "CamelHttpResponseCode, 299", "CamelBeanMethodName, cancel"})
    void a_parameter_that_steers_camel_is_an_unknown_field(String name, String value) {
        Answer list = caller.get("/jobs" + Caller.query(Map.of(name, value)));
        Answer upload = caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u", name, value));

        assertThat(list.expect(422).member("error")).contains("\"" + name + "\"");
        assertThat(upload.expect(422).member("error")).contains("\"" + name + "\"");
    }

    @Test
    void headers_that_steer_camel_neither_redirect_a_fetch_nor_its_answer() {
        String url = sources.serve("clip.wav", Sample.PHONE_CLIP.bytes());

        Answer answer = caller.send(caller.request("/transcribe")
                .header("Content-Type", "application/json")
                .header("CamelHttpUri", sources.url() + "/status/404")
                .header("CamelHttpResponseCode", "204")
                .header("CamelHttpServletRequest", "x")
                .POST(HttpRequest.BodyPublishers.ofString(Caller.json(Map.of("audioUrl", url, "userId", "u")))));

        assertThat(answer.expect(200).member("transcript")).isEqualTo(Sample.PHONE_CLIP.text());
        assertThat(answer.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("camel"));
    }
}
