package org.caravox.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
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

/** A call of a {@link Telephone}, for one thread; what it waits for is over when the call is. */
public final class PhoneLine implements AutoCloseable {

    private static final Duration RINGS = Duration.ofSeconds(30);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(5);
    private static final Duration AHEAD = Duration.ofSeconds(1);
    private static final int CHUNK_BYTES = 3200;

    private final MediaLeg audio;
    private final SignalLeg signal;
    private final TheirVoice voice = new TheirVoice();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final Queue<Character> digits = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();

    PhoneLine(Signalling signalling, MediaEngine media, String to, MediaWishes wishes) {
        this.audio = media.open(wishes, new Ear());
        this.signal = signalling.dial(
                new Dial(
                        to,
                        null,
                        null,
                        null,
                        SessionDescription.of(audio.offer(Direction.SENDRECV)),
                        Map.of(),
                        RINGS,
                        null),
                new Dialog());
    }

    /** Whether they have answered. */
    public boolean awaitAnswer() throws InterruptedException {
        return await(answered, RINGS.plus(ENDS_WITHIN));
    }

    /** Says all of it, and returns when it was heard. Signed 16-bit little-endian PCM at {@link #sampleRateHz}. */
    public void say(InputStream pcm) throws IOException, InterruptedException {
        byte[] chunk = new byte[CHUNK_BYTES];
        int count = pcm.readNBytes(chunk, 0, chunk.length);
        while (count > 0 && !ended.isDone()) {
            audio.player().play(Arrays.copyOf(chunk, count));
            if (audio.player().queued().compareTo(AHEAD) > 0) {
                listen(AHEAD.dividedBy(2));
            }
            count = pcm.readNBytes(chunk, 0, chunk.length);
        }
        listen(audio.player().queued());
        voice.answered();
    }

    /** Waits until they speak. */
    public boolean awaitSpeech(Duration within) throws InterruptedException {
        return await(voice.speaks(), within);
    }

    /** Waits until they have spoken since the last time, or since we did, and paused for a second or so. */
    public boolean awaitPause(Duration within) throws InterruptedException {
        return await(voice.pauses(), within);
    }

    /** Just listens. */
    public void listen(Duration time) throws InterruptedException {
        var unused = await(new CompletableFuture<>(), time);
    }

    /** Presses keys. */
    public void press(String keys) {
        audio.press(keys, Duration.ofMillis(120));
    }

    /** The keys that they have pressed. */
    public String digits() {
        return digits.stream().map(String::valueOf).collect(Collectors.joining());
    }

    /** What they have said so far. */
    public byte[] heard() {
        synchronized (heard) {
            return heard.toByteArray();
        }
    }

    /** Of what is said and heard. */
    public int sampleRateHz() {
        return audio.sampleRateHz();
    }

    public MediaStats stats() {
        return audio.stats();
    }

    /** Whether it is over. */
    public boolean isOver() {
        return ended.isDone();
    }

    /** Hangs up, unless they did; tells how it ended. */
    public String hangUp() throws InterruptedException {
        signal.hangUp("hung up");
        var unused = await(new CompletableFuture<>(), ENDS_WITHIN);
        return ended.getNow("it did not end");
    }

    @Override
    public void close() {
        signal.hangUp("hung up");
        audio.close();
    }

    /** Whether it was done in time, and before the call ended. */
    private boolean await(CompletableFuture<?> what, Duration within) throws InterruptedException {
        try {
            CompletableFuture.anyOf(what, ended).get(Math.max(1, within.toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
        return what.isDone();
    }

    private final class Ear implements MediaListener {

        @Override
        public void heard(byte[] pcm) {
            synchronized (heard) {
                heard.writeBytes(pcm);
            }
            voice.heard(pcm);
        }

        @Override
        public void digit(char digit, Duration length) {
            digits.add(digit);
        }
    }

    private final class Dialog implements LegListener {

        @Override
        public void progress(SessionDescription answer) {
            take(answer);
        }

        @Override
        public void answered(@Nullable SessionDescription answer) {
            take(answer);
            answered.complete(null);
        }

        private void take(@Nullable SessionDescription answer) {
            if (answer == null || answer.first().isEmpty()) {
                return;
            }
            try {
                audio.accepted(answer.first().get());
            } catch (NoCommonCodec e) {
                ended.complete(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public SessionDescription offered(@Nullable SessionDescription offer) throws NoCommonCodec {
            return SessionDescription.of(
                    offer == null || offer.first().isEmpty()
                            ? audio.offer(Direction.SENDRECV)
                            : audio.answer(offer.first().get()));
        }

        @Override
        public void digit(char digit, Duration length) {
            digits.add(digit);
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
