package org.caravox.live.utterances;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.caravox.audio.RawAudio;
import org.caravox.live.LiveEar;
import org.caravox.live.LiveLeg;
import org.caravox.live.LiveRequest;
import org.caravox.live.Phrase;
import org.caravox.providers.Attempt;
import org.caravox.providers.Credential;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.requests.Patience;
import org.caravox.transcription.Options;
import org.caravox.transcription.PlayedTranscriber;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UtterancesLiveTest {

    private static final RawAudio FORM = new RawAudio(RawAudio.Encoding.LINEAR16, 8_000, 1);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService background = Executors.newCachedThreadPool();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final List<Long> sent = new CopyOnWriteArrayList<>();
    private final Ear ear = new Ear();
    private volatile boolean unreachable;

    @AfterEach
    void stop() {
        loop.shutdownNow();
        background.shutdownNow();
    }

    private static final class Ear implements LiveEar {
        private final List<Phrase> heard = new CopyOnWriteArrayList<>();
        private final List<String> ends = new CopyOnWriteArrayList<>();
        private volatile double reached;

        @Override
        public void heard(Phrase phrase) {
            heard.add(phrase);
        }

        @Override
        public void reached(int channel, double seconds) {
            reached = seconds;
        }

        @Override
        public void ready() {}

        @Override
        public void ended() {
            ends.add("ended");
        }

        @Override
        public void failed(ProviderFailure failure) {
            ends.add(failure.why().word());
        }
    }

    /** One word, whose end is that of the recording; it takes as long as the test wants. */
    private Utterance word(Path wav) throws IOException, InterruptedException {
        if (unreachable) {
            throw new ConnectException("no");
        }
        sent.add(Files.size(wav));
        mayAnswer.await();
        double seconds = (Files.size(wav) - 44) / 16_000.0;
        return new Utterance(0, 0.1, seconds, "said", List.of(new Word("said", 0.1, seconds, 0.5)));
    }

    private LiveLeg open() {
        LiveRequest request = new LiveRequest(
                new UUID(0, 1),
                "acme",
                new UUID(0, 2),
                "mary",
                "stream",
                FORM,
                null,
                null,
                null,
                Options.NONE,
                true,
                null,
                null,
                false,
                false,
                null,
                Instant.EPOCH);
        Attempt attempt =
                new Attempt("m", Credential.NONE, Patience.of(Duration.ofSeconds(10), Clock.systemUTC()), true);
        return new UtterancesLive(new PlayedTranscriber("slow", this::word), folder, background, Clock.systemUTC())
                .open(request, attempt, ear, loop);
    }

    private void hear(LiveLeg leg, double seconds, double amplitude) {
        Random random = new Random(3);
        byte[] pcm = new byte[(int) (16_000 * seconds)];
        for (int i = 0; i < pcm.length; i += 2) {
            short sample = (short) (amplitude * random.nextGaussian());
            pcm[i] = (byte) sample;
            pcm[i + 1] = (byte) (sample >> 8);
        }
        for (int at = 0; at < pcm.length; at += 320) {
            byte[] chunk = Arrays.copyOfRange(pcm, at, Math.min(pcm.length, at + 320));
            loop.execute(() -> leg.hear(chunk));
        }
    }

    @Test
    void utterances_are_sent_side_by_side_and_told_in_their_order_at_their_times() {
        LiveLeg leg = open();
        hear(leg, 1, 0);
        hear(leg, 1, 4_000);
        hear(leg, 1.5, 0);
        hear(leg, 1, 4_000);
        hear(leg, 1.5, 0);
        await().until(() -> sent.size() == 2);
        assertThat(ear.heard).isEmpty();
        assertThat(ear.reached).isBetween(0.6, 0.9); // where the first began, of which nothing is known yet

        mayAnswer.countDown();
        loop.execute(leg::end);

        await().until(() -> ear.ends.equals(List.of("ended")));
        List<Phrase> words =
                ear.heard.stream().filter(phrase -> !phrase.isSilence()).toList();
        assertThat(words).hasSize(2).allMatch(Phrase::settled);
        assertThat(words.get(0).words().get(0).start()).isBetween(0.75, 0.95);
        assertThat(words.get(1).start()).isBetween(3.1, 3.4);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void settling_settles_what_is_open() {
        mayAnswer.countDown();
        LiveLeg leg = open();
        hear(leg, 1, 0);
        hear(leg, 1, 4_000);
        loop.execute(leg::settle);

        await().until(() -> ear.heard.size() == 1);
        assertThat(ear.heard.get(0).asked()).isTrue();
        assertThat(ear.heard.get(0).transcript()).isEqualTo("said");
        loop.execute(leg::settle);
        await().until(() -> ear.heard.size() == 2);
        assertThat(ear.heard.get(1).isSilence()).isTrue();
    }

    @Test
    void a_provider_that_cannot_be_reached_fails_the_stream_once() {
        unreachable = true;
        LiveLeg leg = open();
        hear(leg, 1, 0);
        hear(leg, 1, 4_000);
        hear(leg, 1.5, 0);
        hear(leg, 1, 4_000);
        hear(leg, 1.5, 0);

        await().until(() -> ear.ends.equals(List.of(Cause.CONNECT.word())));
    }
}
