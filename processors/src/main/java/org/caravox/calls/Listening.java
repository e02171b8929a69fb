package org.caravox.calls;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.caravox.audio.RawAudio;
import org.caravox.calls.media.MediaLeg;
import org.caravox.live.LiveClient;
import org.caravox.live.LiveEvent;
import org.caravox.live.LiveEvent.Heard;
import org.caravox.live.LiveFault;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSession;
import org.caravox.live.LiveSessions;
import org.caravox.live.Phrase;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcript;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The words of a call: one live stream for all who want to hear them, whose transcript is the call's. */
final class Listening implements LiveClient {

    /**
     * How it is heard.
     *
     * @param language BCP 47 tag; null is the provider's own
     * @param provider null is the chain's choice
     * @param model    null is the provider's default
     * @param both     whether the party that is joined is heard too, as a second channel
     */
    record Wish(@Nullable String language, @Nullable String provider, @Nullable String model, boolean both) {}

    /** Hears words, on the loop of the call's audio. */
    interface Reader {
        void heard(Phrase phrase);

        /** Nothing more will be heard. */
        default void deaf() {}
    }

    /** Messages of two frames of 20 ms that wait until somebody listens: 10 s. */
    private static final int EARLY = 250;

    private static final byte[] NOTHING = {};

    /** Somebody who is on hold sends nothing, and is still there. */
    private static final Duration ALIVE_EVERY = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(Listening.class);

    private final CallRequest call;
    private final MediaLeg audio;
    private final List<Reader> readers = new CopyOnWriteArrayList<>();
    private final CompletableFuture<LiveSession> session = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Interleaver lines;
    private final int channels;
    private final Deque<byte[]> early = new ArrayDeque<>();
    private byte[] half = NOTHING;
    private @Nullable LiveSession listens;
    private volatile boolean held;
    private volatile boolean over;

    private Listening(CallRequest call, MediaLeg audio, int channels) {
        this.call = call;
        this.audio = audio;
        this.channels = channels;
        this.lines = new Interleaver(channels, this::feed);
    }

    /** Opens the stream. Blocks for the time of a route; {@link #whenOpen} tells when somebody listens. */
    static Listening begin(Call of, Party party, Wish wish, LiveSessions sessions, Instant now) {
        CallRequest call = of.request();
        MediaLeg audio = party.audio();
        int channels = Math.max(party.lines().size(), wish.both() ? 2 : 1);
        Listening listening = new Listening(call, audio, channels);
        LiveRequest request = new LiveRequest(
                of.nextStream(),
                call.tenant(),
                null,
                call.userId(),
                call.recording() ? "siprec" : "sip",
                new RawAudio(RawAudio.Encoding.LINEAR16, audio.sampleRateHz(), channels),
                wish.language(),
                wish.model(),
                wish.provider(),
                Options.NONE,
                true,
                null,
                null,
                false,
                false,
                call.metadata(),
                now);
        party.hear(listening.lines::hear);
        var unused = sessions.open(request, audio.loop(), false).whenComplete((open, why) -> {
            if (open == null) {
                listening.gaveUp(why);
                return;
            }
            audio.loop().execute(() -> listening.opened(open));
        });
        return listening;
    }

    private void gaveUp(@Nullable Throwable why) {
        Throwable known = why == null ? new IllegalStateException("nobody listens") : why;
        session.completeExceptionally(known);
        ended.complete(null);
        readers.forEach(Reader::deaf);
    }

    /** The party that is joined is heard too, on the second channel. */
    Party.Ear second() {
        return (line, pcm) -> {
            if (channels > 1) {
                lines.hear(1, pcm);
            }
        };
    }

    /** Done when somebody listens; fails as the chain does. */
    CompletableFuture<LiveSession> whenOpen() {
        return session;
    }

    void read(Reader reader) {
        readers.add(reader);
    }

    void readNoMore(Reader reader) {
        readers.remove(reader);
    }

    private void feed(byte[] pcm) {
        if (channels == 1) {
            heard(pcm);
        } else {
            audio.loop().execute(() -> heard(pcm));
        }
    }

    /**
     * On the loop. Two frames go out as one: to tell a provider costs more than what it is told. The last 20 ms of a call may
     * not be heard for that.
     */
    private void heard(byte[] pcm) {
        if (half.length == 0) {
            half = pcm;
            return;
        }
        byte[] both = Arrays.copyOf(half, half.length + pcm.length);
        System.arraycopy(pcm, 0, both, half.length, pcm.length);
        half = NOTHING;
        pass(both);
    }

    /** What is said before somebody listens waits. */
    private void pass(byte[] pcm) {
        LiveSession open = listens;
        if (open == null) {
            if (!over && !ended.isDone() && early.size() < EARLY) {
                early.add(pcm);
            }
        } else if (!held && !over) {
            open.hear(pcm);
        }
    }

    private void opened(LiveSession open) {
        listens = open;
        early.forEach(open::hear);
        early.clear();
        open.attach(this, 0);
        Future<?> alive = audio.loop()
                .scheduleWithFixedDelay(
                        open::keepAlive, ALIVE_EVERY.toMillis(), ALIVE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        var unused = ended.whenComplete((nothing, why) -> alive.cancel(false));
        session.complete(open);
        if (over) {
            open.end();
        }
    }

    /** No more is heard; done when the transcript is stored, or cannot be. */
    CompletableFuture<Void> end() {
        over = true;
        if (session.isDone() && !session.isCompletedExceptionally()) {
            session.getNow(null).end();
        }
        return ended;
    }

    @Override
    public void tell(long number, LiveEvent event) {
        if (event instanceof Heard heard) {
            readers.forEach(reader -> reader.heard(heard.phrase()));
        }
    }

    /** A call cannot be slowed down: what nobody can hear in time is left out. */
    @Override
    public void pause() {
        held = true;
        log.warn("call.listening.held call={}", call.id());
    }

    @Override
    public void resume() {
        held = false;
    }

    @Override
    public void ended(Transcript transcript) {
        ended.complete(null);
        readers.forEach(Reader::deaf);
    }

    @Override
    public void failed(LiveFault fault) {
        log.warn("call.listening.ended call={} why={} reason=\"{}\"", call.id(), fault.why(), fault.message());
        ended.complete(null);
        readers.forEach(Reader::deaf);
    }
}
