package org.caravox.live.vosk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.caravox.audio.ChannelSplit;
import org.caravox.audio.RawAudio;
import org.caravox.live.LiveEar;
import org.caravox.live.LiveLeg;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.transcription.Mode;
import org.caravox.transcription.vosk.DecoderPool;
import org.caravox.transcription.vosk.VoskTranscriber;

/**
 * One stream on the decoders: audio waits on the loop until there is a tenth of a second of it and the slice before it
 * is heard, so that one thread at a time works on it.
 */
final class VoskLeg implements LiveLeg {

    private static final double LEAST_SECONDS = 0.1;
    private static final double MOST_SECONDS = 1;
    private static final double FULL_SECONDS = 2;

    private final RawAudio form;
    private final ChannelSplit split;
    private final List<HeardChannel> channels;
    private final DecoderPool decoders;
    private final LiveEar ear;
    private final ScheduledExecutorService loop;
    private final Runnable release;

    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private final Deque<Long> settles = new ArrayDeque<>();
    private long received;
    private boolean busy;
    private boolean full;
    private boolean ending;
    private boolean over;

    /** @param release lets go of the recognizers; called once, while nobody uses them */
    VoskLeg(
            RawAudio form,
            ChannelSplit split,
            List<HeardChannel> channels,
            DecoderPool decoders,
            LiveEar ear,
            ScheduledExecutorService loop,
            Runnable release) {
        this.form = form;
        this.split = split;
        this.channels = List.copyOf(channels);
        this.decoders = decoders;
        this.ear = ear;
        this.loop = loop;
        this.release = release;
    }

    @Override
    public void hear(byte[] audio) {
        waiting.writeBytes(audio);
        received += audio.length;
        next();
    }

    @Override
    public boolean isFull() {
        full = waiting.size() >= bytes(FULL_SECONDS);
        return full;
    }

    /** There, and not somewhere in what comes before it is its turn: that might be the middle of a word. */
    @Override
    public void settle() {
        if (!Objects.equals(settles.peekLast(), received)) {
            settles.add(received);
        }
        next();
    }

    @Override
    public void end() {
        ending = true;
        next();
    }

    /** A slice that is being heard is heard to its end before the recognizers are let go of. */
    @Override
    public void abort() {
        if (over) {
            return;
        }
        over = true;
        if (!busy) {
            letGo();
        }
    }

    private void letGo() {
        try {
            var unused = decoders.submit(Mode.SYNC, () -> {
                release.run();
                return this;
            });
        } catch (RejectedExecutionException e) { // the hub stops
            release.run();
        }
    }

    private void next() {
        boolean due = !settles.isEmpty() || ending || waiting.size() >= bytes(LEAST_SECONDS);
        if (busy || over || !due) {
            return;
        }
        byte[] slice = take();
        boolean settle = Objects.equals(settles.peek(), received - waiting.size());
        boolean end = ending && waiting.size() == 0;
        if (settle) {
            settles.remove();
        }
        busy = true;
        try {
            var unused = decoders.submit(Mode.SYNC, () -> {
                hear(slice, settle, end);
                return this;
            });
        } catch (RejectedExecutionException e) {
            busy = false;
            fail(new ProviderBusy(VoskTranscriber.NAME, Cause.NO_CAPACITY, "the hub is stopping", null, e));
        }
    }

    private byte[] take() {
        byte[] all = waiting.toByteArray();
        waiting.reset();
        long taken = received - all.length;
        long settled = settles.isEmpty() ? received : settles.element();
        int most = (int) Math.min(bytes(MOST_SECONDS), settled - taken);
        if (all.length <= most) {
            return all;
        }
        waiting.write(all, most, all.length - most);
        return Arrays.copyOf(all, most);
    }

    private int bytes(double seconds) {
        return ((int) (seconds * form.sampleRateHz())) * form.frameBytes();
    }

    // ---- on a decoder's thread
    // ----------------------------------------------------------------------------------------

    private void hear(byte[] slice, boolean settle, boolean end) {
        List<Consumer<LiveEar>> told = new ArrayList<>();
        try {
            hearChannels(split.split(slice), told);
            if (end) {
                hearChannels(split.end(), told);
            }
            if (settle || end) {
                for (HeardChannel channel : channels) {
                    channel.settle(!end, told);
                }
            }
            back(() -> heard(told, end));
        } catch (IOException | RuntimeException e) {
            back(() -> failed(
                    new ProviderBusy(VoskTranscriber.NAME, Cause.SERVER_ERROR, "the recognizer failed", null, e)));
        }
    }

    private void hearChannels(byte[][] pcm, List<Consumer<LiveEar>> told) throws IOException {
        for (HeardChannel channel : channels) {
            channel.hear(pcm[channel.number()], told);
        }
    }

    private void back(Runnable then) {
        try {
            loop.execute(then);
        } catch (RejectedExecutionException e) { // nobody is left to be told
            release.run();
        }
    }

    // ---- back on the loop
    // ---------------------------------------------------------------------------------------------

    private void heard(List<Consumer<LiveEar>> told, boolean ended) {
        busy = false;
        for (Consumer<LiveEar> one : told) {
            if (!over) {
                one.accept(ear);
            }
        }
        if (over) {
            letGo();
        } else if (ended) {
            abort();
            ear.ended();
        } else {
            if (full && waiting.size() < bytes(MOST_SECONDS)) {
                full = false;
                ear.ready();
            }
            next();
        }
    }

    private void failed(ProviderBusy why) {
        busy = false;
        if (over) {
            letGo();
        } else {
            fail(why);
        }
    }

    private void fail(ProviderBusy why) {
        abort();
        ear.failed(why);
    }
}
