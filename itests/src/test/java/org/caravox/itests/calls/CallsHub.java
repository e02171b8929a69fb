package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import okhttp3.tls.HeldCertificate;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.audio.WordErrorRate;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.Project;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;

/** The hub that tests of telephone calls ring, started when first asked for; its calls are the demo tenant's. */
final class CallsHub {

    static final String HOST = "127.0.0.1";

    /** Where who rings has to know the password of the trunk {@code proven}. */
    static final String PROVEN = "127.0.0.3";

    /** Where a trunk of its own rings from. */
    static final String CROWDED = "127.0.0.4";

    /** An address of no trunk. */
    static final String STRANGER = "127.0.0.2";

    /** Where a session border controller rings from, and is rung. */
    static final String SBC = "127.0.0.5";

    static final int SBC_PORT = FreePorts.next();

    /** How many calls a trunk may have. */
    static final int MOST_OF_TRUNK = 4;

    /** Whoever is rung by routes of tests. */
    static final int CALLEE_PORT = FreePorts.next();

    static final int PORT = FreePorts.next();
    static final int TLS_PORT = FreePorts.next();
    static final int AUDIOSOCKET_PORT = FreePorts.next();

    /** How the agent greets. */
    static final String GREETING = "Hello, this is the Garden Restaurant. How can I help you?";

    private static final String KEYS = "the-key-stores-password";
    private static final double MISHEARD = 0.6;
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(20);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private CallsHub() {}

    private static final class Lazy {
        private static final RunningHub HUB = start();

        private static RunningHub start() {
            try {
                Map<String, String> settings = settings(PORT, TLS_PORT);
                settings.put("caravox.live.audiosocket.port", Integer.toString(AUDIOSOCKET_PORT));
                RunningHub hub = RunningHub.startForLong(Files.createTempDirectory("caravox-calls-"), settings);
                Runtime.getRuntime().addShutdownHook(new Thread(hub::closeAndForget));
                return hub;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static RunningHub hub() {
        return Lazy.HUB;
    }

    /** Whose calls they are. */
    static Caller tenant() {
        return hub().demo();
    }

    /** The SIP address of a number. */
    static String address(String number) {
        return "sip:" + number + "@" + HOST + ":" + PORT;
    }

    /** Numbers by how they begin: 10 an agent, 20 to 23, 25 and 26 the routes of tests, 24 who only listens, 27 an agent with a queue. */
    static Map<String, String> settings(int port, int tlsPort) {
        Map<String, String> settings = SharedHub.quickSettings();
        settings.put("caravox.calls.sip.host", HOST);
        settings.put("caravox.calls.sip.udp-port", Integer.toString(port));
        settings.put("caravox.calls.sip.tcp-port", Integer.toString(port));
        settings.put("caravox.calls.rtp.host", HOST);
        settings.put("caravox.calls.rtp.silent-after", "3s");
        settings.put("caravox.calls.direct", "true");
        settings.put("caravox.calls.most-of-trunk", Integer.toString(MOST_OF_TRUNK));
        settings.put("caravox.calls.trunks.lines.allow[0]", HOST);
        settings.put("caravox.calls.trunks.lines.addresses[0]", HOST + ":" + CALLEE_PORT);
        settings.put("caravox.calls.trunks.sbc.addresses[0]", SBC + ":" + SBC_PORT);
        settings.put("caravox.calls.trunks.crowded.allow[0]", CROWDED);
        settings.put("caravox.calls.trunks.proven.allow[0]", PROVEN);
        settings.put("caravox.calls.trunks.proven.digest", "true");
        settings.put("caravox.calls.trunks.proven.username", "acme");
        settings.put("caravox.calls.trunks.proven.secret", "proven");
        settings.put("caravox.secrets.proven", "the-right-password");
        if (tlsPort > 0) {
            settings.put("caravox.calls.sip.tls-port", Integer.toString(tlsPort));
            settings.put("caravox.calls.sip.key-store", keyStore().toString());
            settings.put("caravox.calls.sip.key-secret", "sip-keys");
            settings.put("caravox.secrets.sip-keys", KEYS);
        }
        numbers().forEach((number, route) -> {
            settings.put("caravox.calls.numbers[" + number + "*].tenant", "demo");
            settings.put("caravox.calls.numbers[" + number + "*].route", route);
        });
        settings.put("caravox.calls.numbers[10*].agent", "receptionist");
        settings.put("caravox.calls.numbers[27*].agent", "receptionist");
        settings.put("caravox.calls.numbers[27*].queue.length", "1");
        settings.put("caravox.calls.numbers[27*].queue.every", "3s");
        settings.put("caravox.calls.numbers[27*].queue.say", "Please wait, you are number {position} in line.");
        settings.put("caravox.tenants.demo.recording-consent", "This call is recorded.");
        settings.put("tests.callee", "sip:callee@" + HOST + ":" + CALLEE_PORT);
        settings.put("caravox.routes.folder", routes().toString());
        return settings;
    }

    /** The hub's routes, and those that only tests ring. */
    private static Path routes() {
        try {
            Path folder = Files.createTempDirectory("caravox-routes-");
            copy(Project.root().resolve("routes"), folder);
            copy(Project.root().resolve("itests/src/test/resources/calls/routes"), folder.resolve("tests"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    private static Map<String, String> numbers() {
        return Map.of(
                "10", "answer-with-agent",
                "20", "press-back",
                "21", "refer",
                "22", "warm",
                "23", "keep-ringing",
                "24", "transcribe-call",
                "25", "recorded",
                "26", "hold-and-press",
                "27", "answer-with-agent");
    }

    private static Path keyStore() {
        HeldCertificate own = new HeldCertificate.Builder()
                .commonName(HOST)
                .addSubjectAlternativeName(HOST)
                .rsa2048()
                .build();
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry(
                    "hub", own.keyPair().getPrivate(), KEYS.toCharArray(), new Certificate[] {own.certificate()});
            Path file = Files.createTempFile("caravox-sip-", ".p12");
            file.toFile().deleteOnExit();
            try (OutputStream out = Files.newOutputStream(file)) {
                keys.store(out, KEYS.toCharArray());
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The record of the one call of that number, once it has ended. */
    static JsonNode ended(String number) {
        return ended(tenant(), number);
    }

    static JsonNode ended(Caller tenant, String number) {
        String path = "/calls?status=ended&number=" + number;
        await("the call of " + number + " ends")
                .atMost(ENDED_WITHIN)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> tenant.get(path).expect(200).json().get("calls").size() == 1);
        JsonNode listed = tenant.get(path).expect(200).json().get("calls").get(0);
        return tenant.get("/calls/" + listed.get("id").asText()).expect(200).json();
    }

    /** A text as the hub's own voice says it: 16-bit PCM, without a header. */
    static byte[] spoken(String text, int sampleRateHz) {
        try {
            HttpResponse<byte[]> answer = HTTP.send(
                    tenant().request("/v1/speak?encoding=linear16&container=none&sample_rate=" + sampleRateHz)
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(Caller.json(Map.of("text", text))))
                            .build(),
                    BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new AssertionError("the voice answered " + answer.statusCode());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static byte[] wav(byte[] pcm, int sampleRateHz) {
        return Wav.withHeader(1, sampleRateHz, pcm.length, pcm);
    }

    /** The words of a recording, by channel. */
    static List<String> words(byte[] wav) {
        return words(tenant().upload(wav, new LinkedHashMap<>(Map.of("userId", "u", "mode", "sync")))
                .expect(200)
                .json());
    }

    /** The words of a transcript, by channel. */
    static List<String> words(JsonNode transcript) {
        return transcript.get("channels").findValuesAsText("transcript");
    }

    /**
     * Whether a recording has what was said in it. A recogniser mishears one word or the other, most of all at eight kilohertz; of
     * something else it would hear hardly any of these words, in this order.
     */
    static void assertHeard(byte[] wav, String... said) {
        String heard = words(wav).get(0);
        for (String each : said) {
            String plain = each.toLowerCase(Locale.ROOT).replaceAll("[^a-z']+", " ");
            assertThat(WordErrorRate.ofPart(plain, heard))
                    .as("\"%s\" in what was heard: \"%s\"", plain, heard)
                    .isLessThanOrEqualTo(MISHEARD);
        }
    }

    /** What the agent said after the caller had spoken: as much of it as it knows to have been heard. */
    static String answer(JsonNode call) {
        return answers(call).findFirst().orElseThrow();
    }

    private static Stream<String> answers(JsonNode call) {
        return StreamSupport.stream(call.get("turns").spliterator(), false)
                .dropWhile(turn -> turn.get("who").asText().equals("agent"))
                .filter(turn -> turn.get("who").asText().equals("agent"))
                .map(turn -> turn.get("text").asText());
    }

    /** Until the caller of a number has spoken and was answered. */
    static void awaitAnswer(String number) {
        await("an answer on the call of " + number)
                .atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> call(number).stream()
                        .flatMap(CallsHub::answers)
                        .findFirst()
                        .isPresent());
    }

    /** The one call of a number, when there is one. */
    static Optional<JsonNode> call(String number) {
        JsonNode calls =
                tenant().get("/calls?number=" + number).expect(200).json().get("calls");
        return calls.size() == 1
                ? Optional.of(tenant().get("/calls/" + calls.get(0).get("id").asText())
                        .expect(200)
                        .json())
                : Optional.empty();
    }

    /** Until so much was said on the call of a number, by both. */
    static void awaitTurns(String number, int count) {
        await(count + " turns of the call of " + number)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> call(number)
                        .filter(call -> call.get("turns").size() >= count)
                        .isPresent());
    }
}
