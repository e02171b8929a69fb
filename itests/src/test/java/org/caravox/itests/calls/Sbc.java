package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.caravox.itests.hub.Project;

/** Kamailio and rtpengine between telephones and the hub, configured as {@code docs/calls/sbc} says, on addresses of this machine. */
final class Sbc implements AutoCloseable {

    /** Whom it takes for a carrier, and rings when the hub calls out. */
    static final int CARRIER_PORT = FreePorts.next();

    private static final int RTPENGINE_PORT = FreePorts.next();
    private static final int FULL_HUB_PORT = FreePorts.next();
    private static final Path KAMAILIO = Path.of("/usr/sbin/kamailio");
    private static final Path RTPENGINE = Path.of("/usr/bin/rtpengine");
    private static final String OUTSIDE = "127.0.0.6";
    private static final Duration WITHIN = Duration.ofSeconds(20);

    private final Path folder;
    private final Process audio;
    private final Process fullHub;
    private final Process signalling;

    Sbc() {
        try {
            folder = Files.createTempDirectory("caravox-sbc-");
            adapt("kamailio.cfg");
            adapt("dispatcher.list");
            adapt("rtpengine.conf");
            audio = start(
                    "rtpengine",
                    RTPENGINE.toString(),
                    "--config-file=" + folder.resolve("rtpengine.conf"),
                    "--foreground",
                    "--log-stderr",
                    "--delete-delay=0",
                    "--num-threads=2");
            awaitLog("rtpengine", "Startup complete");
            fullHub = Sipp.start(
                    folder,
                    1,
                    "-sf",
                    Sipp.scenario("full.xml").toString(),
                    "-aa",
                    "-p",
                    Integer.toString(FULL_HUB_PORT));
            signalling = start(
                    "kamailio",
                    KAMAILIO.toString(),
                    "-f",
                    folder.resolve("kamailio.cfg").toString(),
                    "-DD",
                    "-E",
                    "-n",
                    "1",
                    "-m",
                    "32",
                    "-Y",
                    folder.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void assumePresent() {
        assumeTrue(
                Files.isExecutable(KAMAILIO) && Files.isExecutable(RTPENGINE),
                "no kamailio or no rtpengine: apt-get install kamailio rtpengine-daemon");
    }

    /** One of its files, for this machine. */
    private void adapt(String name) throws IOException {
        String text = Files.readString(Project.root().resolve("docs/calls/sbc").resolve(name));
        for (Map.Entry<String, String> each : List.of(
                Map.entry("203.0.113.5:5060", OUTSIDE + ":" + CallsHub.SBC_PORT),
                Map.entry("10.0.0.5:5060", CallsHub.SBC + ":" + CallsHub.SBC_PORT),
                Map.entry("203.0.113.5", OUTSIDE),
                Map.entry("10.0.0.5", CallsHub.SBC),
                Map.entry("10.0.0.7:5060", CallsHub.HOST + ":" + FULL_HUB_PORT),
                Map.entry("10.0.0.8:5060", CallsHub.HOST + ":" + CallsHub.PORT),
                Map.entry("198.51.100.10:5060", CallsHub.HOST + ":" + CARRIER_PORT),
                Map.entry("127.0.0.1:22222", CallsHub.HOST + ":" + RTPENGINE_PORT),
                Map.entry(" 0 0 socket", " 9 0 socket"), // not before it has answered
                Map.entry("/etc/kamailio/", folder + "/"),
                // Longer than it waits for an answer: one that nobody was there for must not count after the next was
                // answered
                Map.entry("\"ds_ping_interval\", 10", "\"ds_ping_interval\", 3"))) {
            text = text.replace(each.getKey(), each.getValue());
        }
        Files.writeString(folder.resolve(name), text);
    }

    private Process start(String name, String... command) throws IOException {
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name).toFile())
                .start();
    }

    /** Until it sends calls to the hub, and to another that has no room. */
    void awaitHubs() {
        awaitLog("kamailio", CallsHub.HOST + ":" + CallsHub.PORT + " is up");
        awaitLog("kamailio", CallsHub.HOST + ":" + FULL_HUB_PORT + " is up");
    }

    void awaitCarrier() {
        awaitLog("kamailio", CallsHub.HOST + ":" + CARRIER_PORT + " is up");
    }

    /** The address of a number, outside. */
    String address(String number) {
        return "sip:" + number + "@" + OUTSIDE + ":" + CallsHub.SBC_PORT;
    }

    void awaitLog(String program, String words) {
        await(program + " says \"" + words + "\"")
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(log(program)).contains(words));
    }

    /** How many packets came from each side, of the calls that are over: from outside and from the hub, call by call. */
    List<Integer> carried() {
        return Pattern.compile("Port +127\\.0\\.0\\.[56]:\\d+ <> +127\\.0\\.0\\.1:\\d+, SSRC (?!0,)\\w+, (\\d+) p")
                .matcher(log("rtpengine"))
                .results()
                .map((MatchResult found) -> Integer.valueOf(found.group(1)))
                .toList();
    }

    String log(String program) {
        try {
            return new String(Files.readAllBytes(folder.resolve(program)), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop(signalling);
        stop(fullHub);
        stop(audio);
    }

    private static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
