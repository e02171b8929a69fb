package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.caravox.itests.faults.Attempt.upload;
import static org.caravox.itests.faults.Attempt.url;

import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An address that leads into the hub's own network, or to nothing good, is refused within the deadline. */
class BadAddressTest {

    /** The deadline of a fetch in tests is four seconds. */
    private static final Duration SOON = Duration.ofSeconds(8);

    private static final String METADATA = "http://169.254.169.254/latest/meta-data/";

    @AutoClose
    private static SourceServer sources;

    private static Caller caller;

    @BeforeAll
    static void serve() throws IOException {
        sources = new SourceServer();
        sources.serve("text.wav", "not a recording".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        sources.serve("empty.wav", new byte[0]);
        caller = SharedHub.hub().newTenant();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"forbidden", "redirects", "failing"})
    void a_bad_address_is_refused_with_a_sentence(Attempt attempt) {
        long start = System.nanoTime();

        Answer answer = attempt.by(caller);

        assertThat(answer.status()).as(answer.text()).isEqualTo(attempt.status());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        ProblemAssert.assertThat(answer).tells(attempt.error());
    }

    static Stream<Attempt> forbidden() {
        byte[] clip = Sample.PHONE_CLIP.bytes();
        return Stream.concat(
                Stream.of(
                                "http://127.0.0.2/",
                                "http://[::1]/",
                                "http://[::ffff:127.0.0.2]/",
                                "http://2130706434/",
                                "http://0.0.0.0/",
                                "http://10.0.0.1/",
                                "http://172.16.0.1/",
                                "http://192.168.0.1/",
                                "http://100.64.0.1/",
                                "http://[fd00::1]/",
                                "http://[fe80::1]/",
                                METADATA)
                        .map(address -> url(address, 422, "public address", address)),
                Stream.of(
                        url("a file", 422, "http:// or https://", "file:///etc/passwd"),
                        url("FTP", 422, "http:// or https://", "ftp://example.org/a.wav"),
                        url("a jar", 422, "http:// or https://", "jar:http://example.org/a.jar!/a.wav"),
                        url("a port that cannot be", 422, "audioUrl", "http://1.1.1.1:99999/a.wav"),
                        url("no address", 422, "not a URL", "not an address"),
                        url("no host", 422, "host", "http:///a.wav"),
                        url("a password", 422, "password", "http://user:secret@example.org/a.wav"),
                        upload("a webhook's port", 422, "webhookUrl", clip, "webhookUrl", "http://1.1.1.1:65536/"),
                        upload("a webhook inside", 422, "webhookUrl", clip, "mode", "async", "webhookUrl", METADATA)));
    }

    static Stream<Attempt> redirects() {
        return Stream.of(
                url("redirect inside", 422, "public address", sources.redirectTo(METADATA)),
                url("redirect to a file", 422, "redirects", sources.redirectTo("file:///etc/passwd")),
                url("redirect in circles", 422, "redirects", sources.url() + "/circle"));
    }

    static Stream<Attempt> failing() {
        return Stream.of(
                url("404", 422, "404", sources.url() + "/status/404"),
                url("500", 422, "500", sources.url() + "/status/500"),
                url("204", 422, "204", sources.url() + "/status/204"),
                url("text", 415, "not a recording", sources.url() + "/recordings/text.wav"),
                url("empty", 422, "empty", sources.url() + "/recordings/empty.wav"),
                url("hangs", 504, "did not answer in time", sources.url() + "/hang"),
                url("drips for ever", 504, "in time", sources.url() + "/drip"),
                url("never ends", 422, "over the limit", sources.url() + "/endless"),
                url("breaks off", 422, "audioUrl", sources.url() + "/break-off"),
                url("nobody there", 422, "could not be read", "http://127.0.0.1:1/a.wav"),
                url("unknown host", 422, "not known", "http://no-such-host.invalid/a.wav"));
    }
}
