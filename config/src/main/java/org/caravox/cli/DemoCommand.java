package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what the hub does, on real speech. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Starts a hub, sends sample recordings through every mode and shows what came back.")
final class DemoCommand implements Callable<Integer> {

    private static final int WIDEST = 52;

    private static final String SECRET = "CARAVOX_OTHER_HUB_KEY";
    private static final String FIRST = "another-hub";

    private static final String CRM_SECRET = "CARAVOX_DEMO_CRM_KEY";
    private static final Duration DELIVERED_WITHIN = Duration.ofSeconds(20);

    private record Show(String file, String what, Map<String, String> fields) {}

    @Option(names = "--keep", description = "Leaves the hub running.")
    private boolean keep;

    @Override
    public Integer call() throws IOException, InterruptedException {
        System.err.println("Starting two hubs with everything embedded: the second is the first one's provider ...");
        long start = System.nanoTime();
        Show[] shows = shows();
        CallShow call = new CallShow();
        try (DemoReceiver customer = DemoReceiver.start(2 * shows.length);
                EmbeddedHub provider = EmbeddedHub.start(false, Map.of(), Map.of());
                EmbeddedHub hub = EmbeddedHub.start(
                        keep, settings(provider, customer, call), Map.of(SECRET, provider.key(), CRM_SECRET, "any"))) {
            System.err.printf(Locale.ROOT, "Ready after %.1f s. Sending the samples ...%n", seconds(start));
            String secret = hub.client()
                    .post("/webhooks", Map.of("url", customer.hook(), "types", List.of("transcript.ready")))
                    .get("secret")
                    .asText();
            LiveShow live = new LiveShow(hub.client(), FIRST);
            Table table = new Table("SENT", "MODE", "TOOK", "ANSWERED BY", "LOOK NEXT", "TRANSCRIPT");
            for (int i = 0; i < shows.length; i++) {
                show(
                        hub.client(),
                        shows[i],
                        table,
                        i == shows.length / 2 ? () -> killAtWork(provider, hub.client(), live) : () -> {});
            }
            System.out.println();
            System.out.print(table.toString(WIDEST));
            System.out.println("\nHalf way, " + FIRST
                    + " was killed while it transcribed; vosk, next in the chain, did it" + " instead.");
            System.out.println("\nSomebody spoke into a live stream meanwhile, and was heard all the way:\n");
            System.out.print(live.words());
            customer.await(DELIVERED_WITHIN);
            System.out.println("\nA webhook was told of each, signed as Standard Webhooks says, and verified it:\n");
            System.out.print(customer.deliveries(secret).toString(WIDEST));
            System.out.println("\nAnd a CRM was sent (which fields is in routes/crm/mapping/custom-crm.jslt):\n");
            System.out.print(customer.records().toString(2 * WIDEST));
            System.err.println("\nMaking a telephone call to the hub (some 40 s) ...");
            String talk = call.run(hub.client());
            System.out.println(
                    "\nSomebody called 1000 over SIP, and an agent answered (times since the caller paused):\n");
            System.out.print(talk);
            if (keep) {
                tellWhereItIs(hub);
            } else {
                System.out.println("\nThat hub is stopped and its data gone. Start one to keep: ./hub run");
            }
        }
        return 0;
    }

    private static Map<String, String> settings(EmbeddedHub provider, DemoReceiver customer, CallShow call) {
        Map<String, String> settings = new LinkedHashMap<>(chain(provider));
        String crm = "caravox.tenants.demo.crm.own.";
        settings.putAll(liveChain(provider));
        settings.putAll(call.settings());
        settings.put("caravox.outbound.allow", "127.0.0.1");
        settings.put("caravox.deliveries.https-only", "false");
        settings.put(crm + "type", "custom");
        settings.put(crm + "base-url", customer.crm());
        settings.put(crm + "options.path", "/calls");
        settings.put(crm + "auth.type", "bearer");
        settings.put(crm + "auth.secret", "demo-crm");
        settings.put("caravox.secrets.demo-crm", "{{env:" + CRM_SECRET + "}}");
        return settings;
    }

    /** The other hub first, by the API that it shares with OpenAI; then the recognizer inside. */
    private static Map<String, String> chain(EmbeddedHub provider) {
        String transcription = "caravox.transcription.";
        String settings = transcription + "providers." + FIRST + ".";
        return Map.of(
                transcription + "chain.links[0].provider",
                FIRST,
                transcription + "chain.links[1].provider",
                "vosk",
                settings + "kind",
                "openai",
                settings + "base-url",
                provider.client().url() + "/v1",
                settings + "models[0]",
                "whisper-1",
                settings + "credential",
                FIRST,
                "caravox.secrets." + FIRST,
                "{{env:" + SECRET + "}}");
    }

    /** The other hub first, by the API that it shares with Deepgram. */
    private static Map<String, String> liveChain(EmbeddedHub provider) {
        String settings = "caravox.live.providers." + FIRST + ".";
        return Map.of(
                "caravox.live.chain.links[0].provider",
                FIRST,
                "caravox.live.chain.links[1].provider",
                "vosk",
                settings + "kind",
                "deepgram",
                settings + "base-url",
                provider.client().url(),
                settings + "models[0]",
                "nova-3",
                settings + "credential",
                FIRST);
    }

    private static Show[] shows() {
        return new Show[] {
            new Show("phone-clip-8k.wav", "8 kHz mu-law phone clip", Map.of("mode", "sync")),
            new Show("voicemail.mp3", "voicemail, no mode given", Map.of()),
            new Show("booking-call.wav", "stereo call, as a job", Map.of("mode", "async", "priority", "9")),
            new Show("voicemail.mp3", "said to be 301 s long", Map.of("audioDuration", "301")),
        };
    }

    /** Waits, for moments at most, until it has been called, and hears somebody in mid-sentence. */
    private static void killAtWork(EmbeddedHub provider, HubClient hub, LiveShow live) {
        live.awaitWords();
        long began = System.nanoTime();
        boolean atWork = false;
        while (!atWork && seconds(began) < 3) {
            atWork = hub.get("/providers")
                            .get("providers")
                            .get(0)
                            .get("underWay")
                            .asInt()
                    > 0;
        }
        provider.kill();
    }

    /** Sends one; while a job is under way, does something else. */
    private static void show(HubClient hub, Show show, Table table, Runnable meanwhile)
            throws IOException, InterruptedException {
        Map<String, String> fields = new LinkedHashMap<>(show.fields());
        fields.put("userId", "demo");
        Path file = Home.folder().resolve("samples").resolve(show.file());
        long start = System.nanoTime();
        JsonNode answer = hub.upload("/transcribe", fields, BodyPublishers.ofFile(file));
        boolean job = answer.has("jobId");
        if (job) {
            meanwhile.run();
            TranscribeCommand.follow(hub, answer.get("jobId").asText(), null);
        }
        double took = seconds(start);
        String path = "/transcripts/" + answer.get("requestId").asText();
        String mode = show.fields().containsKey("mode") ? "asked" : "chosen";
        table.add(
                show.file() + ": " + show.what(),
                (job ? "async" : "sync") + ", " + mode,
                String.format(Locale.ROOT, "%.1f s", took),
                hub.get(path).get("provider").asText(),
                path,
                hub.getText(path + "?format=text").strip().replace("\n", " / "));
    }

    private static void tellWhereItIs(EmbeddedHub hub) {
        System.out.printf(
                "%nThe hub is running at %s (process %d; stop it with: kill %d)%n  export CARAVOX_URL=%s CARAVOX_API_KEY=%s%n"
                        + "  its data and log: %s%n",
                hub.client().url(), hub.pid(), hub.pid(), hub.client().url(), hub.key(), hub.data());
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
