package org.caravox.transcription.vosk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.caravox.audio.AudioSettings;
import org.caravox.audio.Decoder;
import org.caravox.audio.Ffmpeg;
import org.caravox.providers.Attempt;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.transcription.EmbeddedTranscriberContract;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcriber;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VoskTranscriberTest extends EmbeddedTranscriberContract {

    private static final Path ARCHIVE = Path.of("target/models/vosk-model-en-0.3.45.aar");
    private static final Path CACHE = Path.of(System.getProperty("user.home"), ".caravox", "cache", "models");

    private static @Nullable VoskTranscriber vosk;

    @BeforeAll
    static void load() throws IOException, InterruptedException {
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

    @Test
    void a_caller_whom_somebody_else_may_serve_does_not_queue() throws Exception {
        List<Throwable> refused = new ArrayList<>();
        Listening second = listening(() -> refused.add(catchThrowable(() -> hear(listening(() -> {}), false))));

        hear(listening(() -> hear(second, false)), true);

        assertThat(refused).isNotEmpty().allSatisfy(why -> assertThat(why)
                .isInstanceOfSatisfying(
                        ProviderBusy.class, busy -> assertThat(busy.why()).isEqualTo(Cause.NO_CAPACITY)));
    }

    private interface Meanwhile {
        void happens() throws Exception;
    }

    /** With one thing that happens while it is under way. */
    private static Listening listening(Meanwhile meanwhile) {
        AtomicBoolean happened = new AtomicBoolean();
        return new Listening(Mode.SYNC, in(Duration.ofMinutes(2)), heard -> {
            if (happened.compareAndSet(false, true)) {
                assertThatCode(meanwhile::happens).doesNotThrowAnyException();
            }
        });
    }

    private void hear(Listening listening, boolean last) throws IOException, InterruptedException {
        Attempt attempt = new Attempt(VoskTranscriber.MODEL, credential(), listening.patience(), last);
        transcriber().transcribe(request(Options.NONE), at(CLIP), listening, attempt);
    }

    @Override
    protected Transcriber transcriber() {
        return Objects.requireNonNull(vosk);
    }
}
