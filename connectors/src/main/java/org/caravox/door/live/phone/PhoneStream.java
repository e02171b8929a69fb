package org.caravox.door.live.phone;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.caravox.door.live.LiveCodec;
import org.caravox.door.live.LiveLine;
import org.caravox.live.LiveClient;
import org.caravox.live.LiveEvent;
import org.caravox.live.LiveFault;
import org.caravox.live.LiveFault.Why;
import org.caravox.live.LiveSession;
import org.caravox.providers.NobodyAnswered;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Transcript;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a platform: joins its codec to a session, which is opened when the platform says what it sends, or, of a call
 * that is to be answered, to a {@link PhoneTalk}. Audio that comes before the session is open is kept, up to a few seconds;
 * then the connection is not read until it is. All on the connection's loop.
 */
public final class PhoneStream implements LiveCodec, LiveClient, PhoneLine {

    private static final Logger log = LoggerFactory.getLogger(PhoneStream.class);
    private static final String SLOW = "the platform does not read what it is sent";
    private static final Duration BEGIN_WITHIN = Duration.ofSeconds(10);
    private static final Duration KEPT = Duration.ofSeconds(5);
    private static final Duration SIGN_OF_LIFE_EVERY = Duration.ofSeconds(3);

    static final int NORMAL = 1000;
    static final int POLICY = 1008;
    private static final int BROKEN = 1011;
    private static final int RESTART = 1012;
    static final int LATER = 1013;

    private final PhoneHandshake handshake;
    private final Function<LiveLine, PhoneCodec> codecs;
    private final PhoneCalls calls;
    private final Deque<byte[]> early = new ArrayDeque<>();
    private @Nullable LiveLine line;
    private @Nullable PhoneCodec codec;
    private @Nullable Future<?> beginning;
    private @Nullable PhoneStart start;
    private @Nullable LiveSession session;
    private @Nullable PhoneTalk talk;
    private @Nullable Future<?> signs;
    private long earlyBytes;
    private boolean held;
    private boolean hungUp;
    private boolean over;

    /** @param codecs makes the codec of the platform that calls */
    public PhoneStream(PhoneHandshake handshake, Function<LiveLine, PhoneCodec> codecs, PhoneCalls calls) {
        this.handshake = handshake;
        this.codecs = codecs;
        this.calls = calls;
    }

    // ---- what the connection tells --------------------------------------------------------------------------------

    @Override
    public void opened(LiveLine open) {
        line = open;
        codec = codecs.apply(open);
        beginning = open.loop().schedule(this::notBegun, BEGIN_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void text(String text) {
        read(codec -> codec.text(text, this));
    }

    @Override
    public void binary(byte[] bytes) {
        read(codec -> codec.binary(bytes, this));
    }

    private void read(Consumer<PhoneCodec> message) {
        if (over || hungUp) {
            return;
        }
        try {
            message.accept(codec());
        } catch (Refusal refusal) {
            refuse(refusal);
        }
    }

    @Override
    public void slow() {
        LiveSession there = session;
        if (there != null) {
            there.fail(new LiveFault(Why.SLOW_READER, SLOW));
        }
        PhoneTalk talking = talk;
        if (talking != null) {
            talking.breaks(SLOW);
            close(POLICY, SLOW);
        }
    }

    /** What was said until then is kept. */
    @Override
    public void closed() {
        over = true;
        release();
        LiveSession there = session;
        if (there != null) {
            there.lost(this);
        }
        PhoneTalk talking = talk;
        if (talking != null) {
            talking.hangsUp();
        }
    }

    private LiveLine line() {
        return open(line);
    }

    private PhoneCodec codec() {
        return open(codec);
    }

    private static <T> T open(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("a stream is used before its connection is open");
        }
        return part;
    }

    private void notBegun() {
        if (start == null) {
            close(POLICY, "no message that begins a stream came within " + BEGIN_WITHIN.toSeconds() + " seconds");
        }
    }

    // ---- what the codec reads -------------------------------------------------------------------------------------

    @Override
    public void begins(PhoneStart told) {
        if (start != null) {
            throw new Refusal(Refusal.Reason.MALFORMED, "the stream has begun already");
        }
        start = told;
        stop(beginning);
        ScheduledExecutorService loop = line().loop();
        if (told.isCall()) {
            talk(told, loop);
            return;
        }
        var unused = calls.open(handshake, told, loop).whenCompleteAsync(this::sessionOpened, loop);
    }

    private void talk(PhoneStart told, ScheduledExecutorService loop) {
        if (!(codec() instanceof PhonePlayer player)) {
            throw Refusal.invalid("a call of " + handshake.door()
                    + " cannot be answered, for nothing can be played into it: leave out agent and number");
        }
        if (told.audio().channels() != 1) {
            throw Refusal.invalid("a call that is answered has one channel: only the caller's audio may be sent");
        }
        PhoneTalk fresh = new PhoneTalk(handshake, told, player, loop, calls.silentAfter(), this::close);
        talk = fresh;
        var unused = calls.ring(handshake, told, fresh)
                .whenCompleteAsync(
                        (listener, why) -> {
                            if (listener == null) {
                                refuse(cause(why));
                            } else {
                                fresh.listener(listener);
                            }
                        },
                        loop);
    }

    private static @Nullable Throwable cause(@Nullable Throwable why) {
        return why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
    }

    private void sessionOpened(@Nullable LiveSession opened, @Nullable Throwable why) {
        if (opened == null) {
            refuse(cause(why));
            return;
        }
        opened.attach(this, 0);
        line().loop().execute(() -> joined(opened)); // behind the attaching, so that no word is told to nobody
    }

    private void joined(LiveSession opened) {
        session = opened;
        early.forEach(opened::hear);
        early.clear();
        if (over) {
            opened.lost(this);
        } else if (hungUp) {
            opened.end();
        } else if (isFull() && !held) {
            line().resume();
        }
    }

    @Override
    public void hears(byte[] audio) {
        LiveSession there = session;
        if (there != null) {
            there.hear(audio);
            return;
        }
        PhoneTalk talking = talk;
        if (talking != null) {
            talking.hears(audio);
            return;
        }
        if (start == null) {
            throw new Refusal(Refusal.Reason.MALFORMED, "audio came before the message that begins the stream");
        }
        boolean wasFull = isFull();
        early.add(audio);
        earlyBytes += audio.length;
        if (!wasFull && isFull()) {
            line().pause();
        }
    }

    private boolean isFull() {
        PhoneStart begun = start;
        return begun != null && earlyBytes >= KEPT.toSeconds() * begun.audio().bytesPerSecond();
    }

    /** A session whose client is silent for long is closed: a muted client is not. */
    @Override
    public void mutes(boolean muted) {
        stop(signs);
        if (muted) {
            long every = SIGN_OF_LIFE_EVERY.toMillis();
            signs = line().loop().scheduleAtFixedRate(this::giveSign, every, every, TimeUnit.MILLISECONDS);
        }
    }

    private void giveSign() {
        LiveSession there = session;
        if (there != null) {
            there.keepAlive();
        }
    }

    private static void stop(@Nullable Future<?> running) {
        if (running != null) {
            running.cancel(false);
        }
    }

    @Override
    public void presses(String digit) {
        PhoneTalk talking = talk;
        if (talking != null) {
            talking.presses(digit);
        }
    }

    @Override
    public void played(String mark) {
        PhoneTalk talking = talk;
        if (talking != null) {
            talking.played(mark);
        }
    }

    @Override
    public void hangsUp() {
        hungUp = true;
        LiveSession there = session;
        PhoneTalk talking = talk;
        if (talking != null) {
            talking.hangsUp();
            close(NORMAL, "");
        } else if (there != null) {
            there.end();
        } else if (start == null) {
            close(NORMAL, "");
        }
    }

    // ---- what the session tells -----------------------------------------------------------------------------------

    @Override
    public void tell(long number, LiveEvent event) {
        if (!over) {
            codec().told(event).ifPresent(line()::text);
        }
    }

    @Override
    public void pause() {
        held = true;
        line().pause();
    }

    @Override
    public void resume() {
        held = false;
        line().resume();
    }

    @Override
    public void ended(Transcript transcript) {
        close(NORMAL, "transcript " + transcript.id());
    }

    @Override
    public void failed(LiveFault fault) {
        int code =
                switch (fault.why()) {
                    case CLOSED_BY_OPERATOR, TOO_LONG -> NORMAL;
                    case SILENT, NOT_AUDIO, SLOW_READER, KEY_REVOKED, TAKEN_OVER -> POLICY;
                    case HUB_STOPS -> RESTART;
                    case NO_PROVIDER -> LATER;
                    case BROKEN -> BROKEN;
                };
        close(code, fault.message());
    }

    // ---- its end --------------------------------------------------------------------------------------------------

    private void refuse(@Nullable Throwable why) {
        if (why instanceof Refusal refusal) {
            log.info("phone.refused door={} reason={}", handshake.door(), refusal.reason());
            close(refusal.mayPass() ? LATER : POLICY, refusal.getMessage());
        } else if (why instanceof NobodyAnswered) {
            log.info("phone.refused door={} reason=NO_PROVIDER", handshake.door());
            close(LATER, "no speech-to-text provider takes the stream now, try again");
        } else {
            log.error("phone.broken door={}", handshake.door(), why);
            close(BROKEN, "the hub failed to open the stream");
        }
        LiveSession there = session;
        if (there != null) {
            there.end();
        }
        PhoneTalk talking = talk;
        if (talking != null) {
            talking.breaks("the platform did not speak its protocol");
        }
    }

    private void close(int code, String reason) {
        if (!over) {
            over = true;
            release();
            early.clear();
            line().close(code, reason);
        }
    }

    private void release() {
        stop(beginning);
        stop(signs);
    }
}
