package org.caravox.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.caravox.audio.RawAudio;
import org.junit.jupiter.api.Test;

/** What somebody hears who listens in. */
class TapTest {

    private static final RawAudio FORM = new RawAudio(RawAudio.Encoding.LINEAR16, 8000, 2);
    private static final int HEADER = FORM.wavHeader(-1).length;
    private static final int SECOND = FORM.bytesPerSecond();

    private final AtomicInteger closed = new AtomicInteger();
    private final Tap tap = new Tap(FORM, closed::incrementAndGet);

    private static byte[] second(int value) {
        byte[] audio = new byte[SECOND];
        Arrays.fill(audio, (byte) value);
        return audio;
    }

    @Test
    void what_was_heard_comes_behind_a_header_and_ends_with_the_call() throws IOException {
        tap.recorder().hear(second(1));
        tap.recorder().hear(second(2));
        tap.recorder().end();

        byte[] all = tap.readAllBytes();

        assertThat(all).hasSize(HEADER + 2 * SECOND).startsWith('R', 'I', 'F', 'F');
        assertThat(all[HEADER]).isEqualTo((byte) 1);
        assertThat(all[all.length - 1]).isEqualTo((byte) 2);
    }

    @Test
    void who_reads_too_slowly_misses_the_oldest() throws IOException {
        for (int i = 1; i <= 5; i++) {
            tap.recorder().hear(second(i));
        }
        tap.recorder().end();

        byte[] all = tap.readAllBytes();

        assertThat(all).hasSize(HEADER + 2 * SECOND);
        assertThat(all[HEADER]).isEqualTo((byte) 4);
    }

    @Test
    void who_waits_is_woken_by_what_is_heard() throws Exception {
        assertThat(tap.readNBytes(HEADER)).hasSize(HEADER);
        var thread = Executors.newSingleThreadExecutor();
        try {
            var read = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return tap.read();
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    thread);

            tap.recorder().hear(second(7));

            assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(7);
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void who_goes_is_heard_of() throws IOException {
        tap.close();

        assertThat(closed).hasValue(1);
        tap.readNBytes(HEADER);
        assertThat(tap.read()).isEqualTo(-1);
    }
}
