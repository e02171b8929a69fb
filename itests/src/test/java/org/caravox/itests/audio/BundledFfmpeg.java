package org.caravox.itests.audio;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/** The FFmpeg that comes with the hub, used the other way round: to make recordings in compressed formats. */
public final class BundledFfmpeg {

    private BundledFfmpeg() {}

    /** A recording in another format; skips the test where this FFmpeg cannot write it. */
    public static byte[] encode(Path recording, String encoder, String container, String... options) {
        assumeTrue(
                run(List.of("-encoders")).contains(" " + encoder + " "),
                "the FFmpeg that comes with the hub has no encoder " + encoder);
        try {
            Path out = Files.createTempFile("caravox-encoded-", "." + container);
            List<String> arguments = new ArrayList<>(List.of("-y", "-i", recording.toString(), "-c:a", encoder));
            arguments.addAll(List.of(options));
            arguments.add(out.toString());
            run(arguments);
            byte[] bytes = Files.readAllBytes(out);
            Files.delete(out);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(List<String> arguments) {
        try {
            File folder = Loader.cacheResources("/org/bytedeco/ffmpeg/" + Loader.getPlatform() + "/")[0];
            List<String> command = new ArrayList<>(List.of(new File(folder, "ffmpeg").toString(), "-v", "error"));
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("LD_LIBRARY_PATH", folder.toString());
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
