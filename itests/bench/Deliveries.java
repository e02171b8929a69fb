import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.async.methods.SimpleRequestProducer;
import org.apache.hc.client5.http.async.methods.SimpleResponseConsumer;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;

/**
 * Deliveries to webhooks: one hub, a PostgreSQL of its own and receivers in another process. Compared in the same run with
 * a bare loop: the same HTTP client, without storage and signatures.
 *
 * <p>Arguments: the folder of the project, that of the servers' data, their base port, how many events, and of the 50
 * endpoints how many take 5 s ({@code slow=N}) or answer 100 MB ({@code huge=N}). With those, it is measured too how long
 * the others wait, without such neighbours and with them. With {@code bare} this is that other program; the receivers are
 * those of the tests, in {@code itests/fakes}.
 */
final class Deliveries {

    private static final int ENDPOINTS = 50;
    private static final long TICKS_PER_SECOND = 100;
    private static final int STEADY_SECONDS = 20;
    private static final int EVENTS_A_SECOND = 10;
    private static final String DATA = "{\"transcriptId\": \"01a1fe0c-ce79-7686-b8c5-13b2279841d8\", \"transcript\": \""
            + "hello this is mary from the public library ".repeat(10) + "\"}";

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "bare" -> bare(arguments[1], Integer.parseInt(arguments[2]));
            default -> measure(arguments);
        }
    }

    private static void measure(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        String database = "jdbc:postgresql://127.0.0.1:" + arguments[2] + "/caravox";
        int events = 20_000;
        int slow = 0;
        int huge = 0;
        for (String argument : List.of(arguments).subList(3, arguments.length)) {
            if (argument.startsWith("slow=")) {
                slow = Integer.parseInt(argument.substring(5));
            } else if (argument.startsWith("huge=")) {
                huge = Integer.parseInt(argument.substring(5));
            } else {
                events = Integer.parseInt(argument);
            }
        }
        Process receiver = receivers().redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String address = reader(receiver).readLine();
        Process hub = hub(home, database);
        try (Connection connection = DriverManager.getConnection(database, "caravox", "caravox");
                Statement sql = connection.createStatement()) {
            sql.execute("insert into tenants values ('bench', 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', now())");
            for (int i = 0; i < ENDPOINTS; i++) {
                String path = i < slow ? "/slow/" : i < slow + huge ? "/huge/" : "/well/";
                sql.execute("with e as (insert into endpoints (id, tenant, kind, url, types, status) values (gen_random_uuid(),"
                        + " 'bench', 'webhook', '" + address + path + i + "', array['test." + i + "'], 'paused') returning id)"
                        + " insert into endpoint_secrets (endpoint, secret)"
                        + " select id, 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' from e");
            }
            for (int round = 0; round < 3; round++) {
                round(sql, hub, round == 0 ? events / 4 : events, slow + huge, round > 0);
                if (slow > 0 || huge > 0) {
                    steady(sql, "without", " and e.url like '%/well/%'");
                    steady(sql, "with", "");
                    sql.execute("update endpoints set status = 'paused'");
                    break;
                }
            }
            Process bare = program("bare", address + "/well/", Integer.toString(events)).inheritIO().start();
            bare.waitFor();
        } finally {
            hub.destroy();
            receiver.destroy();
        }
        System.exit(0);
    }

    private static void round(Statement sql, Process hub, int events, int bad, boolean shown) throws Exception {
        sql.execute("update endpoints set status = 'paused'");
        sql.execute("insert into events (tenant, type, subject, data) select 'bench', 'test.' || n % " + ENDPOINTS
                + ", gen_random_uuid(), '" + DATA + "' from generate_series(1, " + events + ") n");
        sql.execute("analyze");
        int expected = events - events / ENDPOINTS * bad;
        long ticks = ticks(hub.pid());
        long began = System.nanoTime();
        sql.execute("update endpoints set status = 'active'");
        sql.execute("notify caravox_deliveries");
        String of = " and e.url like '%/well/%'";
        while (number(sql, "select count(*) from deliveries d join endpoints e on e.id = d.endpoint"
                + " where d.status = 'pending'" + of) > 0) {
            Thread.sleep(50);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf("%s: %d deliveries%s, %.0f/s; CPU-ms a delivery: hub %.2f; hub %s%n", shown ? "hub" : "hub, cold",
                expected, bad > 0 ? " to well endpoints" : "", expected / seconds,
                (ticks(hub.pid()) - ticks) * 1000.0 / TICKS_PER_SECOND / expected, memory(hub.pid()));
    }

    /** How long well endpoints wait for what happens at a steady rate. */
    private static void steady(Statement sql, String neighbours, String to) throws Exception {
        sql.execute("update deliveries set status = 'discarded' where status = 'pending'");
        long before = number(sql, "select max(seq) from events");
        long began = System.nanoTime();
        for (int n = 0; n < STEADY_SECONDS * EVENTS_A_SECOND; n++) {
            sql.execute("insert into events (tenant, type, subject, data) select 'bench', e.types[1], gen_random_uuid(), '"
                    + DATA + "' from endpoints e where e.tenant = 'bench'" + to);
            long next = began + (n + 1) * 1_000_000_000L / EVENTS_A_SECOND;
            Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
        }
        String well = " from deliveries d join endpoints e on e.id = d.endpoint where d.seq > " + before
                + " and e.url like '%/well/%'";
        while (number(sql, "select count(*)" + well + " and d.status = 'pending'") > 0) {
            Thread.sleep(50);
        }
        String wait = "extract(epoch from d.ended_at - d.created_at) * 1000";
        System.out.printf("well endpoints, %s bad neighbours: %d deliveries, %d/s of each; 50 %% within %d ms, 99 %% within %d ms%n",
                neighbours, number(sql, "select count(*)" + well), EVENTS_A_SECOND,
                number(sql, "select percentile_disc(0.5) within group (order by " + wait + ")::bigint" + well),
                number(sql, "select percentile_disc(0.99) within group (order by " + wait + ")::bigint" + well));
    }

    private static long number(Statement sql, String query) throws SQLException {
        try (ResultSet row = sql.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static ProcessBuilder program(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(), "-Xmx256m", "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), System.getenv("BENCH_SOURCE")));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    private static ProcessBuilder receivers() {
        return new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(), "-Xmx256m", "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), "org.caravox.fakes.receivers.Receivers", "--slow", "5", "--forget");
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream()));
    }

    private static Process hub(Path home, String database) throws IOException {
        List<String> command = new ArrayList<>(List.of(home.resolve("hub").toString(), "run", "--port", "0", "--with-parent",
                "--data", Files.createTempDirectory("caravox-bench").toString()));
        for (String setting : List.of(
                "spring.datasource.url=" + database, "spring.datasource.username=caravox", "spring.datasource.password=caravox",
                "caravox.deliveries.https-only=false", "caravox.outbound.allow=127.0.0.0/8", "caravox.probes.every=1h",
                "caravox.secrets.deepgram=bench", "caravox.transcription.chain.links[0].provider=deepgram",
                "logging.level.org.caravox=WARN")) {
            command.addAll(List.of("--set", setting));
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of("CARAVOX_BUILT", "yes", "CARAVOX_ADMIN_KEY", "adm"));
        Process hub = builder.start();
        BufferedReader lines = reader(hub);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains("Caravox is ready at")) {
                Thread rest = new Thread(() -> lines.lines().forEach(System.out::println));
                rest.setDaemon(true);
                rest.start();
                return hub;
            }
            System.out.println(line);
        }
        throw new IOException("the hub does not start");
    }

    private static long ticks(long pid) throws IOException {
        String text = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private static String memory(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS")).map(line -> line.replaceAll("\\s+", " ")).findFirst().orElse("");
    }

    // ---- The least that posts

    private static void bare(String address, int requests) throws Exception {
        CloseableHttpAsyncClient client = HttpAsyncClients.custom()
                .setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(1000).setMaxConnPerRoute(1000).build())
                .disableRedirectHandling().disableAutomaticRetries().disableCookieManagement().build();
        client.start();
        byte[] body = ("{\"type\":\"test.1\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"data\":" + DATA + "}")
                .getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 3; round++) {
            long ticks = ticks(ProcessHandle.current().pid());
            long began = System.nanoTime();
            int many = round == 0 ? requests / 4 : requests;
            post(client, address, body, many);
            System.out.printf("%s: %.0f/s; CPU-ms a request: %.2f%n", round > 0 ? "bare loop" : "bare loop, cold",
                    many / ((System.nanoTime() - began) / 1e9),
                    (ticks(ProcessHandle.current().pid()) - ticks) * 1000.0 / TICKS_PER_SECOND / many);
        }
        System.exit(0);
    }

    private static void post(CloseableHttpAsyncClient client, String address, byte[] body, int requests) throws Exception {
        Semaphore window = new Semaphore(ENDPOINTS * 16);
        CountDownLatch done = new CountDownLatch(requests);
        AtomicInteger failed = new AtomicInteger();
        for (int i = 0; i < requests; i++) {
            window.acquire();
            client.execute(
                    SimpleRequestProducer.create(SimpleRequestBuilder.post(address + i % ENDPOINTS)
                            .setBody(body, ContentType.APPLICATION_JSON).build()),
                    SimpleResponseConsumer.create(), new FutureCallback<SimpleHttpResponse>() {
                        @Override
                        public void completed(SimpleHttpResponse answer) {
                            ended();
                        }

                        @Override
                        public void failed(Exception failure) {
                            failed.incrementAndGet();
                            ended();
                        }

                        @Override
                        public void cancelled() {
                            ended();
                        }

                        private void ended() {
                            window.release();
                            done.countDown();
                        }
                    });
        }
        done.await();
        if (failed.get() > 0) {
            System.out.println("failed: " + failed);
        }
    }
}
