package org.caravox.audio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** Looks at a recording before anybody works on it: is it one, what is it, and is it within the limits? */
public final class Examiner {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Formats whose own count of samples is meant when they tell their length; others tell a guess. */
    private static final Set<String> EXACT = Set.of("wav", "w64", "aiff", "au", "caf", "flac", "mov", "ogg");

    private final Ffmpeg ffmpeg;
    private final AudioSettings settings;

    public Examiner(Ffmpeg ffmpeg, AudioSettings settings) {
        this.ffmpeg = ffmpeg;
        this.settings = settings;
    }

    /**
     * Examines a file.
     *
     * @throws Refusal NOT_AUDIO when it is no recording, INVALID when it is one that cannot be used
     */
    public Recording examine(Path file) throws IOException, InterruptedException {
        if (Files.size(file) == 0) {
            throw Refusal.invalid("the recording is empty: 0 bytes arrived");
        }
        WavHeader.check(file);
        OggPages.check(file);
        AudioInfo info = read(JSON.readTree(ffmpeg.probe(file, settings.decodeWithin())));
        check(info);
        return new Recording(file, info);
    }

    private static AudioInfo read(JsonNode probed) {
        for (JsonNode stream : probed.path("streams")) {
            if (stream.path("codec_type").asText().equals("audio")) {
                String container = probed.path("format").path("format_name").asText();
                Duration duration = seconds(stream.path("duration").asText());
                boolean exact = duration != null && EXACT.contains(container.split(",", 2)[0]);
                return new AudioInfo(
                        container,
                        stream.path("codec_name").asText("unknown"),
                        stream.path("sample_rate").asInt(),
                        stream.path("channels").asInt(),
                        duration != null
                                ? duration
                                : seconds(probed.path("format").path("duration").asText()),
                        exact);
            }
        }
        throw new Refusal(Refusal.Reason.NOT_AUDIO, "the file holds no audio track");
    }

    private static @Nullable Duration seconds(String text) {
        if (!text.matches("\\d{1,12}(\\.\\d+)?")) {
            return null;
        }
        return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000));
    }

    private void check(AudioInfo info) {
        if (info.channels() < 1) {
            throw Refusal.invalid("the recording says that it has zero channels");
        }
        if (info.channels() > settings.maxChannels()) {
            throw Refusal.invalid("the recording has " + info.channels() + " channels, at most "
                    + settings.maxChannels() + " are taken");
        }
        if (info.sampleRateHz() < 1) {
            throw Refusal.invalid("the recording says that its sample rate is 0 Hz");
        }
        Duration claimed = info.duration();
        if (claimed != null && info.exact() && claimed.compareTo(settings.maxDuration()) > 0) {
            throw tooLong(claimed, settings.maxDuration());
        }
    }

    static Refusal tooLong(Duration duration, Duration limit) {
        return Refusal.invalid("the recording is " + duration.toSeconds() + " s long or claims to be, at most "
                + limit.toSeconds() + " s are taken");
    }
}
