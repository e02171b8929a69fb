import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What the hub adds to a call of a provider: the same requests, by the same client, straight to the fake provider and
 * through the hub, in turns in one run. The provider takes its time (100 ms), as real ones do, so that the numbers of
 * callers mean what they say; what the hub can do at most is measured with a provider that answers at once.
 *
 * <p>Arguments: the folder of the project, and the kinds of requests: {@code chat} ({@code POST
 * /v1/chat/completions}, nothing stored but its usage), {@code listen} ({@code POST /v1/listen} with 32 KB of audio, its
 * transcript and usage stored).
 */
final class Gateway {

    private static final long TICKS_PER_SECOND = 100;
    private static final int LATENCY_MS = 100;
    private static final int[] CALLERS = {1, 16, 64};
    private static final int MEMORY_REQUESTS = 100_000;

    private record Kind(String name, String station, String path, Buffer body, String contentType) {}

    private record Measured(Histogram micros, double seconds, double hubCpuMs, double databaseCpuMs) {
        double ms(double percentile) {
            return micros.getValueAtPercentile(percentile) / 1000.0;
        }
    }

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final Started hub;
    private final Started fakes;

    private Gateway(Started hub, Started fakes) {
        this.hub = hub;
        this.fakes = fakes;
    }

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        List<String> kinds = List.of(arguments).subList(1, arguments.length);
        Path data = Files.createTempDirectory("caravox-bench");
        try (Started fakes = Started.of(data, "Fakes are ready at ", home.resolve("hub").toString(), "fakes", "--port", "0");
                Started hub = Started.of(data, "Caravox is ready at ", command(home, data, fakes.url()))) {
            Gateway gateway = new Gateway(hub, fakes);
            for (String kind : kinds) {
                gateway.measure(kind(kind));
            }
            System.exit(0);
        }
    }

    private static String[] command(Path home, Path data, String fakes) {
        List<String> command = new ArrayList<>(List.of(
                home.resolve("hub").toString(), "run", "--port", "0", "--data", data.resolve("hub").toString(),
                "--with-parent"));
        for (String setting : List.of(
                "caravox.limits.requests-per-minute=100000000", "caravox.limits.burst=1000000", "caravox.limits.concurrent=10000",
                "caravox.probes.every=1h",
                "caravox.secrets.deepgram=bench", "caravox.secrets.openai=bench",
                "caravox.transcription.chain.links[0].provider=deepgram",
                "caravox.transcription.providers.deepgram.concurrent=1000",
                "caravox.transcription.providers.deepgram.base-url=" + fakes + "/deepgram",
                "caravox.dialogue.chain.links[0].provider=openai",
                "caravox.dialogue.providers.openai.concurrent=1000",
                "caravox.dialogue.providers.openai.base-url=" + fakes + "/openai/v1")) {
            command.add("--set");
            command.add(setting);
        }
        return command.toArray(String[]::new);
    }

    private static Kind kind(String name) throws IOException {
        return switch (name) {
            case "chat" -> new Kind(name, "openai", "/v1/chat/completions", Buffer.buffer(
                    "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"system\",\"content\":\"You are brief.\"},"
                            + "{\"role\":\"user\",\"content\":\"When do you open on Sundays, and may I bring my dog?\"}]}"),
                    "application/json");
            case "listen" -> new Kind(name, "deepgram", "/v1/listen?model=nova-3&punctuate=true", wav(), "audio/wav");
            default -> throw new IllegalArgumentException("there is no kind of request \"" + name + "\"");
        };
    }

    /** Two seconds of silence, 8 kHz, 16 bits: 32 KB. */
    private static Buffer wav() {
        int bytes = 32_000;
        return Buffer.buffer().appendString("RIFF").appendIntLE(36 + bytes).appendString("WAVEfmt ").appendIntLE(16)
                .appendShortLE((short) 1).appendShortLE((short) 1).appendIntLE(8000).appendIntLE(16000)
                .appendShortLE((short) 2).appendShortLE((short) 16).appendString("data").appendIntLE(bytes)
                .appendBytes(new byte[bytes]);
    }

    private void measure(Kind kind) throws Exception {
        fakes.script(kind.station(), "{}");
        run(hub, kind, 16, 20_000);
        run(fakes, kind, 16, 5_000);
        System.out.printf("%n%s, provider takes %d ms%n", kind.name(), LATENCY_MS);
        System.out.println("callers | direct p50 | hub p50 | added p50 | direct p99 | hub p99 | added p99 (ms) | hub req/s");
        fakes.script(kind.station(), "{\"latency\":\"" + LATENCY_MS + "ms\"}");
        for (int callers : CALLERS) {
            int requests = Math.max(200, callers * 150);
            run(hub, kind, callers, callers * 20);
            Measured direct = run(fakes, kind, callers, requests);
            Measured through = run(hub, kind, callers, requests);
            System.out.printf("%7d | %10.2f | %7.2f | %9.2f | %10.2f | %7.2f | %14.2f | %9.0f%n", callers,
                    direct.ms(50), through.ms(50), through.ms(50) - direct.ms(50),
                    direct.ms(99), through.ms(99), through.ms(99) - direct.ms(99), requests / through.seconds());
        }
        fakes.script(kind.station(), "{}");
        for (int round = 1; round <= 3; round++) {
            int requests = 20_000;
            Measured direct = run(fakes, kind, 64, requests);
            Measured through = run(hub, kind, 64, requests);
            System.out.printf("saturated, round %d: direct %.0f req/s, hub %.0f req/s; CPU a request: hub %.3f ms, database %.3f ms%n",
                    round, requests / direct.seconds(), requests / through.seconds(),
                    through.hubCpuMs() / requests, through.databaseCpuMs() / requests);
        }
        if (kind.name().equals("chat")) {
            System.out.println("memory before: " + hub.memory());
            for (int part = 1; part <= 4; part++) {
                run(hub, kind, 64, MEMORY_REQUESTS / 4);
                System.out.printf("memory after %d requests more: %s%n", part * MEMORY_REQUESTS / 4, hub.memory());
            }
        }
    }

    /** As many callers at a time, each of which sends its next request when the last one is answered. */
    private Measured run(Started server, Kind kind, int callers, int requests) throws Exception {
        URI base = URI.create(server.url());
        String prefix = server == fakes ? "/" + kind.station() : "";
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setDefaultHost(base.getHost()).setDefaultPort(base.getPort()).setKeepAliveTimeout(60),
                new PoolOptions().setHttp1MaxSize(callers));
        RequestOptions call = new RequestOptions().setMethod(HttpMethod.POST).setURI(prefix + kind.path())
                .putHeader("Content-Type", kind.contentType()).putHeader("Authorization", authorization(kind));
        Histogram micros = new ConcurrentHistogram(3);
        AtomicInteger left = new AtomicInteger(requests);
        CountDownLatch done = new CountDownLatch(requests);
        AtomicReference<String> trouble = new AtomicReference<>();
        long hubBefore = hub.ticks();
        long databaseBefore = hub.databaseTicks();
        long began = System.nanoTime();
        for (int caller = 0; caller < callers; caller++) {
            next(client, call, kind.body(), left, micros, done, trouble);
        }
        done.await();
        double seconds = (System.nanoTime() - began) / 1e9;
        client.close();
        if (trouble.get() != null) {
            throw new IOException(trouble.get());
        }
        return new Measured(micros, seconds, (hub.ticks() - hubBefore) * 1000.0 / TICKS_PER_SECOND,
                (hub.databaseTicks() - databaseBefore) * 1000.0 / TICKS_PER_SECOND);
    }

    private static String authorization(Kind kind) {
        return (kind.name().equals("listen") ? "Token " : "Bearer ") + "bench-key";
    }

    private static void next(HttpClient client, RequestOptions call, Buffer body, AtomicInteger left, Histogram micros,
            CountDownLatch done, AtomicReference<String> trouble) {
        if (left.getAndDecrement() <= 0) {
            return;
        }
        long began = System.nanoTime();
        client.request(call)
                .compose(request -> request.send(body))
                .compose(answer -> answer.body().map(bytes -> {
                    if (answer.statusCode() != 200) {
                        trouble.compareAndSet(null, answer.statusCode() + " " + bytes.toString());
                    }
                    return bytes;
                }))
                .onComplete(end -> {
                    micros.recordValue((System.nanoTime() - began) / 1000);
                    if (end.failed()) {
                        trouble.compareAndSet(null, String.valueOf(end.cause()));
                    }
                    done.countDown();
                    next(client, call, body, left, micros, done, trouble);
                });
    }

    /** A process that has told its address. */
    private record Started(Process process, Path data, String url) implements AutoCloseable {

        static Started of(Path data, String sign, String... command) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(Map.of("CARAVOX_DEMO_KEY", "bench-key"));
            Process process = builder.start();
            BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()));
            StringBuilder seen = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                seen.append(line).append('\n');
                int at = line.indexOf(sign);
                if (at >= 0) {
                    Thread reader = new Thread(() -> lines.lines().forEach(ignored -> {}));
                    reader.setDaemon(true);
                    reader.start();
                    String url = line.substring(at + sign.length()).split("[ ,]")[0];
                    return new Started(process, data, url);
                }
            }
            throw new IOException(command[1] + " does not start: " + seen);
        }

        void script(String station, String rules) throws IOException, InterruptedException {
            java.net.http.HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create(url + "/_fakes/" + station + "/script"))
                            .PUT(HttpRequest.BodyPublishers.ofString(rules)).build(),
                    BodyHandlers.discarding());
        }

        long ticks() throws IOException {
            return ticks(process.pid());
        }

        long databaseTicks() throws IOException {
            long postmaster =
                    Long.parseLong(Files.readAllLines(data.resolve("hub/database/postmaster.pid")).get(0).strip());
            long sum = ticks(postmaster);
            for (ProcessHandle server : ProcessHandle.of(postmaster).map(ProcessHandle::children).orElse(Stream.of()).toList()) {
                sum += ticks(server.pid());
            }
            return sum;
        }

        private static long ticks(long pid) throws IOException {
            Path stat = Path.of("/proc/" + pid + "/stat");
            if (!Files.exists(stat)) {
                return 0;
            }
            String text = Files.readString(stat);
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }

        String memory() throws IOException {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS") || line.startsWith("Threads"))
                    .map(line -> line.replaceAll("\\s+", " "))
                    .reduce((one, other) -> one + ", " + other).orElse("");
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
