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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.vosk.LibVosk;
import org.vosk.LogLevel;
import org.vosk.Model;
import org.vosk.Recognizer;

/**
 * What the hub costs on top of its recognizer: seconds of audio per second of CPU, through {@code POST /transcribe}
 * and by bare Vosk, in turns in one run, as many recordings at a time as there are cores. The hub's side counts the
 * hub's process, the decoders that it starts and its PostgreSQL; both sides hear the same 16 kHz recordings.
 *
 * <p>Arguments: the folder of the project, the folder of the model, the number of rounds, and recordings (WAV, 16-bit).
 */
final class Throughput {

    private static final int RATE = 16_000;
    private static final long TICKS_PER_SECOND = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Recording(Path file, byte[] pcm) {
        double seconds() {
            return pcm.length / 2.0 / RATE;
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments[2]);
        List<Recording> recordings = new ArrayList<>();
        for (String file : Arrays.asList(arguments).subList(3, arguments.length)) {
            recordings.add(new Recording(Path.of(file), pcm(Path.of(file))));
        }
        double audio = recordings.stream().mapToDouble(Recording::seconds).sum();
        System.out.printf("%d recordings, %.1f s of audio a round, %d at a time%n", recordings.size(), audio, cores());
        LibVosk.setLogLevel(LogLevel.WARNINGS);
        try (Model model = new Model(arguments[1]); Hub hub = Hub.start(home)) {
            bare(model, recordings);
            hub.transcribe(recordings);
            List<Double> ratios = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                double bare = audio / bare(model, recordings);
                double through = audio / hub.transcribe(recordings);
                ratios.add(bare / through);
                System.out.printf(
                        "round %d: bare Vosk %.2f, hub %.2f audio-seconds per CPU-second; the hub costs %+.1f %%%n",
                        round, bare, through, 100 * (bare / through - 1));
            }
            ratios.sort(null);
            System.out.printf("median: the hub costs %+.1f %%%n", 100 * (ratios.get(ratios.size() / 2) - 1));
            System.out.println(hub.memory());
        }
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static byte[] pcm(Path file) throws Exception {
        try (AudioInputStream in = AudioSystem.getAudioInputStream(file.toFile())) {
            AudioFormat format = in.getFormat();
            if (format.getSampleRate() != RATE || format.getChannels() != 1 || format.getSampleSizeInBits() != 16) {
                throw new IllegalArgumentException(file + " must be 16 kHz, 16-bit, mono");
            }
            return in.readAllBytes();
        }
    }

    /** CPU seconds that bare Vosk takes. */
    private static double bare(Model model, List<Recording> recordings) throws Exception {
        long before = ticks(ProcessHandle.current().pid());
        inParallel(recordings, recording -> {
            try (Recognizer recognizer = new Recognizer(model, RATE)) {
                recognizer.setWords(true);
                byte[] pcm = recording.pcm();
                for (int at = 0; at < pcm.length; at += 2 * RATE) {
                    byte[] slice = Arrays.copyOfRange(pcm, at, Math.min(pcm.length, at + 2 * RATE));
                    if (recognizer.acceptWaveForm(slice, slice.length)) {
                        recognizer.getResult();
                    }
                }
                return recognizer.getFinalResult();
            }
        });
        return (ticks(ProcessHandle.current().pid()) - before) / (double) TICKS_PER_SECOND;
    }

    private interface Work {
        Object on(Recording recording) throws Exception;
    }

    private static void inParallel(List<Recording> recordings, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(cores());
        try {
            List<Callable<Object>> all = recordings.stream().map(r -> (Callable<Object>) () -> work.on(r)).toList();
            for (Future<Object> done : threads.invokeAll(all)) {
                done.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    /** User and system time of a process and of the children that it has waited for (proc(5)). */
    private static long ticks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]) + Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
    }

    /** A hub in a process of its own. */
    private static final class Hub implements AutoCloseable {
        private final HttpClient http = HttpClient.newHttpClient();
        private final Process process;
        private final Path data;
        private final String url;

        private Hub(Process process, Path data, String url) {
            this.process = process;
            this.data = data;
            this.url = url;
        }

        static Hub start(Path home) throws IOException {
            Path data = Files.createTempDirectory("caravox-bench");
            ProcessBuilder builder = new ProcessBuilder(
                            home.resolve("hub").toString(), "run", "--port", "0", "--data", data.toString(), "--with-parent",
                            "--set", "caravox.limits.requests-per-minute=100000", "--set", "caravox.limits.burst=10000")
                    .redirectErrorStream(true);
            builder.environment().put("CARAVOX_DEMO_KEY", "bench-key");
            Process process = builder.start();
            BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("Caravox is ready at ")) {
                    Executors.newSingleThreadExecutor(Throughput::daemon).execute(() -> lines.lines().forEach(ignored -> {}));
                    return new Hub(process, data, line.split(" ")[4]);
                }
            }
            throw new IOException("the hub does not start");
        }

        /** CPU seconds that the hub takes. */
        double transcribe(List<Recording> recordings) throws Exception {
            Map<Long, Long> before = cpu();
            inParallel(recordings, recording -> send(recording.file()));
            double spent = 0;
            for (Map.Entry<Long, Long> process : cpu().entrySet()) {
                spent += process.getValue() - before.getOrDefault(process.getKey(), 0L);
            }
            return spent / TICKS_PER_SECOND;
        }

        private JsonNode send(Path file) throws Exception {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(url + "/transcribe?userId=bench&mode=sync"))
                            .header("X-API-Key", "bench-key")
                            .timeout(Duration.ofMinutes(10))
                            .POST(BodyPublishers.ofFile(file))
                            .build(),
                    BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(answer.body());
            }
            return JSON.readTree(answer.body());
        }

        /** Ticks of the hub and of its PostgreSQL, by process. */
        private Map<Long, Long> cpu() throws IOException {
            Map<Long, Long> ticks = new HashMap<>(Map.of(process.pid(), ticks(process.pid())));
            long postmaster = Long.parseLong(Files.readAllLines(data.resolve("database/postmaster.pid")).get(0).strip());
            ticks.put(postmaster, ticks(postmaster));
            List<ProcessHandle> servers = ProcessHandle.of(postmaster).map(ProcessHandle::children).orElse(Stream.of()).toList();
            for (ProcessHandle server : servers) {
                ticks.put(server.pid(), ticks(server.pid()));
            }
            return ticks;
        }

        String memory() throws IOException {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM") || line.startsWith("VmRSS"))
                    .map(line -> line.replaceAll("\\s+", " "))
                    .collect(Collectors.joining(", ", "hub: ", ""));
        }

        @Override
        public void close() throws Exception {
            process.destroy();
            process.waitFor();
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }
}
