import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Jobs by RabbitMQ, end to end: a door and workers of the profile {@code cluster} on real servers, with a provider that
 * answers at once or after 200 ms. Compared in the same run with the least that does the work at all: a Java program that
 * takes messages from the same RabbitMQ, asks the same provider, publishes the result and acknowledges.
 *
 * <p>Arguments: the folder of the project, that of the servers' data, their base port, and what to measure: {@code
 * throughput [JOBS] [ROUNDS]}, {@code slow}, {@code recovery}, {@code memory [JOBS]}. With {@code plain} this is that
 * other program.
 */
final class Queue {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long TICKS_PER_SECOND = 100;
    private static final int CALLERS = 32;
    private static final int CONCURRENCY = 20;
    private static final String AUDIO = "http://127.0.0.1:9/recording.wav"; // nobody fetches it: the provider does not listen

    private final Path home;
    private final Path data;
    private final int basePort;
    private final List<Started> started = new ArrayList<>();
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path scratch = Files.createTempDirectory("caravox-bench");
    private Started fakes;
    private Started door;
    private String key;

    private Queue(String home, String data, String basePort) throws IOException {
        this.home = Path.of(home);
        this.data = Path.of(data);
        this.basePort = Integer.parseInt(basePort);
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("plain")) {
            Plain.main(arguments);
            return;
        }
        Queue queue = new Queue(arguments[0], arguments[1], arguments[2]);
        List<String> rest = List.of(arguments).subList(3, arguments.length);
        int number = rest.size() > 1 ? Integer.parseInt(rest.get(1)) : 0;
        try {
            queue.open();
            switch (rest.get(0)) {
                case "throughput" -> queue.throughput(number == 0 ? 20_000 : number, rest.size() > 2 ? Integer.parseInt(rest.get(2)) : 3);
                case "slow" -> queue.slow();
                case "recovery" -> queue.recovery();
                case "memory" -> queue.memory(number == 0 ? 100_000 : number);
                default -> throw new IllegalArgumentException("there is nothing called " + rest.get(0) + " to measure");
            }
        } finally {
            queue.started.forEach(Started::close);
        }
        System.exit(0);
    }

    private void open() throws Exception {
        fakes = start("Fakes are ready at ", List.of("fakes", "--port", "0"));
        door = hub("door", true, false);
        post("/tenants", "adm", "{\"id\":\"bench\"}");
        key = JSON.readTree(post("/keys", "adm", "{\"tenant\":\"bench\",\"name\":\"bench\"}")).get("key").asText();
    }

    private Started hub(String name, boolean isDoor, boolean isWorker) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "run", "--profile", "cluster", "--port", "0", "--with-parent", "--data", scratch.resolve(name).toString()));
        for (String setting : List.of(
                "caravox.roles.door=" + isDoor, "caravox.roles.worker=" + isWorker, "caravox.rabbitmq.concurrency=" + CONCURRENCY,
                "caravox.limits.requests-per-minute=100000000", "caravox.limits.burst=1000000", "caravox.limits.concurrent=10000",
                "caravox.probes.every=1h", "caravox.secrets.deepgram=bench", "caravox.outbound.allow=127.0.0.0/8",
                "caravox.transcription.chain.links[0].provider=deepgram",
                "caravox.transcription.providers.deepgram.concurrent=1000",
                "caravox.transcription.providers.deepgram.base-url=" + fakes.url() + "/deepgram",
                "logging.level.org.caravox=WARN")) {
            command.add("--set");
            command.add(setting);
        }
        return start("Caravox is ready at ", command);
    }

    private Started start(String sign, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(home.resolve("hub").toString()));
        command.addAll(arguments);
        Started process = Started.of(sign, command, Map.of(
                "CARAVOX_ADMIN_KEY", "adm",
                "CARAVOX_DATABASE_URL", database(),
                "CARAVOX_RABBITMQ_ADDRESSES", "127.0.0.1:" + (basePort + 1)));
        started.add(process);
        return process;
    }

    private String database() {
        return "jdbc:postgresql://127.0.0.1:" + basePort + "/caravox";
    }

    private String post(String path, String key, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(door.url() + path)).header("X-API-Key", key)
                        .header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2 && answer.statusCode() != 409) {
            throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    // ---- What is measured

    private void throughput(int jobs, int rounds) throws Exception {
        fakes.script("{}");
        Started worker = hub("worker", false, true);
        submit(jobs / 4);
        awaitAll();
        System.out.printf("%d jobs a round, provider at 0 ms, one worker with %d at a time, one door%n", jobs, CONCURRENCY);
        for (int round = 1; round <= rounds; round++) {
            long rabbit = ticks(rabbit());
            plain(jobs);
            System.out.printf("round %d: plain loop, RabbitMQ's CPU-ms a job with publishing: %.2f%n", round,
                    (ticks(rabbit()) - rabbit) * 1000.0 / TICKS_PER_SECOND / (jobs + jobs / 4));
            suspend(worker);
            Map<String, Long> beforeSubmit = ticks(worker);
            double submitting = submit(jobs);
            System.out.printf("round %d: submitted %.0f jobs/s; CPU-ms a job: %s%n", round, jobs / submitting,
                    perJob(beforeSubmit, ticks(worker), jobs));
            Map<String, Long> before = ticks(worker);
            resume(worker);
            awaitAll();
            System.out.printf("round %d: hub %.0f jobs/s end to end; CPU-ms a job: %s%n", round, rate(jobs),
                    perJob(before, ticks(worker), jobs));
        }
    }

    /** The worker stands still, as by Ctrl-Z, while the queue fills up. */
    private static void suspend(Started worker) throws Exception {
        new ProcessBuilder("kill", "-STOP", Long.toString(worker.process().pid())).start().waitFor();
    }

    private static void resume(Started worker) throws Exception {
        new ProcessBuilder("kill", "-CONT", Long.toString(worker.process().pid())).start().waitFor();
    }

    private void slow() throws Exception {
        fakes.script("{\"latency\":\"200ms\"}");
        hub("worker-1", false, true);
        hub("worker-2", false, true);
        submit(4_000); // the workers get warm
        awaitAll();
        for (int round = 1; round <= 3; round++) {
            submit(12_000);
            awaitAll();
            System.out.printf("round %d: provider at 200 ms, 2 workers with %d at a time: %.1f jobs/s of 200; once all were"
                    + " submitted %.1f%n", round, CONCURRENCY, rate(12_000), rateWithoutSubmitting(12_000));
        }
    }

    private void recovery() throws Exception {
        fakes.script("{\"latency\":\"200ms\"}");
        hub("worker-1", false, true);
        for (int round = 1; round <= 3; round++) {
            Started victim = hub("victim-" + round, false, true);
            String node = "%:" + victim.process().pid();
            submit(4_000);
            while (number("select count(*) from jobs where status = 'running' and lease_owner like '" + node + "'") < CONCURRENCY) {
                Thread.sleep(20);
            }
            victim.process().destroyForcibly().waitFor();
            long killed = System.nanoTime();
            int orphans = number("select count(*) from jobs where status = 'running' and lease_owner like '" + node + "'");
            while (number("select count(*) from jobs where status = 'running' and lease_owner like '" + node + "'") > 0
                    || number("select count(*) from jobs where status = 'queued' and fence > 1") > 0) {
                Thread.sleep(20);
            }
            System.out.printf("round %d: a worker killed with %d jobs under way: all taken over after %.1f s%n", round, orphans,
                    (System.nanoTime() - killed) / 1e9);
            awaitAll();
        }
    }

    private void memory(int jobs) throws Exception {
        System.out.printf("before: door %s, RabbitMQ %s%n", door.memory(), memoryOf(rabbit()));
        double seconds = submit(jobs);
        System.out.printf("%d queued after %.0f s: door %s, RabbitMQ %s%n", jobs, seconds, door.memory(), memoryOf(rabbit()));
    }

    // ---- Jobs

    /** Submits as many jobs, each by a request of its own; says how many seconds that took. */
    private double submit(int jobs) throws Exception {
        AtomicInteger left = new AtomicInteger(jobs);
        AtomicReference<String> trouble = new AtomicReference<>();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        String body = "{\"audioUrl\":\"" + AUDIO + "\",\"userId\":\"bench\",\"mode\":\"async\"}";
        long began = System.nanoTime();
        for (int i = 0; i < CALLERS; i++) {
            callers.execute(() -> {
                while (left.getAndDecrement() > 0 && trouble.get() == null) {
                    try {
                        post("/transcribe", key, body);
                    } catch (IOException | InterruptedException e) {
                        trouble.set(String.valueOf(e));
                    }
                }
            });
        }
        callers.shutdown();
        callers.awaitTermination(30, TimeUnit.MINUTES);
        if (trouble.get() != null) {
            throw new IOException(trouble.get());
        }
        return (System.nanoTime() - began) / 1e9;
    }

    /** Asks what costs the database nothing, so that it is the jobs that are measured. */
    private void awaitAll() throws Exception {
        while (number("""
                select count(*) where exists (select from jobs where status = 'queued' and dispatched_at is null)
                  or exists (select from jobs where status = 'queued' and dispatched_at is not null)
                  or exists (select from jobs where status = 'running')""") > 0) {
            Thread.sleep(250);
        }
        int failed = number("select count(*) from jobs where status <> 'completed'");
        if (failed > 0) {
            throw new IOException(failed + " jobs failed");
        }
    }

    /** Over the middle four fifths of the last jobs. */
    private double rate(int jobs) throws SQLException {
        return rate(jobs, "true");
    }

    /** The same of those that ended when all had been submitted: what the workers do by themselves. */
    private double rateWithoutSubmitting(int jobs) throws SQLException {
        return rate(jobs, "ended_at > (select max(created_at) from last)");
    }

    private double rate(int jobs, String which) throws SQLException {
        return query("""
                with last as (select created_at, ended_at from jobs order by id desc limit %d),
                     span as (select percentile_cont(0.1) within group (order by extract(epoch from ended_at)) as early,
                                     percentile_cont(0.9) within group (order by extract(epoch from ended_at)) as late,
                                     count(*) as jobs
                              from last where %s)
                select 0.8 * jobs / (late - early) from span""".formatted(jobs, which));
    }

    private int number(String sql) throws SQLException {
        return (int) query(sql);
    }

    private double query(String sql) throws SQLException {
        try (java.sql.Connection database = DriverManager.getConnection(database(), "caravox", "caravox");
                Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getDouble(1);
        }
    }

    // ---- CPU and memory

    private Map<String, Long> ticks(Started worker) throws IOException {
        Map<String, Long> ticks = new LinkedHashMap<>();
        ticks.put("worker", ticks(worker.process().pid()));
        ticks.put("door", ticks(door.process().pid()));
        long postmaster = Long.parseLong(Files.readAllLines(postmasterPid()).get(0).strip());
        ticks.put("PostgreSQL", ticks(postmaster) + ProcessHandle.of(postmaster).orElseThrow().children()
                .mapToLong(child -> ticks(child.pid())).sum());
        ticks.put("RabbitMQ", ticks(rabbit()));
        ticks.put("provider", ticks(fakes.process().pid()));
        return ticks;
    }

    private Path postmasterPid() throws IOException {
        try (var files = Files.find(data, 4, (file, attributes) -> file.endsWith("postmaster.pid"))) {
            return files.findFirst().orElseThrow();
        }
    }

    private long rabbit() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains("beam.smp")
                        && commandLine(process.pid()).contains(data.toString()))
                .findFirst().orElseThrow().pid();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ')
                    + Files.readString(Path.of("/proc/" + pid + "/environ")).replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    private static String perJob(Map<String, Long> before, Map<String, Long> after, int jobs) {
        StringBuilder text = new StringBuilder();
        double hubs = 0;
        for (String name : after.keySet()) {
            double ms = (after.get(name) - before.get(name)) * 1000.0 / TICKS_PER_SECOND / jobs;
            text.append(String.format("%s %.2f, ", name, ms));
            hubs += name.equals("provider") ? 0 : ms;
        }
        return text + String.format("all but the provider %.2f", hubs);
    }

    private static long ticks(long pid) {
        try {
            String text = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        } catch (IOException e) {
            return 0;
        }
    }

    private static String memoryOf(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS")).map(line -> line.replaceAll("\\s+", " ")).findFirst().orElse("");
    }

    /** A process that has told its address. */
    private record Started(Process process, String url) implements AutoCloseable {

        static Started of(String sign, List<String> command, Map<String, String> environment) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()));
            StringBuilder seen = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                seen.append(line).append('\n');
                int at = line.indexOf(sign);
                if (at >= 0) {
                    Thread reader = new Thread(() -> lines.lines()
                            .filter(told -> told.contains("WARN") || told.contains("ERROR")).forEach(System.out::println));
                    reader.setDaemon(true);
                    reader.start();
                    return new Started(process, line.substring(at + sign.length()).split("[ ,]")[0]);
                }
            }
            throw new IOException(command + " does not start: " + seen);
        }

        void script(String rules) throws IOException, InterruptedException {
            HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create(url + "/_fakes/deepgram/script")).PUT(BodyPublishers.ofString(rules)).build(),
                    BodyHandlers.discarding());
        }

        String memory() throws IOException {
            return memoryOf(process.pid());
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    // ---- The other program

    private void plain(int jobs) throws Exception {
        String java = ProcessHandle.current().info().command().orElseThrow();
        Process process = new ProcessBuilder(java, "-Xmx256m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                home.resolve("itests/bench/Queue.java").toString(), "plain", Integer.toString(basePort + 1),
                fakes.url() + "/deepgram/v1/listen?model=nova-3", Integer.toString(jobs))
                .inheritIO().start();
        process.waitFor();
    }

    /** Takes messages, asks the provider, publishes the result, acknowledges. */
    private static final class Plain {

        static void main(String[] arguments) throws Exception {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setPort(Integer.parseInt(arguments[1]));
            factory.setUsername("caravox");
            factory.setPassword("caravox");
            factory.setSharedExecutor(Executors.newCachedThreadPool());
            URI provider = URI.create(arguments[2]);
            int jobs = Integer.parseInt(arguments[3]);
            HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            try (Connection connection = factory.newConnection(); Channel fill = connection.createChannel()) {
                fill.queueDeclare("bench.plain", true, false, false, Map.of("x-max-priority", 9));
                fill.queueDeclare("bench.results", true, false, false, Map.of());
                fill.queuePurge("bench.plain");
                fill.queuePurge("bench.results");
                for (int warm = 0; warm < 2; warm++) {
                    int messages = warm == 0 ? jobs / 4 : jobs;
                    fill.confirmSelect();
                    for (int i = 0; i < messages; i++) {
                        fill.basicPublish("", "bench.plain", MessageProperties.PERSISTENT_TEXT_PLAIN,
                                ("{\"url\":\"" + AUDIO + "\"}").getBytes(StandardCharsets.UTF_8));
                    }
                    fill.waitForConfirmsOrDie();
                    long ticks = ticks(ProcessHandle.current().pid());
                    long began = System.nanoTime();
                    consume(connection, http, provider, messages);
                    double seconds = (System.nanoTime() - began) / 1e9;
                    if (warm == 1) {
                        System.out.printf("plain loop: %.0f jobs/s; CPU-ms a job: %.2f%n", jobs / seconds,
                                (ticks(ProcessHandle.current().pid()) - ticks) * 1000.0 / TICKS_PER_SECOND / jobs);
                    }
                }
            }
            System.exit(0);
        }

        private static void consume(Connection connection, HttpClient http, URI provider, int messages) throws Exception {
            CountDownLatch done = new CountDownLatch(messages);
            List<Channel> channels = new ArrayList<>();
            for (int i = 0; i < CONCURRENCY; i++) {
                Channel channel = connection.createChannel();
                channels.add(channel);
                channel.basicQos(1);
                channel.basicConsume("bench.plain", false, new DefaultConsumer(channel) {
                    @Override
                    public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                            throws IOException {
                        try {
                            HttpResponse<byte[]> answer = http.send(
                                    HttpRequest.newBuilder(provider).header("Authorization", "Token bench")
                                            .header("Content-Type", "application/json")
                                            .POST(BodyPublishers.ofByteArray(body)).build(),
                                    BodyHandlers.ofByteArray());
                            JsonNode heard = JSON.readTree(answer.body());
                            channel.basicPublish("", "bench.results", MessageProperties.PERSISTENT_TEXT_PLAIN,
                                    JSON.writeValueAsBytes(heard.get("results")));
                            channel.basicAck(envelope.getDeliveryTag(), false);
                            done.countDown();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                });
            }
            done.await();
            for (Channel channel : channels) {
                channel.close();
            }
        }
    }
}
