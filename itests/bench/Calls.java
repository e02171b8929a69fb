import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Telephone calls: how many a second the hub takes (sipp), how many it holds and transcribes at a time, and what it adds to a
 * turn of an agent. Phones and fake providers are made to cost little: they share the cores with what is measured.
 *
 * <p>Arguments: the folder of the project, then what to measure, {@code signalling rates=50,100,200,400 seconds=10}, {@code
 * held calls=100,200,300 seconds=40}, {@code turns calls=1,20 seconds=45}. With {@code profile=FILE}, async-profiler's
 * library, the last two tell what the hub's time went to. With {@code fakes} this is the providers.
 */
final class Calls {

    static final String KEY = "bench-key";
    static final int SIP_PORT = Integer.getInteger("bench.sip", 5190);
    private static final int FIRST_PORT = Integer.getInteger("bench.rtp", 24_000);
    private static final int TICK_MS = 10;
    private static final int PAUSE_MS = 400;
    private static final int RING_A_SECOND = 25;
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Spent(long hub, long compiler, long database, long fakes, long phones) {
        Spent since(Spent before) {
            return new Spent(
                    hub - before.hub, compiler - before.compiler, database - before.database, fakes - before.fakes,
                    phones - before.phones);
        }
    }

    private final Path home;
    private final Path scratch;
    private final Map<String, String> asked;
    private final List<Process> started = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Process fakes;
    private final Process hub;
    private final int hubPort;

    private Calls(Path project, String what, Map<String, String> asked) throws Exception {
        this.asked = asked;
        scratch = Files.createTempDirectory("caravox-bench");
        home = scratch.resolve("home");
        prepare(project);
        fakes = start(
                ProcessHandle.current().info().command().orElseThrow(), "-Xmx256m", "-XX:+UseSerialGC",
                "-Dsun.net.httpserver.nodelay=true", "-cp", System.getProperty("java.class.path"),
                System.getenv("BENCH_SOURCE"), "fakes", what);
        String[] ports = told(fakes, "fakes at (\\d+) (\\d+)");
        hub = start(hubCommand(ports[0], ports[1]));
        hubPort = Integer.parseInt(told(hub, "Caravox is ready at http\\S+:(\\d+)")[0]);
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("fakes")) {
            new Fakes(arguments[1].equals("turns")).run();
            return;
        }
        Map<String, String> asked = new HashMap<>();
        for (String argument : List.of(arguments).subList(2, arguments.length)) {
            asked.put(argument.split("=")[0], argument.split("=")[1]);
        }
        Calls calls = new Calls(Path.of(arguments[0]), arguments[1], asked);
        try {
            switch (arguments[1]) {
                case "signalling" -> calls.signalling();
                case "held" -> calls.held();
                case "turns" -> calls.turns();
                default -> throw new IllegalArgumentException("signalling, held or turns, was " + arguments[1]);
            }
        } finally {
            calls.started.forEach(Process::destroy);
            calls.hub.waitFor();
        }
        System.exit(0);
    }

    // ---- what is measured
    // ---------------------------------------------------------------------------------------------

    private void signalling() throws Exception {
        int seconds = number("seconds", 10);
        sipp(50, 10);
        sipp(200, 10);
        System.out.printf("calls/s | made | failed | sent again | CPU-ms a call: hub"
                + " (just-in-time compilation), PostgreSQL | took%n");
        for (String rate : asked.getOrDefault("rates", "50,100,200,400").split(",")) {
            settle();
            Spent before = spent();
            long began = System.nanoTime();
            Map<String, String> counts = sipp(Integer.parseInt(rate), seconds);
            double took = (System.nanoTime() - began) / 1e9;
            settle();
            Spent cost = spent().since(before);
            double made = Math.max(1, Double.parseDouble(counts.get("SuccessfulCall(C)")));
            System.out.printf(
                    Locale.ROOT, "%5s | %.0f | %s | %s | %.2f (%.2f) %.2f | %.1f s%n", rate, made,
                    counts.get("FailedCall(C)"), counts.get("Retransmissions(C)"), cost.hub / made, cost.compiler / made,
                    cost.database / made, took);
        }
    }

    /** INVITE, 200, ACK, BYE; gives sipp's own counts. */
    private Map<String, String> sipp(int rate, int seconds) throws Exception {
        Path counts = scratch.resolve("sipp.csv");
        Files.deleteIfExists(counts);
        Process sipp = new ProcessBuilder(
                        "timeout", Integer.toString(seconds + 40), "sipp", "-sn", "uac", "-s", "2000", "-i", "127.0.0.1",
                        "-p", Integer.toString(SIP_PORT + 2), "-r", Integer.toString(rate), "-m",
                        Integer.toString(rate * seconds), "-d", "0", "-nostdin", "-trace_stat", "-stf", counts.toString(),
                        "-fd", "1", "127.0.0.1:" + SIP_PORT)
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        sipp.waitFor();
        List<String> lines = Files.readAllLines(counts);
        String[] names = lines.get(0).split(";");
        String[] last = lines.get(lines.size() - 1).split(";");
        Map<String, String> told = new HashMap<>();
        for (int i = 0; i < Math.min(names.length, last.length); i++) {
            told.put(names[i], last[i]);
        }
        return told;
    }

    private void held() throws Exception {
        int seconds = number("seconds", 40);
        Phones.Speech speech = Phones.Speech.of(home.resolve("samples/phone-clip-8k.wav"), 0);
        try (Phones phones = new Phones(50, "1000", speech, false)) { // what has to be loaded and compiled
            phones.ring(RING_A_SECOND);
            phones.talk(number("warm", 20));
            phones.hangUp();
        }
        settle();
        long idleKb = residentKb();
        System.out.printf("calls | CPU-ms a call-second: hub (just-in-time compilation), PostgreSQL, fakes, phones | machine idle"
                + " | sent late by the hub | jitter seen p50, p99, max (ms)"
                + " | lost to the hub, to the phones | resident kB a call | phones' own delay p99 (ms)%n");
        for (String many : asked.getOrDefault("calls", "100,200,300").split(",")) {
            int calls = Integer.parseInt(many);
            Instant began = Instant.now();
            try (Phones phones = new Phones(calls, "1000", speech, false)) {
                phones.ring(RING_A_SECOND);
                phones.talk(3);
                phones.measuring = true;
                profile();
                Spent before = spent();
                long idle = idleTicks();
                long from = System.nanoTime();
                phones.talk(seconds);
                double took = (System.nanoTime() - from) / 1e9;
                Spent cost = spent().since(before);
                double idlePercent = (idleTicks() - idle) * 100.0 * TICK_MS
                        / (took * 1000 * Runtime.getRuntime().availableProcessors());
                profiled(calls, cost.hub / took / calls);
                phones.measuring = false;
                double resident = (residentKb() - idleKb) / (double) calls;
                phones.hangUp();
                settle();
                long[] media = media(began);
                System.out.printf(
                        Locale.ROOT,
                        "%5d | %.2f (%.2f) %.2f %.2f %.2f | %.0f %% | %.2f %% of %d (%d calls) | %.2f %.2f %.1f | %d, %d | %.0f | %.1f%n",
                        calls, cost.hub / took / calls, cost.compiler / took / calls, cost.database / took / calls,
                        cost.fakes / took / calls, cost.phones / took / calls, idlePercent,
                        100.0 * media[1] / Math.max(1, media[0]), media[0], media[3], ms(phones.jitter, 50),
                        ms(phones.jitter, 99), ms(phones.jitter, 100), media[2], phones.missed(), resident, ms(phones.delay, 99));
            }
        }
    }

    private static double ms(Histogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / 1000.0;
    }

    /** Packets that the hub sent, of them late ones, and packets lost on the way to it; of calls since then, and how many. */
    private long[] media(Instant since) throws Exception {
        long[] sums = new long[4];
        for (JsonNode call : calls(since)) {
            JsonNode media = call.path("media");
            sums[0] += media.path("packetsSent").asLong();
            sums[1] += media.path("packetsSentLate").asLong();
            sums[2] += media.path("packetsLost").asLong();
            sums[3]++;
        }
        return sums;
    }

    private List<JsonNode> calls(Instant since) throws Exception {
        List<JsonNode> all = new ArrayList<>();
        String after = "";
        while (true) {
            JsonNode page = get("/calls?limit=100&from=" + since + after);
            page.path("calls").forEach(all::add);
            if (page.path("calls").isEmpty() || !page.hasNonNull("nextCursor")) {
                return all;
            }
            after = "&cursor=" + page.path("nextCursor").asText();
        }
    }

    private JsonNode get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hubPort + path))
                .header("X-API-Key", KEY)
                .build();
        return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    }

    private void turns() throws Exception {
        int seconds = number("seconds", 45);
        Phones.Speech speech = Phones.Speech.of(home.resolve("samples/phone-clip-8k.wav"), 100);
        try (Phones phones = new Phones(10, "3000", speech, true)) {
            phones.ring(RING_A_SECOND);
            phones.talk(number("warm", 25));
            phones.hangUp();
        }
        System.out.printf("calls | turns | of the hub: its share p50, p99; a turn p50, p99 | of it: pause, to the model, to the voice,"
                + " to the packet (p50, p99) | at the phone: share p50, p99; a turn p50, p99 (ms) | CPU-ms a call-second: hub%n");
        for (String many : asked.getOrDefault("calls", "1,20").split(",")) {
            settle();
            int calls = Integer.parseInt(many);
            Instant began = Instant.now();
            try (Phones phones = new Phones(calls, "3000", speech, true)) {
                phones.ring(RING_A_SECOND);
                phones.measuring = true;
                profile();
                Spent before = spent();
                long from = System.nanoTime();
                phones.talk(seconds);
                double took = (System.nanoTime() - from) / 1e9;
                Spent cost = spent().since(before);
                profiled(calls, cost.hub / took / calls);
                phones.hangUp();
                settle();
                report(calls, began, phones, cost.hub / took / calls);
            }
        }
    }

    private void report(int calls, Instant began, Phones phones, double cpu) throws Exception {
        int fakesMs = PAUSE_MS + Fakes.MODEL_MS + Fakes.VOICE_MS;
        Histogram[] parts = Stream.generate(() -> new Histogram(3)).limit(6).toArray(Histogram[]::new);
        for (JsonNode call : calls(began)) {
            for (JsonNode turn : get("/calls/" + call.path("id").asText()).path("turns")) {
                JsonNode latency = turn.path("latencyMs");
                if (!latency.hasNonNull("firstPacket")) {
                    continue;
                }
                double turnEnd = latency.path("turnEnd").asDouble();
                double model = latency.path("modelFirstToken").asDouble();
                double audio = latency.path("firstAudio").asDouble();
                double packet = latency.path("firstPacket").asDouble();
                double[] each = {
                    packet - fakesMs, packet, turnEnd - PAUSE_MS, model - turnEnd - Fakes.MODEL_MS,
                    audio - model - Fakes.VOICE_MS, packet - audio
                };
                for (int i = 0; i < each.length; i++) {
                    parts[i].recordValue(Math.max(0, Math.round(each[i] * 1000)));
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%5d | %d | %.1f %.1f; %.0f %.0f | %.1f %.1f, %.1f %.1f, %.1f %.1f, %.1f %.1f | %.1f %.1f; %.0f %.0f (%d) | %.2f%n",
                calls, parts[0].getTotalCount(), ms(parts[0], 50), ms(parts[0], 99), ms(parts[1], 50), ms(parts[1], 99),
                ms(parts[2], 50), ms(parts[2], 99), ms(parts[3], 50), ms(parts[3], 99), ms(parts[4], 50), ms(parts[4], 99),
                ms(parts[5], 50), ms(parts[5], 99), ms(phones.turns, 50) - fakesMs, ms(phones.turns, 99) - fakesMs,
                ms(phones.turns, 50), ms(phones.turns, 99), phones.turns.getTotalCount(), cpu);
    }

    private int number(String name, int usual) {
        return Integer.parseInt(asked.getOrDefault(name, Integer.toString(usual)));
    }

    // ---- processes
    // ----------------------------------------------------------------------------------------------------

    /** A home like the project's, with a route and an agent more. */
    private void prepare(Path project) throws Exception {
        Files.createDirectories(home.resolve("config"));
        link(project, home, List.of("hub", "routes", "config"));
        link(project.resolve("config"), home.resolve("config"), List.of("settings"));
        run("cp", "-r", project.resolve("hub").toString(), project.resolve("routes").toString(), home.toString());
        run("cp", "-r", project.resolve("config/settings").toString(), home.resolve("config").toString());
        Files.writeString(home.resolve("routes/calls/bench-answers.camel.yaml"), """
                - route:
                    id: bench-answers
                    errorHandler:
                      noErrorHandler: {}
                    from:
                      id: from-bench-answers
                      uri: direct:bench-answers
                      steps:
                        - to:
                            id: bench-answer
                            uri: sip:answer
                        - to:
                            id: bench-stay
                            uri: sip:stay
                """);
        Files.writeString(home.resolve("config/settings/agents/bench.yaml"), """
                language: en
                listen: {provider: deepgram}
                model: {provider: openai, model: gpt-4o-mini}
                voice: {provider: cartesia}
                silence: {after: 60s}
                turn: {pause-short: %dms}
                """.formatted(PAUSE_MS));
    }

    private static void link(Path from, Path to, List<String> without) throws IOException {
        try (Stream<Path> all = Files.list(from)) {
            for (Path one : all.toList()) {
                if (!without.contains(one.getFileName().toString())) {
                    Files.createSymbolicLink(to.resolve(one.getFileName()), one.toAbsolutePath());
                }
            }
        }
    }

    private static void run(String... command) throws Exception {
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }

    private String[] hubCommand(String live, String others) {
        List<String> command = new ArrayList<>(List.of(
                home.resolve("hub").toString(), "run", "--port", "0", "--data", scratch.resolve("data").toString(),
                "--with-parent"));
        for (String setting : List.of(
                "caravox.limits.requests-per-minute=100000000", "caravox.limits.burst=1000000",
                "caravox.limits.concurrent=10000", "caravox.probes.every=1h", "caravox.secrets.deepgram=bench",
                "caravox.secrets.openai=bench", "caravox.secrets.cartesia=bench", "caravox.live.sessions=5000",
                "caravox.live.sessions-of-tenant=5000", "caravox.live.chain.links[0].provider=deepgram",
                "caravox.live.chain.links[1].provider=vosk", "caravox.dialogue.chain.links[0].provider=openai",
                "caravox.dialogue.chain.links[1].provider=answers", "caravox.speech.chain.links[0].provider=cartesia",
                "caravox.speech.chain.links[1].provider=mary",
                "caravox.live.providers.deepgram.concurrent=10000",
                "caravox.live.providers.deepgram.base-url=http://127.0.0.1:" + live,
                "caravox.dialogue.providers.openai.base-url=http://127.0.0.1:" + others + "/v1",
                "caravox.speech.providers.cartesia.base-url=http://127.0.0.1:" + others,
                "caravox.speech-cache.enabled=false", "caravox.calls.sip.host=127.0.0.1",
                "caravox.calls.sip.udp-port=" + SIP_PORT, "caravox.calls.rtp.host=127.0.0.1",
                "caravox.calls.rtp.first-port=" + FIRST_PORT, "caravox.calls.rtp.last-port=" + (FIRST_PORT + 999),
                "caravox.calls.most=5000", "caravox.calls.most-of-tenant=5000", "caravox.calls.most-of-trunk=5000",
                "caravox.calls.trunks.bench.addresses[0]=127.0.0.1", "caravox.calls.trunks.bench.allow[0]=127.0.0.0/8",
                "caravox.calls.numbers.1000.tenant=demo", "caravox.calls.numbers.1000.route=transcribe-call",
                "caravox.calls.numbers.2000.tenant=demo", "caravox.calls.numbers.2000.route=bench-answers",
                "caravox.calls.numbers.3000.tenant=demo", "caravox.calls.numbers.3000.agent=bench")) {
            command.add("--set");
            command.add(setting);
        }
        return command.toArray(String[]::new);
    }

    private Process start(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CARAVOX_DEMO_KEY", KEY);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** What a process tells in a line. */
    private String[] told(Process process, String sign) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()));
        Pattern pattern = Pattern.compile(sign);
        StringBuilder seen = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.append(line).append('\n');
            Matcher told = pattern.matcher(line);
            if (told.find()) {
                Thread reader = new Thread(() -> keep(lines));
                reader.setDaemon(true);
                reader.start();
                return Stream.iterate(1, i -> i <= told.groupCount(), i -> i + 1).map(told::group).toArray(String[]::new);
            }
        }
        throw new IOException("it does not start: " + seen);
    }

    /** The hub's log lies in the scratch folder. */
    private void keep(BufferedReader lines) {
        try (var log = Files.newBufferedWriter(scratch.resolve("log-" + Thread.currentThread().threadId()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.write(line);
                log.newLine();
                log.flush();
            }
        } catch (IOException e) {
            return; // it has ended
        }
    }

    /** Waits until the hub has little to do: what ended is stored, what was compiled is. */
    private void settle() throws Exception {
        for (int i = 0; i < 40; i++) {
            long before = cpuMs(hub.pid());
            Thread.sleep(250);
            if (cpuMs(hub.pid()) - before <= 20) {
                return;
            }
        }
    }

    private long residentKb() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + hub.pid() + "/status"))) {
            if (line.startsWith("VmRSS")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }

    private Spent spent() throws IOException {
        long compiler = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + hub.pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                String name = Files.readString(thread.resolve("comm"));
                compiler += name.contains("CompilerThre") ? cpuMs(thread.resolve("stat")) : 0;
            }
        } catch (UncheckedIOException | NoSuchFileException e) {
            return spent(); // a thread ended meanwhile
        }
        return new Spent(
                cpuMs(hub.pid()), compiler, databaseMs(), cpuMs(fakes.pid()), cpuMs(ProcessHandle.current().pid()));
    }

    /** Of the database's own processes; those of it that ended meanwhile are their parent's. */
    private long databaseMs() throws IOException {
        long sum = 0;
        for (ProcessHandle one : hub.descendants().toList()) {
            sum += ended(one.pid());
        }
        try (Stream<Path> files = Files.find(scratch, 6, (path, known) -> path.endsWith("postmaster.pid"))) {
            for (Path file : files.toList()) {
                long pid = Long.parseLong(Files.readAllLines(file).get(0).strip());
                if (hub.descendants().anyMatch(one -> one.pid() == pid)) {
                    continue;
                }
                sum += ended(pid);
                for (ProcessHandle one : ProcessHandle.of(pid).stream().flatMap(ProcessHandle::children).toList()) {
                    sum += ended(one.pid());
                }
            }
        }
        return sum;
    }

    private static long ended(long pid) {
        try {
            String[] fields = fields(Path.of("/proc/" + pid + "/stat"));
            return TICK_MS * Stream.of(11, 12, 13, 14).mapToLong(i -> Long.parseLong(fields[i])).sum();
        } catch (IOException e) {
            return 0; // it ended
        }
    }

    private static long cpuMs(long pid) throws IOException {
        return cpuMs(Path.of("/proc/" + pid + "/stat"));
    }

    private static long cpuMs(Path stat) throws IOException {
        String[] fields = fields(stat);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MS;
    }

    private static String[] fields(Path stat) throws IOException {
        String text = Files.readString(stat);
        return text.substring(text.lastIndexOf(')') + 2).split(" ");
    }

    private static long idleTicks() throws IOException {
        return Long.parseLong(Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +")[4]);
    }

    private void profile() throws Exception {
        if (asked.containsKey("profile")) {
            profiler("start,event=itimer,interval=1ms");
        }
    }

    /** Tells what the time since then went to. */
    private void profiled(int calls, double each) throws Exception {
        if (asked.containsKey("profile")) {
            Path stacks = scratch.resolve("stacks-" + calls);
            profiler("stop,collapsed,file=" + stacks);
            Parts.print(stacks, each);
        }
    }

    private void profiler(String order) throws Exception {
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(hub.pid()),
                        "JVMTI.agent_load", asked.get("profile"), "\"" + order + "\"")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}

/** What the hub's time went to, by the innermost frame that tells. */
final class Parts {

    private static final Map<String, Pattern> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("just-in-time compilation", Pattern.compile("CompileBroker|C2Compiler|Compiler::compile"));
        PARTS.put("garbage collection", Pattern.compile("VM_Gen|VM_Collect|SerialHeap|DefNew|GenCollect|VMThread::"));
        PARTS.put("voice activity", Pattern.compile("org/caravox/audio/activity|onnxruntime"));
        PARTS.put(
                "live stream to the provider",
                Pattern.compile("org/caravox/(live|outbound)/|NioSocketChannel|WebSocket|FlushConsolidation"));
        PARTS.put("RTP sockets", Pattern.compile("DatagramChannel|DatagramDispatcher"));
        PARTS.put("selecting", Pattern.compile("(EPoll|Selector)"));
        PARTS.put("codec", Pattern.compile("org/caravox/rtp/(G711Voice|OpusVoice|G722Voice|ResampledVoice|Pcm|ComfortNoise)"));
        PARTS.put("jitter buffer", Pattern.compile("org/caravox/rtp/(JitterBuffer|SpeechLine|DelayTarget)"));
        PARTS.put("the rest of RTP", Pattern.compile("org/caravox/rtp/"));
        PARTS.put("SIP", Pattern.compile("gov/nist|org/caravox/sip"));
        PARTS.put("timers and tasks of event loops", Pattern.compile("io/netty"));
    }

    private Parts() {}

    static void print(Path stacks, double each) throws IOException {
        Map<String, Long> counts = new LinkedHashMap<>();
        long all = 0;
        for (String line : Files.readAllLines(stacks)) {
            int space = line.lastIndexOf(' ');
            long count = Long.parseLong(line.substring(space + 1));
            all += count;
            String part = PARTS.entrySet().stream()
                    .filter(known -> known.getValue().matcher(line).find())
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse("other");
            counts.merge(part, count, Long::sum);
        }
        for (Map.Entry<String, Long> part : counts.entrySet()) {
            double share = part.getValue() / (double) all;
            System.out.printf(
                    Locale.ROOT, "  %-34s %5.1f %%  %.3f CPU-ms a call-second%n", part.getKey(), 100 * share, share * each);
        }
    }
}

/** Telephones that ring the hub, all on one thread: what SIP takes (RFC 3261), and G.711 at the pace of speech. */
final class Phones implements AutoCloseable {

    private static final long FRAME_NANOS = 20_000_000L;
    private static final int FRAME = 160;
    private static final int HEADER = 12;
    private static final byte SILENT = (byte) 0xff;
    private static final long TICK_NANOS = 1_000_000L;
    private static final int BETWEEN_TURNS = 50;
    private static final long AGAIN_NANOS = 500_000_000L;

    /** Frames of mu-law. */
    record Speech(byte[][] frames) {

        /** A recording of 8 kHz, 16 bits, mono; its first frames, 0 are all. It ends in the midst of a loud one. */
        static Speech of(Path wav, int most) throws IOException {
            ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(wav)).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            List<byte[]> frames = new ArrayList<>();
            int kept = 0;
            for (int at = 44; at + 2 * FRAME <= file.limit() && (most == 0 || frames.size() < most); at += 2 * FRAME) {
                byte[] frame = new byte[FRAME];
                long loud = 0;
                for (int i = 0; i < FRAME; i++) {
                    short sample = file.getShort(at + 2 * i);
                    frame[i] = muLaw(sample);
                    loud += Math.abs(sample);
                }
                frames.add(frame);
                kept = loud / FRAME > 1_000 ? frames.size() : kept;
            }
            return new Speech(frames.subList(0, most == 0 ? frames.size() : kept).toArray(byte[][]::new));
        }

        private static byte muLaw(int sample) {
            int sign = sample < 0 ? 0x80 : 0;
            int magnitude = Math.min(32_635, Math.abs(sample)) + 132;
            int exponent = 24 - Integer.numberOfLeadingZeros(magnitude);
            return (byte) ~(sign | exponent << 4 | magnitude >> exponent + 3 & 15);
        }
    }

    private static final class Phone {
        final int number;
        final DatagramChannel audio;
        final ByteBuffer packet = ByteBuffer.allocateDirect(HEADER + FRAME);
        String invite = "";
        String ack = "";
        String bye = "";
        long askedAt;
        boolean answered;
        boolean over;

        int sequence;
        int said;
        int quiet;
        long stoppedAt;
        long heardAt;
        long lastAt;
        int lastSequence = -1;
        long missed;

        Phone(int number, DatagramChannel audio) {
            this.number = number;
            this.audio = audio;
        }
    }

    final Histogram jitter = new Histogram(3);
    final Histogram delay = new Histogram(3);
    final Histogram turns = new Histogram(3);
    boolean measuring;

    private final String to;
    private final Speech speech;
    private final boolean inTurns;
    private final Selector selector = Selector.open();
    private final DatagramChannel sip = DatagramChannel.open();
    private final InetSocketAddress hub = new InetSocketAddress("127.0.0.1", Calls.SIP_PORT);
    private final String own;
    private final String run = Long.toHexString(System.nanoTime());
    private final List<Phone> phones = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(65_536);
    private long began;
    private long next;

    /** @param inTurns whether they say it again and again, once they were answered, or without end */
    Phones(int many, String to, Speech speech, boolean inTurns) throws IOException {
        this.to = to;
        this.speech = speech;
        this.inTurns = inTurns;
        own = "127.0.0.1:" + listen(sip, null);
        for (int i = 0; i < many; i++) {
            DatagramChannel audio = DatagramChannel.open();
            Phone phone = new Phone(i, audio);
            int port = listen(audio, phone);
            phone.said = inTurns ? 0 : i * 7 % speech.frames().length;
            phone.quiet = BETWEEN_TURNS + i * 5;
            phone.invite = invite(phone, port);
            phones.add(phone);
        }
    }

    private int listen(DatagramChannel channel, Phone phone) throws IOException {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 18);
        channel.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, phone);
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    // ---- signalling

    private String invite(Phone phone, int port) {
        String sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " + port
                + " RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n";
        return request(phone, "INVITE", "sip:" + to + "@127.0.0.1:" + Calls.SIP_PORT, "", 1,
                "Contact: <sip:bench@" + own + ">\r\nContent-Type: application/sdp\r\n", sdp);
    }

    private String request(Phone phone, String method, String uri, String tag, int number, String headers, String body) {
        return method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + own + ";rport;branch=z9hG4bK" + run + phone.number
                + method + "\r\nMax-Forwards: 70\r\nFrom: <sip:bench" + phone.number + "@" + own + ">;tag=" + run + phone.number
                + "\r\nTo: <sip:" + to + "@127.0.0.1:" + Calls.SIP_PORT + ">" + tag + "\r\nCall-ID: " + run + "-" + phone.number
                + "@bench\r\nCSeq: " + number + " " + method + "\r\n" + headers + "Content-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    private void tell(String message) throws IOException {
        sip.send(ByteBuffer.wrap(message.getBytes(StandardCharsets.US_ASCII)), hub);
    }

    private void heardSip(String message) throws IOException {
        if (!message.startsWith("SIP/2.0 ")) {
            answer(message);
            return;
        }
        Matcher id = Pattern.compile("(?im)^Call-ID: *" + run + "-(\\d+)@").matcher(message);
        if (!id.find()) {
            return;
        }
        Phone phone = phones.get(Integer.parseInt(id.group(1)));
        int status = Integer.parseInt(message.substring(8, 11));
        if (header(message, "CSeq").endsWith("BYE")) {
            phone.over = true;
        } else if (status == 200) {
            answered(phone, message);
        } else if (status >= 300) {
            throw new IOException("the hub does not answer: " + message.lines().findFirst().orElse(""));
        } else {
            phone.askedAt = Long.MAX_VALUE;
        }
    }

    private void answered(Phone phone, String message) throws IOException {
        if (!phone.answered) {
            String tag = ";tag=" + header(message, "To").split("tag=")[1];
            String contact = header(message, "Contact").replaceAll(".*<([^>]*)>.*", "$1");
            phone.ack = request(phone, "ACK", contact, tag, 1, "", "");
            phone.bye = request(phone, "BYE", contact, tag, 2, "", "");
            Matcher port = Pattern.compile("m=audio (\\d+)").matcher(message);
            port.find();
            phone.audio.connect(new InetSocketAddress("127.0.0.1", Integer.parseInt(port.group(1))));
            phone.answered = true;
        }
        tell(phone.ack);
    }

    private void answer(String request) throws IOException {
        StringBuilder answer = new StringBuilder("SIP/2.0 200 OK\r\n");
        for (String name : List.of("Via", "From", "To", "Call-ID", "CSeq")) {
            answer.append(name).append(": ").append(header(request, name)).append("\r\n");
        }
        tell(answer.append("Content-Length: 0\r\n\r\n").toString());
    }

    private static String header(String message, String name) {
        Matcher header = Pattern.compile("(?im)^" + name + ": *(.*?)\\r?$").matcher(message);
        return header.find() ? header.group(1) : "";
    }

    /** Rings, so many a second; who is answered talks. */
    void ring(int aSecond) throws IOException {
        began = System.nanoTime();
        long until = began + (phones.size() * 1_000L / aSecond + 20_000) * 1_000_000;
        while (phones.stream().anyMatch(phone -> !phone.answered)) {
            long now = System.nanoTime();
            for (Phone phone : phones) {
                boolean due = now - began > phone.number * 1_000_000_000L / aSecond;
                if (due && !phone.answered && now - phone.askedAt > AGAIN_NANOS) {
                    phone.askedAt = now;
                    tell(phone.invite);
                }
            }
            talkUntil(now + 20_000_000);
            if (now > until) {
                throw new IOException("calls that nobody answered: "
                        + phones.stream().filter(phone -> !phone.answered).count());
            }
        }
    }

    void talk(int seconds) throws IOException {
        talkUntil(System.nanoTime() + seconds * 1_000_000_000L);
    }

    void hangUp() throws IOException {
        for (int i = 0; i < 20 && phones.stream().anyMatch(phone -> !phone.over); i++) {
            for (Phone phone : phones) {
                if (!phone.over) {
                    tell(phone.bye);
                    phone.askedAt = Long.MAX_VALUE;
                    talkUntil(System.nanoTime() + 2_000_000);
                }
            }
            talkUntil(System.nanoTime() + AGAIN_NANOS);
        }
    }

    // ---- audio

    /** Frame number {@code k} of phone {@code i} is due {@code k + i / phones} frames after the beginning. */
    private void talkUntil(long until) throws IOException {
        int many = phones.size();
        for (long now = System.nanoTime(); now < until; now = System.nanoTime()) {
            for (long due = due(many); due <= now; due = due(many)) {
                if (measuring) {
                    delay.recordValue((now - due) / 1000);
                }
                say(phones.get((int) (next % many)), now);
                next++;
                if ((next & 63) == 0) {
                    selector.selectNow(this::read);
                    now = System.nanoTime();
                }
            }
            selector.selectNow(this::read);
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    private long due(int many) {
        return began + next / many * FRAME_NANOS + FRAME_NANOS * (next % many) / many;
    }

    private void say(Phone phone, long now) throws IOException {
        if (!phone.answered || phone.over) {
            return;
        }
        ByteBuffer packet = phone.packet.clear();
        packet.putShort((short) 0x8000).putShort((short) phone.sequence).putInt(phone.sequence * FRAME).putInt(phone.number + 1);
        phone.sequence++;
        byte[] frame = frame(phone, now);
        if (frame.length == 0) {
            for (int i = 0; i < FRAME; i++) {
                packet.put(SILENT);
            }
        } else {
            packet.put(frame);
        }
        try {
            phone.audio.write(packet.flip());
        } catch (IOException e) {
            phone.over = true;
        }
    }

    private static final byte[] NOTHING = {};

    private byte[] frame(Phone phone, long now) {
        if (!inTurns) {
            return speech.frames()[phone.said++ % speech.frames().length];
        }
        if (phone.quiet > 0) {
            phone.quiet--;
            return NOTHING;
        }
        if (phone.said < speech.frames().length) {
            byte[] frame = speech.frames()[phone.said++];
            phone.stoppedAt = now + FRAME_NANOS;
            phone.heardAt = 0;
            return frame;
        }
        return NOTHING;
    }

    private void read(SelectionKey key) {
        try {
            DatagramChannel channel = (DatagramChannel) key.channel();
            Phone phone = (Phone) key.attachment();
            if (phone != null && phone.answered) {
                if (channel.read(in.clear()) > 0) { // once: what is left is told again
                    in.flip();
                    heard(phone, System.nanoTime());
                }
                return;
            }
            while (channel.receive(in.clear()) != null) {
                in.flip();
                if (phone == null) {
                    heardSip(StandardCharsets.ISO_8859_1.decode(in).toString());
                }
            }
        } catch (java.net.PortUnreachableException gone) {
            // it hung up
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void heard(Phone phone, long now) {
        if (in.remaining() < HEADER || (in.get(1) & 0x7f) != 0) {
            return; // a report
        }
        int sequence = in.getShort(2) & 0xffff;
        if (measuring && phone.lastSequence >= 0) {
            int steps = sequence - phone.lastSequence & 0xffff;
            phone.missed += Math.max(0, steps - 1);
            if (steps == 1) {
                jitter.recordValue(Math.abs(now - phone.lastAt - FRAME_NANOS) / 1000);
            }
        }
        phone.lastSequence = sequence;
        phone.lastAt = now;
        if (inTurns) {
            listenTo(phone, now);
        }
    }

    /** The first loud packet after we stopped is the answer; the first quiet one after that is its end. */
    private void listenTo(Phone phone, long now) {
        boolean loud = false;
        for (int i = HEADER; i < in.limit() && !loud; i += 4) {
            loud = (in.get(i) & 0x7f) < 0x50;
        }
        boolean waiting = phone.said == speech.frames().length;
        if (loud && waiting && phone.heardAt == 0) {
            phone.heardAt = now;
            if (measuring) {
                turns.recordValue((now - phone.stoppedAt) / 1000);
            }
        } else if (!loud && waiting && phone.heardAt > 0 && now - phone.heardAt > Fakes.SPOKEN_MS * 1_000_000L) {
            phone.said = 0;
            phone.quiet = BETWEEN_TURNS;
        }
    }

    /** Packets of the hub that did not come. */
    long missed() {
        return phones.stream().mapToLong(phone -> phone.missed).sum();
    }

    @Override
    public void close() throws IOException {
        for (Phone phone : phones) {
            phone.audio.close();
        }
        sip.close();
        selector.close();
    }
}

/**
 * Providers: Deepgram's live protocol on one thread, OpenAI's chat and Cartesia's voice. In turns it is silent until it is told
 * to settle, and settles 150 ms after; otherwise it tells a word every 300 ms, final every 3 s.
 */
final class Fakes {

    static final int WORDS_MS = 150;
    static final int MODEL_MS = 400;
    static final int VOICE_MS = 150;
    static final int SPOKEN_MS = 1_000;

    private static final int BYTES_PER_SECOND = 16_000;
    private static final int ANSWERS_A_FINAL = 12;
    private static final byte[] METADATA = text("{\"type\":\"Metadata\",\"request_id\":\"0\",\"duration\":1,\"channels\":1}");
    private static final byte[] BYE = {(byte) 0x88, 2, 0x03, (byte) 0xe8};

    private static final class Line {
        final SocketChannel channel;
        final int phase;
        byte[] rest = {};
        boolean open;
        int bytesPerSecond = BYTES_PER_SECOND;
        long heard;
        int told;

        Line(SocketChannel channel, int phase) {
            this.channel = channel;
            this.phase = phase;
        }
    }

    private record Due(long at, Line line) {}

    private final boolean inTurns;
    private final Map<Integer, byte[]> answers = new HashMap<>();
    private final PriorityQueue<Due> due = new PriorityQueue<>((one, other) -> Long.compare(one.at, other.at));
    private int lines;
    private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 20);
    private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 16);

    Fakes(boolean inTurns) {
        this.inTurns = inTurns;
    }

    void run() throws Exception {
        HttpServer others = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 1_024);
        others.setExecutor(Executors.newCachedThreadPool());
        others.createContext("/v1/chat/completions", Fakes::chat);
        others.createContext("/tts/bytes", Fakes::speak);
        others.start();
        ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0), 4096);
        server.configureBlocking(false);
        Selector selector = Selector.open();
        server.register(selector, SelectionKey.OP_ACCEPT);
        System.out.println("fakes at " + ((InetSocketAddress) server.getLocalAddress()).getPort() + " "
                + others.getAddress().getPort());
        while (true) {
            long wait = due.isEmpty() ? 0 : Math.max(1, (due.peek().at - System.nanoTime()) / 1_000_000);
            selector.select(key -> serve(key, server, selector), wait);
            while (!due.isEmpty() && due.peek().at <= System.nanoTime()) {
                settle(due.poll().line);
            }
        }
    }

    private void serve(SelectionKey key, ServerSocketChannel server, Selector selector) {
        try {
            if (key.isAcceptable()) {
                accept(server, selector);
            } else {
                read((Line) key.attachment());
            }
        } catch (Exception e) {
            key.cancel();
            try {
                key.channel().close();
            } catch (IOException gone) {
                // it is gone
            }
        }
    }

    private void accept(ServerSocketChannel server, Selector selector) throws IOException {
        for (SocketChannel one = server.accept(); one != null; one = server.accept()) {
            one.configureBlocking(false);
            one.setOption(StandardSocketOptions.TCP_NODELAY, true);
            one.register(selector, SelectionKey.OP_READ, new Line(one, lines++ % ANSWERS_A_FINAL));
        }
    }

    private void read(Line line) throws Exception {
        in.clear().put(line.rest);
        if (line.channel.read(in) < 0) {
            line.channel.close();
            return;
        }
        in.flip();
        if (line.open || handshake(line)) {
            while (line.channel.isOpen() && message(line)) {
                // all that is whole
            }
        }
        line.rest = new byte[in.remaining()];
        in.get(line.rest);
    }

    private boolean handshake(Line line) throws Exception {
        String head = StandardCharsets.ISO_8859_1.decode(in.duplicate()).toString();
        int end = head.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        Matcher key = Pattern.compile("(?i)sec-websocket-key: *(\\S+)").matcher(head);
        key.find();
        byte[] digest = MessageDigest.getInstance("SHA-1")
                .digest((key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
        line.channel.write(StandardCharsets.US_ASCII.encode(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                        + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n"));
        in.position(end + 4);
        Matcher channels = Pattern.compile("[?&]channels=(\\d+)").matcher(head);
        line.bytesPerSecond = BYTES_PER_SECOND * (channels.find() ? Integer.parseInt(channels.group(1)) : 1);
        line.open = true;
        return true;
    }

    private boolean message(Line line) throws IOException {
        int at = in.position();
        if (in.remaining() < 6) {
            return false;
        }
        int length = in.get(at + 1) & 127;
        int header = length == 126 ? 8 : length == 127 ? 14 : 6;
        if (in.remaining() < header) {
            return false;
        }
        length = length == 126 ? in.getShort(at + 2) & 0xffff : length == 127 ? (int) in.getLong(at + 2) : length;
        if (in.remaining() < header + length) {
            return false;
        }
        switch (in.get(at) & 15) {
            case 0, 2 -> hear(line, length);
            case 1 -> obey(line, unmasked(at + header, length));
            case 8 -> line.channel.close();
            case 9 -> write(line, new byte[] {(byte) 0x8a, 0});
            default -> {}
        }
        in.position(at + header + length);
        return true;
    }

    private void obey(Line line, String order) throws IOException {
        if (order.contains("CloseStream")) {
            write(line, METADATA);
            write(line, BYE);
        } else if (order.contains("Finalize") && inTurns) {
            due.add(new Due(System.nanoTime() + WORDS_MS * 1_000_000L, line));
        }
    }

    private String unmasked(int at, int length) {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = (byte) (in.get(at + i) ^ in.get(at - 4 + (i & 3)));
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    private void hear(Line line, int length) throws IOException {
        line.heard += length;
        while (!inTurns && line.heard >= (long) line.bytesPerSecond / 4 * (line.told + 1)) {
            line.told++;
            write(line, answer(line.told, line.phase));
        }
    }

    private void write(Line line, byte[] message) throws IOException {
        out.clear().put(message).flip();
        line.channel.write(out);
        if (out.hasRemaining()) {
            line.channel.close();
        }
    }

    private void settle(Line line) {
        double until = line.heard / (double) line.bytesPerSecond;
        try {
            write(line, text(results(Math.max(0, until - 1.5), until, true, true, List.of("What", "time", "do", "you", "open?"))));
        } catch (IOException e) {
            // it is gone
        }
    }

    /** Lines are told the same at the same time of theirs, but for when results are final, as they begin at any time. */
    private byte[] answer(int number, int phase) {
        return answers.computeIfAbsent(number * ANSWERS_A_FINAL + phase, fresh -> {
            int settled = Math.max(0, (number + phase - 1) / ANSWERS_A_FINAL * ANSWERS_A_FINAL - phase);
            List<String> words = new ArrayList<>();
            for (int word = 0; (word + 1) * 0.3 <= (number - settled) / 4.0; word++) {
                words.add("word" + word);
            }
            boolean isFinal = (number + phase) % ANSWERS_A_FINAL == 0;
            return text(results(settled / 4.0, number / 4.0, isFinal, false, words));
        });
    }

    private static String results(double start, double until, boolean isFinal, boolean asked, List<String> words) {
        StringBuilder each = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            each.append(each.isEmpty() ? "" : ",").append(String.format(Locale.ROOT,
                    "{\"word\":\"%s\",\"start\":%.2f,\"end\":%.2f,\"confidence\":0.98,\"punctuated_word\":\"%s\"}",
                    words.get(i).toLowerCase(Locale.ROOT).replace("?", ""), start + i * 0.25, start + i * 0.25 + 0.2,
                    words.get(i)));
        }
        return "{\"type\":\"Results\",\"channel_index\":[0,1],\"duration\":" + (until - start) + ",\"start\":" + start
                + ",\"is_final\":" + isFinal + ",\"speech_final\":" + isFinal + ",\"from_finalize\":" + asked
                + ",\"channel\":{\"alternatives\":[{\"transcript\":\"" + String.join(" ", words)
                + "\",\"confidence\":0.98,\"words\":[" + each
                + "]}]},\"metadata\":{\"request_id\":\"0\",\"model_info\":{\"name\":\"nova-3\",\"version\":\"2026-01-01.0\","
                + "\"arch\":\"nova-3\"},\"model_uuid\":\"2187e11a-3532-4498-b076-81fa530bdd49\"}}";
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(bytes.length + 4).put((byte) 0x81);
        if (bytes.length < 126) {
            frame.put((byte) bytes.length);
        } else {
            frame.put((byte) 126).putShort((short) bytes.length);
        }
        return Arrays.copyOf(frame.put(bytes).array(), frame.position());
    }

    private static void chat(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        LockSupport.parkNanos(MODEL_MS * 1_000_000L);
        StringBuilder said = new StringBuilder();
        for (String piece : List.of("We ", "open ", "at ", "nine ", "every ", "day.")) {
            said.append("data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-4o-mini\","
                    + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + piece + "\"},\"finish_reason\":null}]}\n\n");
        }
        said.append("data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-4o-mini\","
                + "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: {\"id\":\"c\",\"object\":"
                + "\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-4o-mini\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,"
                + "\"completion_tokens\":6,\"total_tokens\":15}}\n\ndata: [DONE]\n\n");
        send(exchange, "text/event-stream", said.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void speak(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Matcher rate = Pattern.compile("\"sample_rate\":(\\d+)").matcher(body);
        int rateHz = rate.find() ? Integer.parseInt(rate.group(1)) : 8_000;
        byte[] pcm = new byte[2 * rateHz * SPOKEN_MS / 1_000];
        for (int i = 0; i < pcm.length; i += 2) {
            int sample = (int) (9_000 * Math.sin(Math.PI * 220 * i / rateHz));
            pcm[i] = (byte) sample;
            pcm[i + 1] = (byte) (sample >> 8);
        }
        LockSupport.parkNanos(VOICE_MS * 1_000_000L);
        send(exchange, "audio/pcm", pcm);
    }

    private static void send(HttpExchange exchange, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
