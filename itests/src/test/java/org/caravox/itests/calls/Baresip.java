package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A telephone that others have written. It speaks a recording once a call is up, and records what it hears. */
final class Baresip implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/bin/baresip");
    private static final Path MODULES = Path.of("/usr/lib/baresip/modules");
    private static final int RATE = 8000;
    private static final int HEADER_BYTES = 44;
    private static final Duration WITHIN = Duration.ofSeconds(20);

    private final Path folder;
    private final Path log;
    private final Process process;
    private final int console = FreePorts.next();

    /**
     * Starts one.
     *
     * @param user   who it is
     * @param port   where it is rung
     * @param says   16-bit PCM at 8 kHz, once; silence follows
     * @param how    more parameters of its account, as {@code ;answermode=auto}
     * @param extras more lines of its configuration
     */
    private Baresip(String user, int port, byte[] says, String how, List<String> extras) {
        try {
            folder = Files.createTempDirectory("caravox-baresip-");
            log = folder.resolve("log");
            Path recorded = Files.createDirectory(folder.resolve("recorded"));
            Path wav = Files.write(folder.resolve("says.wav"), CallsHub.wav(padded(says), RATE));
            List<String> config = new ArrayList<>(List.of(
                    "sip_listen " + CallsHub.HOST + ":" + port,
                    "net_interface " + CallsHub.HOST,
                    "audio_source aufile," + wav,
                    "audio_player alsa,null",
                    "audio_alert alsa,null",
                    "module_path " + MODULES,
                    "module g711.so",
                    "module alsa.so",
                    "module aufile.so",
                    "module sndfile.so",
                    "module cons.so",
                    "module srtp.so",
                    "module_tmp uuid.so",
                    "module_tmp account.so",
                    "module_app menu.so",
                    "cons_listen " + CallsHub.HOST + ":" + console,
                    "snd_path " + recorded,
                    "rtp_ports 26000-26999"));
            config.addAll(extras);
            Files.write(folder.resolve("config"), config);
            Files.writeString(
                    folder.resolve("accounts"),
                    "<sip:" + user + "@" + CallsHub.HOST + ":" + port + ">;regint=0;audio_codecs=PCMU" + how + "\n");
            process = new ProcessBuilder("stdbuf", "-oL", PROGRAM.toString(), "-4", "-f", folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitLog("baresip is ready");
    }

    static void assumePresent() {
        assumeTrue(Files.isExecutable(PROGRAM), "no baresip: apt-get install baresip-core");
    }

    static Baresip caller(byte[] says) {
        return new Baresip("caller", FreePorts.next(), says, "", List.of());
    }

    /** SIP over TLS, SRTP and nothing else. */
    static Baresip secureCaller(byte[] says) {
        return new Baresip(
                "secure", FreePorts.next(), says, ";mediaenc=srtp-mand;transport=tls", List.of("sip_verify_server no"));
    }

    /** SRTP and nothing else, over UDP. */
    static Baresip encryptedCaller(byte[] says) {
        return new Baresip("secret", FreePorts.next(), says, ";mediaenc=srtp-mand", List.of());
    }

    /** Rung, and takes a call when it is told to. */
    static Baresip carrier(int port) {
        return new Baresip("callee", port, new byte[0], "", List.of());
    }

    /** Rung by the hub; takes one call at a time, at once. */
    static Baresip callee(byte[] says) {
        return new Baresip("callee", CallsHub.CALLEE_PORT, says, ";answermode=auto", List.of("call_max_calls 1"));
    }

    /** Two minutes of silence after it: baresip hangs up when its recording ends. */
    private static byte[] padded(byte[] pcm) {
        byte[] padded = new byte[pcm.length + 2 * RATE * 120];
        System.arraycopy(pcm, 0, padded, 0, pcm.length);
        return padded;
    }

    void dial(String address) {
        type("/dial " + address + "\n");
        awaitLog("Call established");
    }

    /** Types on its console, key by key. */
    void type(String keys) {
        byte[] bytes = keys.getBytes(StandardCharsets.US_ASCII);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(
                    bytes, bytes.length, new InetSocketAddress(InetAddress.getLoopbackAddress(), console)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitLog(String words) {
        awaitLog(words, 1);
    }

    void awaitLog(String words, int times) {
        await("baresip says \"" + words + "\"")
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(log().split(Pattern.quote(words), -1))
                        .as(log())
                        .hasSizeGreaterThan(times));
    }

    String log() {
        try {
            return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Hangs up, and gives what it heard, as a WAV file: it begins another recording whenever the audio changes. */
    byte[] heard() {
        close();
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        try (Stream<Path> files = Files.list(folder.resolve("recorded"))) {
            for (Path part : files.filter(file -> file.toString().endsWith("-dec.wav"))
                    .sorted()
                    .toList()) {
                byte[] wav = Files.readAllBytes(part);
                pcm.write(wav, HEADER_BYTES, Math.max(0, wav.length - HEADER_BYTES));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(pcm.size()).as("what it recorded; it said: " + log()).isPositive();
        return CallsHub.wav(pcm.toByteArray(), RATE);
    }

    /** SIGKILL: it says good-bye to nobody. */
    void kill9() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        type("/quit\n");
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
