import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Live streams: clients send 16 kHz linear16 audio at the pace at which it is spoken, a provider answers every 250 ms of
 * it, and what lies between is measured: nothing (direct), a minimal relay of Node.js, or the hub. An answer's latency is
 * counted from the frame that completed its audio. Clients and provider are made to cost little: they share the cores
 * with what is measured.
 *
 * <p>Arguments: the folder of the project, the relay's program, and {@code frames=20,100} (milliseconds), {@code
 * streams=100,300,600,1000}, {@code through=direct,relay,listen,stream}, {@code seconds=6} of each, {@code
 * warm=60} seconds of 300 streams before. With {@code provider} this is the provider.
 */
final class Live {

    static final int BYTES_PER_SECOND = 32_000;
    private static final int TICK_MS = 10;
    private static final int WARM_SECONDS = 6; // by then each stream keeps as much audio as it will
    private static final String QUERY = "?encoding=linear16&sample_rate=16000&interim_results=true";

    /** What clients connect to. */
    private record Middle(String name, int port, String path, Process process) {}

    private record Cost(long cpuMs, long residentKb) {}

    private final Path home;
    private final Path scratch;
    private final Process provider;
    private final int providerPort;
    private final List<Process> started = new ArrayList<>();
    private final Map<Process, Cost> idle = new HashMap<>();
    private final Map<Process, Long> idleHeap = new HashMap<>();

    private Live(Path home) throws IOException {
        this.home = home;
        this.scratch = Files.createTempDirectory("caravox-bench");
        this.provider = start(
                ProcessHandle.current().info().command().orElseThrow(), "-Xmx128m", "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), System.getenv("BENCH_SOURCE"), "provider");
        this.providerPort = port(provider, "provider at ");
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("provider")) {
            new Provider().run();
            return;
        }
        Map<String, String> asked = new HashMap<>(
                Map.of("frames", "20,100", "streams", "100,300,600,1000", "through", "direct,relay,listen", "seconds", "6", "warm", "60"));
        for (String argument : List.of(arguments).subList(2, arguments.length)) {
            asked.put(argument.split("=")[0], argument.split("=")[1]);
        }
        Live live = new Live(Path.of(arguments[0]));
        try {
            live.measure(arguments[1], asked);
        } finally {
            live.started.forEach(Process::destroy);
        }
        System.exit(0);
    }

    private void measure(String relay, Map<String, String> asked) throws Exception {
        List<Middle> middles = new ArrayList<>();
        Process hub = null;
        int hubPort = 0;
        for (String name : asked.get("through").split(",")) {
            switch (name) {
                case "direct" -> middles.add(new Middle(name, providerPort, "/v1/listen" + QUERY, provider));
                case "relay" -> {
                    Process node = start("node", relay, "0", Integer.toString(providerPort));
                    middles.add(new Middle(name, port(node, "relay at "), "/", node));
                }
                default -> {
                    if (hub == null) {
                        hub = start(hubCommand());
                        hubPort = port(hub, "Caravox is ready at ");
                    }
                    String path = name.equals("stream") ? "/stream" : "/v1/listen";
                    middles.add(new Middle(name, hubPort, path + QUERY, hub));
                }
            }
        }
        for (Middle middle : middles) { // what has to be loaded and compiled
            if (idle.containsKey(middle.process())) {
                continue;
            }
            boolean isHub = middle.process() == hub;
            run(middle, 300, 20, 0, isHub ? Integer.parseInt(asked.get("warm")) : 5);
            settle(middle.process());
            idle.put(middle.process(), cost(middle.process()));
            idleHeap.put(middle.process(), heapKb(middle));
        }
        for (String frame : asked.get("frames").split(",")) {
            System.out.printf("%nframes of %s ms%n%-6s %-7s | p50 | p99 | max (ms) | CPU-ms per stream-second: it, of that just-in-time"
                    + " compilation, provider, clients | idle | kB a stream: resident, heap | answers | held back, closed | clients' own delay p99%n",
                    frame, "", "streams");
            for (String streams : asked.get("streams").split(",")) {
                for (Middle middle : middles) {
                    report(middle, Integer.parseInt(streams), Integer.parseInt(frame), Integer.parseInt(asked.get("seconds")));
                    settle(middle.process());
                }
            }
        }
    }

    private void report(Middle middle, int streams, int frameMs, int seconds) throws Exception {
        Clients clients = run(middle, streams, frameMs, WARM_SECONDS, seconds);
        System.out.printf(Locale.ROOT,
                "%-6s %7d | %6.2f | %7.2f | %7.1f | %.3f %.3f %.3f %.3f | %2.0f %% | %5.1f %5.1f | %5.1f %% | %d %d | %.1f%n",
                middle.name(), streams, ms(clients.latency, 50), ms(clients.latency, 99), ms(clients.latency, 100),
                clients.cpu[0], clients.cpu[1], clients.cpu[2], clients.cpu[3], clients.idlePercent,
                (clients.residentKb - idle.get(middle.process()).residentKb()) / (double) streams,
                (clients.heapKb - idleHeap.get(middle.process())) / (double) streams,
                100.0 * clients.answers / (streams * 4.0 * seconds), clients.heldBack, clients.closed,
                ms(clients.delay, 99));
    }

    private static double ms(Histogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / 1000.0;
    }

    private Clients run(Middle middle, int streams, int frameMs, int warm, int seconds) throws Exception {
        try (Clients clients = new Clients(streams, frameMs)) {
            clients.connect(middle.port(), middle.path());
            clients.send(warm);
            clients.measuring = true;
            long[] before = spent(middle);
            long idleBefore = idleTicks();
            long began = System.nanoTime();
            clients.send(seconds);
            double took = (System.nanoTime() - began) / 1e9;
            long[] after = spent(middle);
            for (int i = 0; i < after.length; i++) {
                clients.cpu[i] = (after[i] - before[i]) / took / streams;
            }
            clients.idlePercent = (idleTicks() - idleBefore) * 100.0 * TICK_MS
                    / (took * 1000 * Runtime.getRuntime().availableProcessors());
            clients.residentKb = cost(middle.process()).residentKb();
            clients.heapKb = heapKb(middle);
            return clients;
        }
    }

    // ---- processes
    // ----------------------------------------------------------------------------------------------------

    private String[] hubCommand() {
        List<String> command = new ArrayList<>(List.of(home.resolve("hub").toString(), "run", "--port", "0", "--data",
                scratch.toString(), "--with-parent"));
        for (String setting : List.of(
                "caravox.limits.requests-per-minute=100000000", "caravox.limits.burst=1000000",
                "caravox.limits.concurrent=10000", "caravox.probes.every=1h", "caravox.secrets.deepgram=bench",
                "caravox.live.sessions=5000", "caravox.live.sessions-of-tenant=5000",
                "caravox.live.chain.links[0].provider=deepgram", "caravox.live.providers.deepgram.concurrent=10000",
                "caravox.live.providers.deepgram.base-url=http://127.0.0.1:" + providerPort)) {
            command.add("--set");
            command.add(setting);
        }
        return command.toArray(String[]::new);
    }

    private Process start(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CARAVOX_DEMO_KEY", Clients.KEY);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** The port that a process tells. */
    private static int port(Process process, String sign) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()));
        StringBuilder seen = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.append(line).append('\n');
            Matcher told = Pattern.compile(sign + "(?:http\\S+:)?(\\d+)").matcher(line);
            if (told.find()) {
                Thread reader = new Thread(() -> lines.lines().forEach(ignored -> {}));
                reader.setDaemon(true);
                reader.start();
                return Integer.parseInt(told.group(1));
            }
        }
        throw new IOException("it does not start: " + seen);
    }

    /** Waits until a process has little to do: what ended is stored, what was compiled is. */
    private static void settle(Process process) throws Exception {
        for (int i = 0; i < 60; i++) {
            long before = cpuMs(process.pid());
            Thread.sleep(250);
            if (cpuMs(process.pid()) - before <= 20) {
                return;
            }
        }
    }

    private static Cost cost(Process process) throws IOException {
        long resident = 0;
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS")) {
                resident = Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return new Cost(cpuMs(process.pid()), resident);
    }

    /** CPU time of what is measured, of its compiler, of the provider and of the clients, in milliseconds. */
    private long[] spent(Middle middle) throws IOException {
        long pid = middle.process().pid();
        long compiler = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads.toList()) {
                String name = Files.readString(thread.resolve("comm"));
                compiler += name.contains("CompilerThre") ? cpuMs(thread.resolve("stat")) : 0;
            }
        } catch (UncheckedIOException | NoSuchFileException e) {
            return spent(middle); // a thread ended meanwhile
        }
        return new long[] {cpuMs(pid), compiler, cpuMs(provider.pid()), cpuMs(ProcessHandle.current().pid())};
    }

    private static long cpuMs(long pid) throws IOException {
        return cpuMs(Path.of("/proc/" + pid + "/stat"));
    }

    private static long cpuMs(Path stat) throws IOException {
        String text = Files.readString(stat);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MS;
    }

    private static long idleTicks() throws IOException {
        return Long.parseLong(Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +")[4]);
    }

    /** What lives in a JVM's heap after a collection; 0 for what is none. */
    private static long heapKb(Middle middle) throws Exception {
        if (middle.name().equals("direct") || middle.name().equals("relay")) {
            return 0;
        }
        jcmd(middle.process(), "GC.run");
        Matcher used = Pattern.compile("(?i)(?:DefNew|Tenured)[^\\n]*?used (\\d+)K").matcher(jcmd(middle.process(), "GC.heap_info"));
        long sum = 0;
        while (used.find()) {
            sum += Long.parseLong(used.group(1));
        }
        return sum;
    }

    private static String jcmd(Process process, String command) throws Exception {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(process.pid()), command)
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return said;
    }
}

/** Clients of one kind, all on one thread. */
final class Clients implements AutoCloseable {

    static final String KEY = "bench-key";

    private static final int MASK = 0x5a17c33e;
    private static final int REMEMBERED = 256;
    private static final byte[] SPEAKS = "\"start\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LASTS = "\"duration\":".getBytes(StandardCharsets.US_ASCII);

    private static final class Client {
        final SocketChannel channel;
        final long[] sentAt = new long[REMEMBERED];
        byte[] rest = {};
        ByteBuffer waiting;

        Client(SocketChannel channel) {
            this.channel = channel;
        }
    }

    final Histogram latency = new Histogram(3);
    final Histogram delay = new Histogram(3);
    final double[] cpu = new double[4];
    double idlePercent;
    long residentKb;
    long heapKb;
    boolean measuring;
    long answers;
    long heldBack;
    long closed;

    private final int streams;
    private final int bytes;
    private final long everyNanos;
    private final Selector selector = Selector.open();
    private final List<Client> clients = new ArrayList<>();
    private final ByteBuffer frame;
    private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 18);
    private final byte[] head = new byte[512];
    private long began;
    private long next;

    Clients(int streams, int frameMs) throws IOException {
        this.streams = streams;
        this.bytes = Live.BYTES_PER_SECOND / 1000 * frameMs;
        this.everyNanos = frameMs * 1_000_000L;
        byte[] noise = new byte[bytes];
        new Random(1).nextBytes(noise);
        this.frame = ByteBuffer.allocateDirect(8 + bytes).put((byte) 0x82).put((byte) 0xfe).putShort((short) bytes)
                .putInt(MASK).put(noise);
    }

    void connect(int port, String path) throws Exception {
        ExecutorService some = Executors.newFixedThreadPool(16);
        try {
            List<Future<SocketChannel>> open = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                open.add(some.submit(() -> handshake(port, path)));
            }
            for (Future<SocketChannel> one : open) {
                SocketChannel channel = one.get();
                channel.configureBlocking(false);
                Client client = new Client(channel);
                channel.register(selector, SelectionKey.OP_READ, client);
                clients.add(client);
            }
        } finally {
            some.shutdown();
        }
    }

    private static SocketChannel handshake(int port, String path) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.write(StandardCharsets.US_ASCII.encode("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nAuthorization: Token " + KEY
                + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        StringBuilder answer = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (answer.indexOf("\r\n\r\n") < 0) {
            one.clear();
            if (channel.read(one) < 0) {
                throw new IOException("refused: " + answer);
            }
            answer.append((char) one.get(0));
        }
        if (!answer.toString().contains(" 101")) {
            throw new IOException("refused: " + answer);
        }
        return channel;
    }

    /** Frame number {@code k} of stream {@code i} is due {@code k + i / streams} frames after the beginning. */
    void send(int seconds) throws IOException {
        if (began == 0) {
            began = System.nanoTime();
        }
        long until = System.nanoTime() + seconds * 1_000_000_000L;
        for (long now = System.nanoTime(); now < until; now = System.nanoTime()) {
            for (long due = due(); due <= now; due = due()) {
                send(clients.get((int) (next % streams)), next / streams, due);
                next++;
                if ((next & 63) == 0) {
                    selector.selectNow(this::read);
                    now = System.nanoTime();
                }
            }
            selector.selectNow(this::read);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private long due() {
        return began + next / streams * everyNanos + everyNanos * (next % streams) / streams;
    }

    private void send(Client client, long number, long due) throws IOException {
        if (!client.channel.isOpen()) {
            return;
        }
        long now = System.nanoTime();
        client.sentAt[(int) (number % REMEMBERED)] = now;
        if (measuring) {
            delay.recordValue((now - due) / 1000);
        }
        try {
            if (client.waiting == null) {
                frame.position(0);
                client.channel.write(frame);
                if (frame.hasRemaining()) {
                    heldBack++;
                    client.waiting = ByteBuffer.allocate(frame.remaining()).put(frame).flip();
                }
                return;
            }
            heldBack++;
            ByteBuffer more = ByteBuffer.allocate(client.waiting.remaining() + frame.capacity());
            more.put(client.waiting).put(frame.position(0)).flip();
            client.channel.write(more);
            client.waiting = more.hasRemaining() ? more : null;
        } catch (IOException e) {
            end(client);
        }
    }

    private void end(Client client) {
        closed++;
        try {
            client.channel.close();
        } catch (IOException e) {
            // it is gone
        }
    }

    private void read(SelectionKey key) {
        Client client = (Client) key.attachment();
        try {
            in.clear().put(client.rest);
            if (client.channel.read(in) < 0) {
                end(client);
                return;
            }
            in.flip();
            long now = System.nanoTime();
            while (message(client, now)) {
                // all that is whole
            }
            client.rest = new byte[in.remaining()];
            in.get(client.rest);
        } catch (IOException e) {
            end(client);
        }
    }

    private boolean message(Client client, long now) {
        int at = in.position();
        if (in.remaining() < 4) {
            return false;
        }
        int length = in.get(at + 1) & 127;
        int header = length == 126 ? 4 : 2;
        length = length == 126 ? in.getShort(at + 2) & 0xffff : length;
        if (in.remaining() < header + length) {
            return false;
        }
        if ((in.get(at) & 15) == 1) {
            int some = Math.min(length, head.length);
            in.get(at + header, head, 0, some);
            answer(client, some, now);
        }
        in.position(at + header + length);
        return true;
    }

    private void answer(Client client, int length, long now) {
        double start = number(SPEAKS, length);
        double duration = number(LASTS, length);
        if (!measuring || start < 0 || duration < 0) {
            return;
        }
        answers++;
        long until = Math.round((start + duration) * Live.BYTES_PER_SECOND);
        long frameNumber = Math.max(0, (until - 1) / bytes);
        latency.recordValue(Math.max(0, (now - client.sentAt[(int) (frameNumber % REMEMBERED)]) / 1000));
    }

    /** The first number of a name; -1 when there is none. */
    private double number(byte[] name, int length) {
        for (int i = 0; i + name.length < length; i++) {
            if (head[i] == name[0] && Arrays.equals(head, i, i + name.length, name, 0, name.length)) {
                int from = i + name.length;
                int to = from;
                while (to < length && (head[to] == '.' || (head[to] >= '0' && head[to] <= '9'))) {
                    to++;
                }
                return Double.parseDouble(new String(head, from, to - from, StandardCharsets.US_ASCII));
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        for (Client client : clients) {
            client.channel.close();
        }
        selector.selectNow();
        selector.close();
    }
}

/** A provider that speaks Deepgram's live protocol, on one thread: a word every 300 ms, final results every 3 s. */
final class Provider {

    private static final int EVERY = Live.BYTES_PER_SECOND / 4;
    private static final int ANSWERS_A_FINAL = 12;
    private static final byte[] METADATA = text("{\"type\":\"Metadata\",\"request_id\":\"0\",\"duration\":1,\"channels\":1}");
    private static final byte[] BYE = {(byte) 0x88, 2, 0x03, (byte) 0xe8};

    private static final class Line {
        final int phase;
        byte[] rest = {};
        boolean open;
        long heard;
        int told;

        Line(int phase) {
            this.phase = phase;
        }
    }

    private final Map<Integer, byte[]> answers = new HashMap<>();
    private int lines;
    private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 20);
    private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 16);

    void run() throws Exception {
        ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0), 4096);
        server.configureBlocking(false);
        Selector selector = Selector.open();
        server.register(selector, SelectionKey.OP_ACCEPT);
        System.out.println("provider at " + ((InetSocketAddress) server.getLocalAddress()).getPort());
        while (true) {
            selector.selectNow(key -> {
                try {
                    if (key.isAcceptable()) {
                        accept(server, selector);
                    } else {
                        read((SocketChannel) key.channel(), (Line) key.attachment());
                    }
                } catch (Exception e) {
                    key.cancel();
                    close(key);
                }
            });
            LockSupport.parkNanos(1_000_000); // whoever writes to it does not pay for waking it: it would be elsewhere
        }
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            // it is gone
        }
    }

    private void accept(ServerSocketChannel server, Selector selector) throws IOException {
        for (SocketChannel one = server.accept(); one != null; one = server.accept()) {
            one.configureBlocking(false);
            one.setOption(StandardSocketOptions.TCP_NODELAY, true);
            one.register(selector, SelectionKey.OP_READ, new Line(lines++ % ANSWERS_A_FINAL));
        }
    }

    private void read(SocketChannel channel, Line line) throws Exception {
        in.clear().put(line.rest);
        if (channel.read(in) < 0) {
            channel.close();
            return;
        }
        in.flip();
        if (line.open || handshake(channel, line)) {
            while (channel.isOpen() && message(channel, line)) {
                // all that is whole
            }
        }
        line.rest = new byte[in.remaining()];
        in.get(line.rest);
    }

    private boolean handshake(SocketChannel channel, Line line) throws Exception {
        String head = StandardCharsets.ISO_8859_1.decode(in.duplicate()).toString();
        int end = head.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        Matcher key = Pattern.compile("(?i)sec-websocket-key: *(\\S+)").matcher(head);
        key.find();
        byte[] digest = MessageDigest.getInstance("SHA-1")
                .digest((key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
        channel.write(StandardCharsets.US_ASCII.encode(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                        + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n"));
        in.position(end + 4);
        line.open = true;
        return true;
    }

    private boolean message(SocketChannel channel, Line line) throws IOException {
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
            case 0, 2 -> hear(channel, line, length);
            case 1 -> {
                if (unmasked(at + header, length).contains("CloseStream")) {
                    write(channel, METADATA);
                    write(channel, BYE);
                }
            }
            case 8 -> channel.close();
            case 9 -> write(channel, new byte[] {(byte) 0x8a, 0});
            default -> {}
        }
        in.position(at + header + length);
        return true;
    }

    private String unmasked(int at, int length) {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = (byte) (in.get(at + i) ^ in.get(at - 4 + (i & 3)));
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    private void hear(SocketChannel channel, Line line, int length) throws IOException {
        line.heard += length;
        while (line.heard >= (long) EVERY * (line.told + 1)) {
            line.told++;
            write(channel, answer(line.told, line.phase));
        }
    }

    private void write(SocketChannel channel, byte[] message) throws IOException {
        out.clear().put(message).flip();
        channel.write(out);
        if (out.hasRemaining()) {
            channel.close();
        }
    }

    /** Streams are told the same at the same time of theirs, but for when results are final, as they begin at any time. */
    private byte[] answer(int number, int phase) {
        return answers.computeIfAbsent(number * ANSWERS_A_FINAL + phase, fresh -> text(results(number, phase)));
    }

    private static String results(int number, int phase) {
        int settled = Math.max(0, (number + phase - 1) / ANSWERS_A_FINAL * ANSWERS_A_FINAL - phase);
        double start = settled / 4.0;
        double until = number / 4.0;
        StringBuilder transcript = new StringBuilder();
        StringBuilder words = new StringBuilder();
        for (int word = (int) Math.ceil(start / 0.3); (word + 1) * 0.3 <= until; word++) {
            transcript.append(transcript.isEmpty() ? "" : " ").append("word").append(word);
            words.append(words.isEmpty() ? "" : ",").append(String.format(Locale.ROOT,
                    "{\"word\":\"word%d\",\"start\":%.2f,\"end\":%.2f,\"confidence\":0.98,\"punctuated_word\":\"word%d\"}",
                    word, word * 0.3, (word + 1) * 0.3, word));
        }
        boolean isFinal = (number + phase) % ANSWERS_A_FINAL == 0;
        return "{\"type\":\"Results\",\"channel_index\":[0,1],\"duration\":" + (until - start) + ",\"start\":" + start
                + ",\"is_final\":" + isFinal + ",\"speech_final\":" + isFinal
                + ",\"from_finalize\":false,\"channel\":{\"alternatives\":[{\"transcript\":\"" + transcript
                + "\",\"confidence\":0.98,\"words\":[" + words
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
}
