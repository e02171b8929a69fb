package org.caravox.transcription.vosk;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.caravox.audio.AudioSettings;
import org.caravox.audio.Decoder;
import org.caravox.audio.Ffmpeg;
import org.caravox.transcription.EmbeddedTranscriberContract;
import org.caravox.transcription.Transcriber;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class VoskTranscriberTest extends EmbeddedTranscriberContract {

    private static final Path ARCHIVE = Path.of("../config/target/hub/models/vosk-model-en-0.3.45.aar");
    private static final Path CACHE = Path.of(System.getProperty("user.home"), ".caravox", "cache", "models");

    private static @Nullable VoskTranscriber vosk;

    @BeforeAll
    static void load() throws IOException, InterruptedException {
        assumeTrue(Files.exists(ARCHIVE), "the speech model comes with the first ./hub build");
        AudioSettings audio =
                new AudioSettings(Path.of("target"), 1 << 24, Duration.ofMinutes(5), 8, Duration.ofSeconds(20));
        vosk = new VoskTranscriber(
                new VoskSettings(ARCHIVE, CACHE, true, 2, 2, Duration.ofMinutes(1)),
                new Decoder(Ffmpeg.bundled(), audio));
    }

    @AfterAll
    static void close() {
        if (vosk != null) {
            vosk.close();
        }
    }

    @Override
    protected Transcriber transcriber() {
        return Objects.requireNonNull(vosk);
    }
}
