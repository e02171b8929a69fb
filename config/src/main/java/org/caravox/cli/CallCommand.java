package org.caravox.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.caravox.audio.RawAudio;
import org.caravox.calls.media.MediaStats;
import org.caravox.calls.media.MediaWishes;
import org.caravox.rtp.RtpSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A telephone for tests. */
@Command(
        name = "call",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a telephone call over SIP: rings, speaks a recording, and keeps what the other side says.",
            "A number is rung at the hub of this machine; a SIP address wherever it is."
        })
final class CallCommand implements Callable<Integer> {

    private static final String HUB = "127.0.0.1:5060";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Parameters(paramLabel = "NUMBER|sip:ADDRESS", description = "Whom to ring, as 1000 or sip:1000@pbx.example:5060.")
    private String to = "";

    @Option(
            names = "--wav",
            paramLabel = "FILE",
            required = true,
            description = "What to say: a recording of any kind. Several are said one after the other.")
    private List<Path> wavs = List.of();

    @Option(
            names = "--polite",
            description = "Wait before each recording until the other side has spoken and paused, for 20 s at most.")
    private boolean polite;

    @Option(names = "--record", paramLabel = "FILE.wav", description = "Where to keep what the other side says.")
    private @Nullable Path record;

    @Option(
            names = "--listen",
            paramLabel = "SECONDS",
            description = "How long to listen after the recording (default: 5).")
    private int listen = 5;

    @Option(names = "--hub", paramLabel = "HOST:PORT", description = "Where numbers are rung (default: " + HUB + ").")
    private String hub = HUB;

    @Option(names = "--codec", paramLabel = "NAME", description = "PCMU, PCMA, G722 or opus (default: all of them).")
    private @Nullable String codec;

    @Option(names = "--srtp", description = "Encrypt the audio (SDES).")
    private boolean srtp;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        for (Path wav : wavs) {
            if (!Files.isRegularFile(wav)) {
                throw new ParameterException(spec.commandLine(), "there is no file " + wav);
            }
        }
        if (codec != null && !RtpSettings.CODECS.contains(codec)) {
            throw new ParameterException(
                    spec.commandLine(), "--codec is one of " + String.join(", ", RtpSettings.CODECS));
        }
        String address = to.matches("(?i)sips?:.*") ? to : "sip:" + to + "@" + hub;
        try (Telephone telephone = Telephone.reaching(address)) {
            TestCaller.Outcome outcome = telephone
                    .caller(line -> System.err.println(line))
                    .call(
                            address,
                            new MediaWishes(
                                    codec == null ? List.of() : List.of(codec),
                                    srtp ? MediaWishes.Srtp.REQUIRED : MediaWishes.Srtp.OFF,
                                    null),
                            wavs.stream()
                                    .<TestCaller.Speech>map(wav -> rate -> LocalRecording.openMono(wav, rate))
                                    .toList(),
                            polite ? PATIENCE : Duration.ZERO,
                            Duration.ofSeconds(listen));
            show(outcome);
            return outcome.answered() ? 0 : 1;
        }
    }

    private void show(TestCaller.Outcome outcome) throws IOException {
        System.out.println(outcome.how());
        MediaStats stats = outcome.stats();
        if (stats != null) {
            System.out.printf(
                    Locale.ROOT,
                    "%s, %d packets sent, %d received, %d lost, %d late, jitter %.1f ms, MOS %.1f%n",
                    stats.codec(),
                    stats.sent(),
                    stats.received(),
                    stats.lost(),
                    stats.late(),
                    stats.jitter().toNanos() / 1e6,
                    stats.mos());
        }
        if (record != null && outcome.answered()) {
            RawAudio form = new RawAudio(RawAudio.Encoding.LINEAR16, outcome.rate(), 1);
            byte[] header = form.wavHeader(outcome.heard().length);
            try (var out = Files.newOutputStream(record)) {
                out.write(header);
                out.write(outcome.heard());
            }
            System.out.println("what they said is in " + record);
        }
    }
}
