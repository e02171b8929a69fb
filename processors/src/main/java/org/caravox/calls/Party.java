package org.caravox.calls;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.media.MediaEngine;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.media.MediaListener;
import org.caravox.calls.media.MediaWishes;
import org.caravox.calls.media.NoCommonCodec;
import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.calls.signalling.SignalLeg;
import org.jspecify.annotations.Nullable;

/**
 * One side of a call: its dialog, and its audio. A recording session has a line of audio for each who speaks in it; any other
 * has one.
 */
final class Party implements LegListener {

    /** Hears one line of a party. On the line's loop; the array is shared by all who hear it. */
    @FunctionalInterface
    interface Ear {
        void heard(int line, byte[] pcm);
    }

    private final MediaEngine engine;
    private final MediaWishes wishes;
    private final List<MediaLeg> lines = new ArrayList<>();
    private final List<Ear> ears = new CopyOnWriteArrayList<>();
    private final List<Consumer<byte[]>> mouths = new CopyOnWriteArrayList<>();
    private final List<Keys> keys = new CopyOnWriteArrayList<>();
    private final Map<String, CompletableFuture<Boolean>> marks = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> ringing = new CompletableFuture<>();
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private final CompletableFuture<Ended> ended = new CompletableFuture<>();
    private volatile @Nullable SignalLeg signal;
    private volatile @Nullable Runnable silent;
    private @Nullable SessionDescription agreed;
    private volatile @Nullable Bridge bridge;

    /** Hears keys that are pressed, on any thread. */
    @FunctionalInterface
    interface Keys {
        void pressed(char digit);
    }

    Party(MediaEngine engine, MediaWishes wishes) {
        this.engine = engine;
        this.wishes = wishes;
    }

    /** The dialog, once there is one. */
    void signal(SignalLeg leg) {
        signal = leg;
    }

    SignalLeg signal() {
        SignalLeg known = signal;
        if (known == null) {
            throw new CallEnded("it has not begun");
        }
        return known;
    }

    // ---- offers and answers
    // ---------------------------------------------------------------------------------------------

    /** Our offer; opens the audio. */
    synchronized SessionDescription offer() {
        return SessionDescription.of(line(0).offer(Direction.SENDRECV));
    }

    /** Our answer to what they offered, or our offer when they offered nothing; opens the audio, once. */
    synchronized SessionDescription agreement() throws NoCommonCodec {
        SessionDescription known = agreed;
        if (known != null) {
            return known;
        }
        SessionDescription fresh =
                signal().offer().isPresent() ? answerTo(signal().offer().orElseThrow()) : offer();
        agreed = fresh;
        return fresh;
    }

    private SessionDescription answerTo(SessionDescription offer) throws NoCommonCodec {
        if (ended.isDone()) {
            throw new CallEnded("hung up");
        }
        List<MediaDescription> answers = new ArrayList<>();
        for (int i = 0; i < offer.media().size(); i++) {
            answers.add(line(i).answer(offer.media().get(i)));
        }
        if (answers.isEmpty()) {
            throw new NoCommonCodec("no line of audio is offered");
        }
        return new SessionDescription(answers, offer.refused(), null);
    }

    private MediaLeg line(int number) {
        while (lines.size() <= number) {
            int line = lines.size();
            lines.add(engine.open(wishes, new MediaListener() {
                @Override
                public void heard(byte[] pcm) {
                    for (Ear ear : ears) {
                        ear.heard(line, pcm);
                    }
                }

                @Override
                public void digit(char digit, Duration length) {
                    keys.forEach(listener -> listener.pressed(digit));
                }

                @Override
                public void reached(String mark, boolean heard) {
                    CompletableFuture<Boolean> waiting = marks.remove(mark);
                    if (waiting != null) {
                        waiting.complete(heard);
                    }
                }

                @Override
                public boolean wantsSaid() {
                    return line == 0 && !mouths.isEmpty();
                }

                @Override
                public void said(byte[] pcm) {
                    mouths.forEach(mouth -> mouth.accept(pcm));
                }

                @Override
                public void silent(Duration since) {
                    Runnable then = silent;
                    if (then != null) {
                        then.run();
                    }
                }
            }));
        }
        return lines.get(number);
    }

    @Override
    public synchronized SessionDescription offered(@Nullable SessionDescription offer) throws NoCommonCodec {
        return offer == null ? offer() : answerTo(offer);
    }

    private synchronized void accepted(@Nullable SessionDescription answer) {
        if (answer == null) {
            return;
        }
        try {
            for (int i = 0; i < Math.min(lines.size(), answer.media().size()); i++) {
                lines.get(i).accepted(answer.media().get(i));
            }
        } catch (NoCommonCodec e) {
            signal().hangUp("488 " + e.getMessage());
        }
    }

    /** Holds, or takes back: they hear nothing of what comes after, or music that is played to them. */
    CompletableFuture<Void> hold(boolean on) {
        SessionDescription offer;
        synchronized (this) {
            offer = SessionDescription.of(line(0).offer(on ? Direction.SENDONLY : Direction.SENDRECV));
        }
        return signal().offerAnew(offer)
                .<Void>thenApply(answer -> {
                    accepted(answer);
                    return null;
                })
                .toCompletableFuture();
    }

    // ---- what happens to it
    // ---------------------------------------------------------------------------------------------

    @Override
    public void ringing() {
        ringing.complete(null);
    }

    @Override
    public void progress(SessionDescription answer) {
        accepted(answer);
        ringing.complete(null);
    }

    @Override
    public void answered(@Nullable SessionDescription answer) {
        accepted(answer);
        ringing.complete(null);
        answered.complete(null);
    }

    @Override
    public void confirmed() {
        answered.complete(null);
    }

    @Override
    public void digit(char digit, Duration length) {
        keys.forEach(listener -> listener.pressed(digit));
    }

    @Override
    public void ended(Ended how) {
        if (!ended.complete(how)) {
            return;
        }
        CallEnded over = new CallEnded(how.reason());
        ringing.completeExceptionally(over);
        answered.completeExceptionally(over);
        marks.values().forEach(mark -> mark.complete(false));
        marks.clear();
    }

    /** Frees its ports. Afterwards nothing is heard of it. */
    synchronized void close() {
        lines.forEach(MediaLeg::close);
        ears.clear();
        mouths.clear();
        keys.clear();
        marks.values().forEach(mark -> mark.complete(false));
        marks.clear();
    }

    /** Done when it rings there. */
    CompletableFuture<Void> whenRinging() {
        return ringing;
    }

    /** Done when they have answered, or have confirmed our answer; fails with {@link CallEnded} otherwise. */
    CompletableFuture<Void> whenAnswered() {
        return answered;
    }

    /** Done when the dialog is over. */
    CompletableFuture<Ended> whenEnded() {
        return ended;
    }

    /** Does something when the dialog is over; at once when it is. */
    void onEnd(Consumer<Ended> then) {
        var unused = ended.thenAccept(then);
    }

    // ---- audio
    // -----------------------------------------------------------------------------------------------------------

    /**
     * Its first line of audio.
     *
     * @throws CallEnded when it has none: it was not answered, nor is there early media
     */
    synchronized MediaLeg audio() {
        if (lines.isEmpty()) {
            if (ended.isDone()) {
                throw new CallEnded(ended.join().reason());
            }
            throw new IllegalStateException("the call has no audio yet: sip:answer or sip:early-media comes first");
        }
        return lines.get(0);
    }

    /** All of them; more than one in recording sessions only. */
    synchronized List<MediaLeg> lines() {
        return List.copyOf(lines);
    }

    /** What each says is what the other hears: in the engine that carries both, or from one to the other. */
    void join(Party other) {
        if (engine == other.engine) {
            audio().join(other.audio());
        } else {
            bridge = Bridge.between(this, other);
        }
    }

    /** Ends {@link #join}. */
    void part() {
        Bridge over = bridge;
        bridge = null;
        if (over == null) {
            audio().part();
        } else {
            over.close();
        }
    }

    void hear(Ear ear) {
        ears.add(ear);
    }

    void hearNoMore(Ear ear) {
        ears.remove(ear);
    }

    /** Hears what is said to the party, on its loop; nothing while nothing is said. */
    void overhear(Consumer<byte[]> mouth) {
        mouths.add(mouth);
    }

    void overhearNoMore(Consumer<byte[]> mouth) {
        mouths.remove(mouth);
    }

    void watch(Keys listener) {
        keys.add(listener);
    }

    void watchNoMore(Keys listener) {
        keys.remove(listener);
    }

    /** What is done when nothing comes of it any more. */
    void onSilence(Runnable then) {
        silent = then;
    }

    /** Done when all that is queued now was heard (true), or was thrown away (false). */
    CompletableFuture<Boolean> played() {
        String mark = UUID.randomUUID().toString();
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        marks.put(mark, done);
        audio().player().mark(mark);
        if (ended.isDone() && marks.remove(mark) != null) {
            done.complete(false);
        }
        return done;
    }
}
