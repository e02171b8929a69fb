package org.caravox.door.live.phone;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaEngine;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.media.MediaListener;
import org.caravox.calls.media.MediaWishes;
import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.LegListener.Ended;
import org.caravox.calls.signalling.LegListener.Ended.Who;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.calls.signalling.SignalFailure;
import org.caravox.calls.signalling.SignalLeg;
import org.jspecify.annotations.Nullable;

/**
 * A call of a platform that is answered like one by SIP: the platform's connection is its dialog and carries its audio. What
 * the platform tells is told on the connection's loop.
 */
final class PhoneTalk implements SignalLeg, MediaEngine {

    private static final int CANCELLED = 487;
    private static final int NOT_IMPLEMENTED = 501;
    private static final String ANONYMOUS = "anonymous";
    private static final int MOST_HEADERS = 50;
    private static final int LONGEST_HEADER = 256;

    /** Ends the connection, by the codes of WebSocket; on its loop. */
    @FunctionalInterface
    interface Closing {
        void close(int code, String reason);
    }

    private final PhoneStart start;
    private final Parties parties;
    private final PhonePlayer player;
    private final ScheduledExecutorService loop;
    private final Duration silentAfter;
    private final Closing closing;
    private final Deque<Consumer<LegListener>> untold = new ArrayDeque<>();
    private volatile @Nullable PhoneLeg leg;
    private @Nullable LegListener listener;
    private boolean answered;
    private boolean over;

    /**
     * A call that begins to ring.
     *
     * @param silentAfter how long nothing may come before the call is given up
     */
    PhoneTalk(
            PhoneHandshake handshake,
            PhoneStart start,
            PhonePlayer player,
            ScheduledExecutorService loop,
            Duration silentAfter,
            Closing closing) {
        this.start = start;
        this.parties = parties(handshake, start);
        this.player = player;
        this.loop = loop;
        this.silentAfter = silentAfter;
        this.closing = closing;
    }

    private static Parties parties(PhoneHandshake handshake, PhoneStart start) {
        Map<String, String> headers = new HashMap<>();
        start.call().properties().stream().limit(MOST_HEADERS).forEach(field -> {
            String value = field.getValue().asText();
            if (!value.isBlank() && value.length() <= LONGEST_HEADER) {
                headers.put("X-" + field.getKey(), value);
            }
        });
        return new Parties(
                start.told("callSid", "call_sid", "uuid", "channel_id")
                        .orElse(handshake.id().toString()),
                true,
                null,
                start.told("from").or(() -> start.wish("userId")).orElse(ANONYMOUS),
                null,
                start.wish("number")
                        .or(() -> start.told("to"))
                        .or(() -> start.wish("agent"))
                        .orElse(handshake.door()),
                "",
                handshake.door(),
                headers,
                false);
    }

    // ---- what the platform tells, on the loop ---------------------------------------------------------------------

    /** Whoever is told of what becomes of the call. */
    void listener(LegListener taker) {
        listener = taker;
        untold.forEach(event -> event.accept(taker));
        untold.clear();
    }

    void hears(byte[] audio) {
        with(known -> known.hears(audio));
    }

    void presses(String digit) {
        if (!digit.isEmpty()) {
            with(known -> known.presses(digit.charAt(0)));
        }
    }

    void played(String mark) {
        with(known -> known.played(mark));
    }

    /** Nothing is heard or told of a call before it has audio. */
    private void with(Consumer<PhoneLeg> what) {
        PhoneLeg known = leg;
        if (known != null) {
            what.accept(known);
        }
    }

    void hangsUp() {
        ends(Who.THEM, "hung up");
    }

    /** The connection has to be given up. */
    void breaks(String reason) {
        ends(Who.NETWORK, reason);
    }

    private void ends(Who who, String reason) {
        ends(new Ended(who, answered ? 0 : CANCELLED, reason));
    }

    private void ends(Ended how) {
        if (!over) {
            over = true;
            tell(taker -> taker.ended(how));
        }
    }

    private void tell(Consumer<LegListener> event) {
        LegListener known = listener;
        if (known == null) {
            untold.add(event);
        } else {
            event.accept(known);
        }
    }

    // ---- its dialog -----------------------------------------------------------------------------------------------

    @Override
    public Parties parties() {
        return parties;
    }

    /** A platform offers nothing: what it sends is said already. */
    @Override
    public Optional<SessionDescription> offer() {
        return Optional.empty();
    }

    @Override
    public Optional<MediaEngine> media() {
        return Optional.of(this);
    }

    /** The platform has answered its caller already, or lets it ring itself. */
    @Override
    public void ring() {}

    @Override
    public void progress(SessionDescription answer) {}

    @Override
    public void answer(SessionDescription answer) {
        loop.execute(() -> {
            if (!over && !answered) {
                answered = true;
                tell(LegListener::confirmed);
            }
        });
    }

    @Override
    public void decline(int status, String reason, @Nullable Duration retryAfter, @Nullable String contact) {
        loop.execute(() -> {
            ends(new Ended(Who.US, status, reason));
            closing.close(status >= 500 ? PhoneStream.LATER : PhoneStream.POLICY, status + " " + reason);
        });
    }

    @Override
    public void hangUp(String reason) {
        loop.execute(() -> {
            ends(Who.US, reason);
            closing.close(PhoneStream.NORMAL, reason);
        });
    }

    /** Hold is a matter of this side alone. */
    @Override
    public CompletionStage<SessionDescription> offerAnew(SessionDescription offer) {
        List<MediaDescription> answers =
                offer.media().stream().map(PhoneTalk::answerTo).toList();
        return CompletableFuture.completedStage(new SessionDescription(answers, List.of(), null));
    }

    private static MediaDescription answerTo(MediaDescription offer) {
        return new MediaDescription(
                offer.address(),
                offer.port(),
                offer.rtcpPort(),
                offer.secure(),
                offer.codecs(),
                offer.direction().mirrored(),
                offer.keys(),
                offer.ptimeMs(),
                offer.label());
    }

    @Override
    public CompletionStage<Void> refer(String to, @Nullable SignalLeg replaces, IntConsumer progress, Duration within) {
        return CompletableFuture.failedStage(new SignalFailure(
                NOT_IMPLEMENTED,
                parties.transport() + " cannot be asked to ring somebody else: use mode warm, or sip:dial"));
    }

    @Override
    public void info(char digit, Duration length) {
        with(known -> known.press(String.valueOf(digit), length));
    }

    // ---- its audio ------------------------------------------------------------------------------------------------

    @Override
    public MediaLeg open(MediaWishes wishes, MediaListener heard) {
        PhoneLeg fresh = new PhoneLeg(start.audio(), player, loop, heard, silentAfter);
        leg = fresh;
        return fresh;
    }

    @Override
    public int open() {
        return leg == null ? 0 : 1;
    }
}
