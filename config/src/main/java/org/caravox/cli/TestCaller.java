package org.caravox.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.caravox.audio.activity.LoudnessDetector;
import org.caravox.audio.activity.SpeechSpans;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.media.MediaEngine;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.media.MediaListener;
import org.caravox.calls.media.MediaStats;
import org.caravox.calls.media.MediaWishes;
import org.caravox.calls.media.NoCommonCodec;
import org.caravox.calls.signalling.Dial;
import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.calls.signalling.SignalLeg;
import org.caravox.calls.signalling.Signalling;
import org.jspecify.annotations.Nullable;

/** Rings somebody, speaks a recording to them, and keeps what they say. */
final class TestCaller {

    private static final Duration RINGS = Duration.ofSeconds(30);
    private static final int CHUNK_BYTES = 3200;
    private static final int FRAMES_A_SECOND = 50;
    private static final Duration SPOKEN_AFTER = Duration.ofMillis(200);
    private static final Duration PAUSED_AFTER = Duration.ofMillis(1_200);

    /**
     * What came of a call.
     *
     * @param answered whether anybody answered
     * @param how      how it ended, in words
     * @param heard    what the other side said: signed 16-bit little-endian PCM, one channel
     * @param rate     its samples a second
     * @param stats    how its audio went; null without any
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Outcome(boolean answered, String how, byte[] heard, int rate, @Nullable MediaStats stats) {}

    private final Signalling signalling;
    private final MediaEngine media;
    private final Consumer<String> told;

    /** @param told gets what happens, a line each */
    TestCaller(Signalling signalling, MediaEngine media, Consumer<String> told) {
        this.signalling = signalling;
        this.media = media;
        this.told = told;
    }

    /** Where recordings come from, at a rate that the call decides. */
    @FunctionalInterface
    interface Speech {
        InputStream open(int sampleRateHz) throws IOException, InterruptedException;
    }

    /**
     * Calls, says one thing after the other, and hangs up a while after the last one unless they do first.
     *
     * @param polite  how long it waits, before each, until the other side has spoken and paused; zero does not wait
     * @param listens how long it still listens after the last
     */
    Outcome call(String to, MediaWishes wishes, List<Speech> speeches, Duration polite, Duration listens)
            throws InterruptedException {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        CompletableFuture<String> ended = new CompletableFuture<>();
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        TheirPauses pauses = new TheirPauses();
        MediaLeg audio = media.open(wishes, new MediaListener() {
            @Override
            public void heard(byte[] pcm) {
                synchronized (heard) {
                    heard.writeBytes(pcm);
                }
                pauses.heard(pcm);
            }

            @Override
            public void digit(char digit, Duration length) {
                told.accept("they pressed " + digit);
            }
        });
        try (audio) {
            SignalLeg leg = signalling.dial(
                    new Dial(
                            to,
                            null,
                            null,
                            null,
                            SessionDescription.of(audio.offer(Direction.SENDRECV)),
                            Map.of(),
                            RINGS,
                            null),
                    new Listener(audio, answered, ended));
            if (await(answered, ended, RINGS.plusSeconds(5))) {
                told.accept("answered, " + audio.stats().codec() + (audio.stats().encrypted() ? ", encrypted" : ""));
                for (Speech speech : speeches) {
                    if (!polite.isZero()) {
                        await(pauses.next(), ended, polite);
                    }
                    speak(audio, speech, ended);
                }
                await(new CompletableFuture<>(), ended, listens);
            }
            MediaStats stats = answered.isDone() && !answered.isCompletedExceptionally() ? audio.stats() : null;
            leg.hangUp("the test is over");
            await(new CompletableFuture<>(), ended, Duration.ofSeconds(5));
            synchronized (heard) {
                return new Outcome(
                        stats != null,
                        ended.getNow("it did not end"),
                        heard.toByteArray(),
                        stats == null ? 8_000 : audio.sampleRateHz(),
                        stats);
            }
        }
    }

    private void speak(MediaLeg audio, Speech speech, CompletableFuture<String> ended) throws InterruptedException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream pcm = speech.open(audio.player().sampleRateHz())) {
            int count = pcm.readNBytes(chunk, 0, chunk.length);
            while (count > 0 && !ended.isDone()) {
                audio.player().play(Arrays.copyOf(chunk, count));
                if (audio.player().queued().toMillis() > 1_000) {
                    await(new CompletableFuture<>(), ended, Duration.ofMillis(500));
                }
                count = pcm.readNBytes(chunk, 0, chunk.length);
            }
        } catch (IOException e) {
            throw new HubFailure("the recording cannot be read: " + e.getMessage());
        }
        await(new CompletableFuture<>(), ended, audio.player().queued());
    }

    /** Whether the first was done in time, and not the second. */
    private static boolean await(CompletableFuture<?> what, CompletableFuture<?> or, Duration within)
            throws InterruptedException {
        try {
            CompletableFuture.anyOf(what, or).get(Math.max(1, within.toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
        return what.isDone() && !or.isDone();
    }

    /** Notices when the other side has spoken and paused. */
    private static final class TheirPauses implements SpeechSpans.Told {
        private @Nullable SpeechSpans spans;
        private boolean spoken;
        private CompletableFuture<Void> paused = new CompletableFuture<>();

        synchronized void heard(byte[] pcm) {
            SpeechSpans known = spans;
            if (known == null) {
                known = new SpeechSpans(
                        new LoudnessDetector(pcm.length * FRAMES_A_SECOND / 2), SPOKEN_AFTER, PAUSED_AFTER, this);
                spans = known;
            }
            known.hear(pcm);
        }

        @Override
        public synchronized void began() {
            spoken = true;
        }

        @Override
        public synchronized void ended() {
            if (spoken) {
                paused.complete(null);
            }
        }

        /** Done when they have paused since the last time. */
        synchronized CompletableFuture<Void> next() {
            CompletableFuture<Void> current = paused;
            return current.thenRun(this::forget);
        }

        private synchronized void forget() {
            spoken = false;
            paused = new CompletableFuture<>();
        }
    }

    private final class Listener implements LegListener {
        private final MediaLeg audio;
        private final CompletableFuture<Void> answered;
        private final CompletableFuture<String> ended;

        Listener(MediaLeg audio, CompletableFuture<Void> answered, CompletableFuture<String> ended) {
            this.audio = audio;
            this.answered = answered;
            this.ended = ended;
        }

        @Override
        public void ringing() {
            told.accept("it rings");
        }

        @Override
        public void progress(SessionDescription answer) {
            take(answer);
            told.accept("it rings, with audio");
        }

        @Override
        public void answered(@Nullable SessionDescription answer) {
            if (answer != null) {
                take(answer);
            }
            answered.complete(null);
        }

        private void take(SessionDescription answer) {
            answer.first().ifPresent(line -> {
                try {
                    audio.accepted(line);
                } catch (NoCommonCodec e) {
                    ended.complete(String.valueOf(e.getMessage()));
                }
            });
        }

        @Override
        public SessionDescription offered(@Nullable SessionDescription offer) throws NoCommonCodec {
            told.accept("they make another offer");
            return SessionDescription.of(
                    offer == null || offer.first().isEmpty()
                            ? audio.offer(Direction.SENDRECV)
                            : audio.answer(offer.first().get()));
        }

        @Override
        public void ended(Ended how) {
            String by =
                    switch (how.who()) {
                        case US -> "we hung up";
                        case THEM -> how.status() == 0 ? "they hung up" : "they declined";
                        case NETWORK -> "the connection was lost";
                    };
            ended.complete(by + (how.status() == 0 ? "" : " (" + how.status() + " " + how.reason() + ")"));
        }
    }
}
