import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
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
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Publishing under load: a hub with all its routes and two more, of which one is changed again and again while requests go
 * through it at a steady rate. Told is the time from the command to the first answer of the changed route, how many requests
 * failed, what the switch adds to their latency, and what stays in memory after many versions.
 *
 * <p>Arguments: the folder of the project; {@code publishes=20}, {@code cases=100}, {@code rate=100} (requests a second),
 * {@code memory=500} (versions; 0: not measured).
 */
final class Routes {

    private static final String DOOR =
            """
            - route:
                id: bench-door
                description: What the benchmark asks
                routeConfigurationId: caller-errors
                from:
                  id: bench-door-from
                  uri: platform-http:/bench
                  parameters:
                    httpMethodRestrict: GET
                  steps:
                    - bean:
                        id: bench-admit
                        ref: admission
                    - to:
                        id: bench-ask
                        uri: direct:bench-answer
            """;
    private static final String ANSWER =
            """
            - route:
                id: bench-answer
                description: What the benchmark is answered
                errorHandler:
                  noErrorHandler: {}
                from:
                  id: bench-answer-from
                  uri: direct:bench-answer
                  steps:
                    - setBody:
                        id: bench-say
                        expression:
                          constant:
                            expression: version %d
            """;
    private static final String CASE =
            """
            - case: The answer is that of the version (%d)
              when: bench-answer
              then:
                body: version %d
            """;
    private static final String DOOR_FILE = "bench/bench-door.camel.yaml";
    private static final String ANSWER_FILE = "bench/bench-answer.camel.yaml";
    private static final String CASES_FILE = "bench/test/bench-answer.case.yaml";

    private final Vertx vertx = Vertx.vertx();
    private final java.net.http.HttpClient http = java.net.http.HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final URI hub;
    private final long pid;
    private final int cases;
    private final int rate;
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<String> latest = new AtomicReference<>("");
    private final AtomicReference<String> trouble = new AtomicReference<>();
    private final AtomicReference<Histogram> times = new AtomicReference<>(new ConcurrentHistogram(3));

    private Routes(URI hub, long pid, int cases, int rate) {
        this.hub = hub;
        this.pid = pid;
        this.cases = cases;
        this.rate = rate;
    }

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        Path data = Files.createTempDirectory("caravox-bench");
        Process process = new ProcessBuilder(List.of(
                        home.resolve("hub").toString(), "run", "--port", "0", "--data", data.resolve("hub").toString(),
                        "--with-parent",
                        "--set", "caravox.limits.requests-per-minute=100000000",
                        "--set", "caravox.limits.burst=1000000", "--set", "caravox.limits.concurrent=10000"))
                .redirectErrorStream(true)
                .directory(home.toFile())
                .start();
        try {
            Routes bench = new Routes(address(process), process.pid(), option(arguments, "cases", 100),
                    option(arguments, "rate", 100));
            bench.run(option(arguments, "publishes", 20), option(arguments, "memory", 500));
        } finally {
            process.destroy();
            process.waitFor();
        }
        System.exit(0);
    }

    private static int option(String[] arguments, String name, int usual) {
        return Stream.of(arguments)
                .filter(argument -> argument.startsWith(name + "="))
                .map(argument -> Integer.parseInt(argument.substring(name.length() + 1)))
                .findFirst()
                .orElse(usual);
    }

    private static URI address(Process process) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()));
        StringBuilder seen = new StringBuilder();
        String sign = "Caravox is ready at ";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.append(line).append('\n');
            int at = line.indexOf(sign);
            if (at >= 0) {
                Thread reader = new Thread(() -> lines.lines().forEach(ignored -> {}));
                reader.setDaemon(true);
                reader.start();
                return URI.create(line.substring(at + sign.length()).split("[ ,]")[0]);
            }
        }
        throw new IOException("the hub does not start: " + seen);
    }

    private void run(int publishes, int memory) throws Exception {
        int version = 1;
        publish(version, true);
        long timer = load();
        for (int warm = 0; warm < 5; warm++) {
            publish(++version, false);
        }
        Thread.sleep(3_000);
        Histogram quiet = take(5_000);
        Histogram during = new Histogram(3);
        List<Long> toEffect = new ArrayList<>();
        int before = asked.get();
        for (int round = 0; round < publishes; round++) {
            times.set(new ConcurrentHistogram(3));
            long began = System.nanoTime();
            JsonNode answer = publish(++version, false);
            while (!latest.get().equals("version " + version)) {
                Thread.onSpinWait();
            }
            toEffect.add((System.nanoTime() - began) / 1_000_000);
            during.add(times.get());
            if (round == 0) {
                System.out.println("cases run in a publish: " + answer.path("cases").asText());
            }
            Thread.sleep(500);
        }
        Histogram after = take(5_000);
        toEffect.sort(null);
        System.out.printf("command to effect: median %d ms, longest %d ms, of %d publishes%n",
                toEffect.get(toEffect.size() / 2), toEffect.get(toEffect.size() - 1), publishes);
        System.out.printf("requests: %d during the publishes, %d failed%s%n", asked.get() - before, failed.get(),
                trouble.get() == null ? "" : " (" + trouble.get() + ")");
        quiet.add(after);
        System.out.printf("latency while nothing is published: p50 %.1f, p99 %.1f ms; during: p50 %.1f, p99 %.1f ms%n",
                ms(quiet, 50), ms(quiet, 99), ms(during, 50), ms(during, 99));
        rollback(version);
        vertx.cancelTimer(timer);
        memory(version, memory);
    }

    private void rollback(int version) throws Exception {
        long number = get("/routes/versions?limit=2").path("versions").get(1).path("number").asLong();
        long began = System.nanoTime();
        post("/routes/rollback", Map.of("version", number));
        System.out.printf("rollback: %d ms%n", (System.nanoTime() - began) / 1_000_000);
        publish(version, false);
    }

    private void memory(int version, int memory) throws Exception {
        if (memory == 0) {
            return;
        }
        System.out.printf("after %3d versions: live heap %s kB, %s%n", 0, liveHeap(), resident());
        for (int done = 1; done <= memory; done++) {
            publish(version + done, false);
            if (done % 100 == 0) {
                System.out.printf("after %3d versions: live heap %s kB, %s%n", done, liveHeap(), resident());
            }
        }
    }

    private String liveHeap() throws Exception {
        Process tool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid), "GC.class_histogram")
                .start();
        String total = new String(tool.getInputStream().readAllBytes()).lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElse("");
        String[] words = total.trim().split("\\s+");
        return words.length < 3 ? "?" : Long.toString(Long.parseLong(words[2]) / 1024);
    }

    private String resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS") || line.startsWith("Threads"))
                .map(line -> line.replaceAll("\\s+", " "))
                .reduce((one, other) -> one + ", " + other)
                .orElse("");
    }

    private JsonNode publish(int version, boolean door) throws Exception {
        StringBuilder all = new StringBuilder();
        for (int each = 1; each <= cases; each++) {
            all.append(CASE.formatted(each, version));
        }
        Map<String, String> files = new java.util.HashMap<>(Map.of(
                ANSWER_FILE, ANSWER.formatted(version),
                CASES_FILE, all.toString()));
        if (door) {
            files.put(DOOR_FILE, DOOR);
        }
        return post("/routes/publish", Map.of("files", files, "message", "bench " + version));
    }

    private JsonNode post(String path, Object body) throws Exception {
        return sent(HttpRequest.newBuilder(hub.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body))));
    }

    private JsonNode get(String path) throws Exception {
        return sent(HttpRequest.newBuilder(hub.resolve(path)));
    }

    private JsonNode sent(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer = http.send(
                request.header("Authorization", "Bearer bench-admin-key").build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(answer.statusCode() + " " + answer.body());
        }
        return json.readTree(answer.body());
    }

    private Histogram take(long millis) throws InterruptedException {
        times.set(new ConcurrentHistogram(3));
        Thread.sleep(millis);
        Histogram taken = new Histogram(3);
        taken.add(times.get());
        return taken;
    }

    private static double ms(Histogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / 1000.0;
    }

    /** Requests at a steady rate, whether or not the ones before are answered. */
    private long load() {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setDefaultHost(hub.getHost()).setDefaultPort(hub.getPort()),
                new PoolOptions().setHttp1MaxSize(100));
        RequestOptions call = new RequestOptions().setMethod(HttpMethod.GET).setURI("/bench")
                .putHeader("Authorization", "Bearer bench-key");
        AtomicLong newest = new AtomicLong();
        return vertx.setPeriodic(Math.max(1, 1000 / rate), tick -> {
            long began = System.nanoTime();
            long number = asked.incrementAndGet();
            client.request(call)
                    .compose(request -> request.send())
                    .compose(answer -> answer.body().map(body -> answer.statusCode() + " " + body))
                    .onComplete(end -> {
                        times.get().recordValue((System.nanoTime() - began) / 1000);
                        if (end.failed() || !end.result().startsWith("200 version ")) {
                            failed.incrementAndGet();
                            trouble.compareAndSet(null, end.failed() ? String.valueOf(end.cause()) : end.result());
                        } else if (newest.accumulateAndGet(number, Math::max) == number) {
                            latest.set(end.result().substring(4));
                        }
                    });
        });
    }
}
