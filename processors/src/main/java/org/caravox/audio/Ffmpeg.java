package org.caravox.audio;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;
import org.caravox.requests.Refusal;

/**
 * The FFmpeg programs that come with the hub, run as processes of their own: a decoder that crashes on a hostile file
 * takes nothing with it. They may read one local file, in a format of the list, and reach nothing else.
 */
public final class Ffmpeg {

    /** Formats of recordings; playlists and other formats that name further files are left out on purpose. */
    private static final String FORMATS =
            "wav,w64,mp3,flac,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,aac,aiff,au,amr,caf";

    private static final List<String> GUARDS =
            List.of("-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS, "-max_alloc", "268435456");

    private final Path programs;

    private Ffmpeg(Path programs) {
        this.programs = programs;
    }

    /**
     * Unpacks the programs that the hub brings into the user's cache, once, and tries them.
     *
     * @throws IllegalStateException when they do not run here, saying what to install
     */
    public static Ffmpeg bundled() throws IOException, InterruptedException {
        File[] unpacked = Loader.cacheResources("/org/bytedeco/ffmpeg/" + Loader.getPlatform() + "/");
        if (unpacked.length == 0 || unpacked[0] == null) {
            throw new IllegalStateException("no FFmpeg for " + Loader.getPlatform()
                    + ": Caravox brings it for linux-x86_64; elsewhere set caravox.audio.ffmpeg to a folder that holds"
                    + " ffmpeg and ffprobe");
        }
        return in(unpacked[0].toPath());
    }

    /** Uses the programs {@code ffmpeg} and {@code ffprobe} in a folder. */
    public static Ffmpeg in(Path folder) throws IOException, InterruptedException {
        for (String program : List.of("ffmpeg", "ffprobe")) {
            File file = folder.resolve(program).toFile();
            if (!file.canExecute() && !file.setExecutable(true)) {
                throw new IllegalStateException(file + " cannot be run: check caravox.audio.ffmpeg");
            }
        }
        Ffmpeg ffmpeg = new Ffmpeg(folder);
        ffmpeg.tryOut();
        return ffmpeg;
    }

    private void tryOut() throws IOException, InterruptedException {
        Path errors = Files.createTempFile("caravox-ffmpeg", ".log");
        try {
            Process process = quiet(List.of(programs.resolve("ffprobe").toString(), "-v", "error", "-version"), errors)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!finished(process, Duration.ofSeconds(20)) || process.exitValue() != 0) {
                throw new IllegalStateException("FFmpeg does not start here (" + complaint(errors, programs)
                        + "): apt-get install -y libasound2 libxcb1 libxcb-shm0");
            }
        } finally {
            Files.deleteIfExists(errors);
        }
    }

    /**
     * Starts decoding a file to signed 16-bit little-endian PCM, its channels interleaved, on standard output.
     *
     * @param errors where the program writes what it complains of
     */
    Process decode(Path file, int sampleRateHz, int channels, Duration atMost, Path errors) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(programs.resolve("ffmpeg").toString(), "-nostdin", "-v", "error"));
        command.addAll(GUARDS);
        command.addAll(List.of("-i", "file:" + file, "-map", "0:a:0", "-vn", "-sn", "-dn"));
        // Gaps in the time stamps become silence, so that every word keeps its time.
        command.addAll(List.of("-af", "aresample=async=1:first_pts=0"));
        command.addAll(List.of("-t", Long.toString(atMost.toSeconds()), "-threads", "1"));
        command.addAll(List.of("-ar", Integer.toString(sampleRateHz), "-ac", Integer.toString(channels)));
        command.addAll(List.of("-f", "s16le", "-c:a", "pcm_s16le", "pipe:1"));
        return quiet(command, errors).start();
    }

    /**
     * Starts encoding one channel of signed 16-bit little-endian PCM, from standard input to standard output.
     *
     * @param errors where the program writes what it complains of
     */
    Process encode(int sampleRateHz, List<String> output, Path errors) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(programs.resolve("ffmpeg").toString(), "-nostdin", "-v", "error"));
        command.addAll(List.of("-protocol_whitelist", "pipe", "-probesize", "32", "-analyzeduration", "0"));
        command.addAll(List.of("-f", "s16le", "-ar", Integer.toString(sampleRateHz), "-ac", "1", "-i", "pipe:0"));
        command.addAll(List.of("-threads", "1", "-flush_packets", "1"));
        command.addAll(output);
        command.add("pipe:1");
        return quiet(command, errors)
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
    }

    /** What {@code ffmpeg -encoders} lists. */
    String encoders() throws IOException, InterruptedException {
        Path output = Files.createTempFile("caravox-encoders", ".txt");
        try {
            Process process = quiet(List.of(programs.resolve("ffmpeg").toString(), "-v", "error", "-encoders"), output)
                    .redirectOutput(output.toFile())
                    .start();
            return finished(process, Duration.ofSeconds(20)) ? Files.readString(output, StandardCharsets.UTF_8) : "";
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /**
     * Asks what a file is.
     *
     * @return FFprobe's JSON
     * @throws Refusal NOT_AUDIO with the program's own words when it is no recording
     */
    String probe(Path file, Duration within) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("caravox-probe", ".log");
        Path output = Files.createTempFile("caravox-probe", ".json");
        List<String> command =
                new ArrayList<>(List.of(programs.resolve("ffprobe").toString(), "-v", "error"));
        command.addAll(GUARDS);
        command.addAll(List.of(
                "-show_entries",
                "format=format_name,duration:stream=codec_type,codec_name,sample_rate,channels,duration"));
        command.addAll(List.of("-of", "json", "file:" + file));
        try {
            Process process =
                    quiet(command, errors).redirectOutput(output.toFile()).start();
            if (!finished(process, within)) {
                throw Refusal.invalid("the recording's header could not be read within " + within.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new Refusal(
                        Refusal.Reason.NOT_AUDIO,
                        "this is not a recording that the hub can read: " + complaint(errors, file));
            }
            return Files.readString(output, StandardCharsets.UTF_8);
        } finally {
            Files.deleteIfExists(errors);
            Files.deleteIfExists(output);
        }
    }

    /** The first thing that the program complained of, without the file's path. */
    static String complaint(Path errors, Path file) throws IOException {
        try (var in = Files.newInputStream(errors)) {
            String text = new String(in.readNBytes(4096), StandardCharsets.UTF_8).replace("file:" + file, "recording");
            return text.lines()
                    .map(line -> line.replaceAll("^\\[[^]]*] *", "")
                            .replaceAll("[^\\x20-\\x7e]", "?")
                            .strip())
                    .map(line -> line.replaceFirst("^recording: ", ""))
                    .map(line -> line.startsWith("Format not on whitelist") ? "this file format is not taken" : line)
                    .filter(line -> !line.isEmpty())
                    .findFirst()
                    .orElse("unknown format");
        }
    }

    private static boolean finished(Process process, Duration within) throws InterruptedException {
        try {
            return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            process.destroyForcibly();
        }
    }

    private ProcessBuilder quiet(List<String> command, Path errors) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectError(errors.toFile());
        builder.environment().clear();
        builder.environment().put("LD_LIBRARY_PATH", programs.toString());
        return builder;
    }
}
