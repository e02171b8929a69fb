package org.caravox.live.utterances;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.caravox.audio.ChannelSplit;
import org.caravox.live.LiveEar;
import org.caravox.live.LiveLeg;
import org.caravox.live.LiveRequest;
import org.caravox.live.Phrase;
import org.caravox.live.utterances.Splitter.Piece;
import org.caravox.providers.ProviderFailure;
import org.jspecify.annotations.Nullable;

/** One stream, utterance by utterance: several may be under way, and they are told in their order. */
final class UtterancesLeg implements LiveLeg {

    private static final int MOST_UNDER_WAY = 3;
    private static final int MOST_WAITING = 8;

    /** An utterance on its way. */
    private static final class Sent {
        private final int channel;
        private final Piece piece;
        private boolean begun;
        private @Nullable Phrase phrase;

        Sent(int channel, Piece piece) {
            this.channel = channel;
            this.piece = piece;
        }
    }

    private final ChannelSplit split;
    private final int sampleRateHz;
    private final List<Splitter> splitters;
    private final Deque<Sent> sent = new ArrayDeque<>();
    private final Hearing hearing;
    private final Executor background;
    private final LiveEar ear;
    private final ScheduledExecutorService loop;
    private int underWay;
    private boolean full;
    private boolean ending;
    private boolean over;

    UtterancesLeg(
            LiveRequest request, Hearing hearing, Executor background, LiveEar ear, ScheduledExecutorService loop) {
        this.sampleRateHz = request.audio().sampleRateHz();
        this.split = new ChannelSplit(request.audio(), sampleRateHz);
        this.splitters = IntStream.range(0, request.audio().channels())
                .mapToObj(channel -> new Splitter(sampleRateHz, request.endpointing()))
                .toList();
        this.hearing = hearing;
        this.background = background;
        this.ear = ear;
        this.loop = loop;
    }

    @Override
    public void hear(byte[] audio) {
        byte[][] channels = split.split(audio);
        for (int channel = 0; channel < channels.length; channel++) {
            for (Piece piece : splitters.get(channel).hear(channels[channel])) {
                sent.add(new Sent(channel, piece));
            }
        }
        send();
        for (int channel = 0; channel < channels.length && !over; channel++) {
            ear.reached(channel, reached(channel));
        }
    }

    /** Up to where all was told, or nothing said. */
    private double reached(int channel) {
        return sent.stream()
                .filter(one -> one.channel == channel)
                .findFirst()
                .map(one -> one.piece.start())
                .orElseGet(() -> splitters.get(channel).quietUntil());
    }

    @Override
    public boolean isFull() {
        full = sent.size() >= MOST_WAITING;
        return full;
    }

    @Override
    public void settle() {
        cutAll(false);
    }

    @Override
    public void end() {
        ending = true;
        cutAll(true);
    }

    private void cutAll(boolean endpoint) {
        for (int channel = 0; channel < splitters.size(); channel++) {
            sent.add(new Sent(channel, splitters.get(channel).settle(endpoint, !endpoint)));
        }
        send();
    }

    @Override
    public void abort() {
        over = true;
        sent.clear();
        hearing.callOff();
    }

    private void send() {
        for (Sent one : List.copyOf(sent)) {
            if (!one.begun && underWay < MOST_UNDER_WAY && !over) {
                begin(one);
            }
        }
        tell();
    }

    private void begin(Sent one) {
        one.begun = true;
        Piece piece = one.piece;
        if (piece.pcm().length == 0) {
            one.phrase = new Phrase(
                    one.channel,
                    piece.start(),
                    piece.seconds(),
                    "",
                    null,
                    List.of(),
                    true,
                    piece.endpoint(),
                    piece.asked());
            return;
        }
        underWay++;
        try {
            background.execute(() -> hear(one));
        } catch (RejectedExecutionException e) {
            fail(hearing.noRoom());
        }
    }

    /** On a thread that may wait. */
    private void hear(Sent one) {
        try {
            Phrase phrase = hearing.hear(one.channel, one.piece, sampleRateHz);
            back(() -> {
                one.phrase = phrase;
                underWay--;
                send();
            });
        } catch (ProviderFailure e) {
            back(() -> fail(e));
        }
    }

    private void back(Runnable then) {
        try {
            loop.execute(() -> {
                if (!over) {
                    then.run();
                }
            });
        } catch (RejectedExecutionException e) {
            hearing.callOff(); // nobody is left to be told
        }
    }

    private void tell() {
        Phrase next = ready();
        while (next != null) {
            sent.remove();
            ear.heard(next);
            next = ready();
        }
        if (over) {
            return;
        }
        if (ending && sent.isEmpty()) {
            abort();
            ear.ended();
        } else if (full && sent.size() < MOST_WAITING / 2) {
            full = false;
            ear.ready();
        }
    }

    /** What the first of those that are on their way became; null while nobody knows. */
    private @Nullable Phrase ready() {
        Sent first = sent.peek();
        return first == null ? null : first.phrase;
    }

    private void fail(ProviderFailure failure) {
        if (!over) {
            abort();
            ear.failed(failure);
        }
    }
}
