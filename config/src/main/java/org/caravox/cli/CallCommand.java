package org.caravox.cli;

import java.io.IOException;
import java.io.InputStream;
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
        MediaWishes wishes = new MediaWishes(
                codec == null ? List.of() : List.of(codec),
                srtp ? MediaWishes.Srtp.REQUIRED : MediaWishes.Srtp.OFF,
                null);
        try (Telephone telephone = Telephone.reaching(address);
                PhoneLine line = telephone.call(address, wishes)) {
            boolean answered = line.awaitAnswer();
            if (answered) {
                System.err.println("answered");
                talk(line);
            }
            MediaStats stats = line.stats();
            System.out.println(line.hangUp());
            if (answered) {
                show(stats);
                keep(line);
            }
            return answered ? 0 : 1;
        }
    }

    private void talk(PhoneLine line) throws IOException, InterruptedException {
        for (Path wav : wavs) {
            if (polite) {
                var unused = line.awaitPause(PATIENCE);
            }
            try (InputStream pcm = LocalRecording.openMono(wav, line.sampleRateHz())) {
                line.say(pcm);
            }
        }
        line.listen(Duration.ofSeconds(listen));
    }

    private static void show(MediaStats stats) {
        System.out.printf(
                Locale.ROOT,
                "%s%s, %d packets sent, %d received, %d lost, %d late, jitter %.1f ms, MOS %.1f%n",
                stats.codec(),
                stats.encrypted() ? " encrypted" : "",
                stats.sent(),
                stats.received(),
                stats.lost(),
                stats.late(),
                stats.jitter().toNanos() / 1e6,
                stats.mos());
    }

    private void keep(PhoneLine line) throws IOException {
        Path file = record;
        if (file == null) {
            return;
        }
        byte[] heard = line.heard();
        try (var out = Files.newOutputStream(file)) {
            out.write(new RawAudio(RawAudio.Encoding.LINEAR16, line.sampleRateHz(), 1).wavHeader(heard.length));
            out.write(heard);
        }
        System.out.println("what they said is in " + file);
    }
}
