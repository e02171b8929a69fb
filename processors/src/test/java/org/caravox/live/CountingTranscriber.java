package org.caravox.live;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.caravox.providers.Attempt;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.transcription.Option;
import org.caravox.transcription.Word;

/** Hears {@link CountedAudio} and has the faults that a test wants. Words are settled every two seconds of audio. */
final class CountingTranscriber implements LiveTranscriber {

    private static final double SETTLED_EVERY = 2;

    private final String name;
    final List<Leg> legs = new CopyOnWriteArrayList<>();
    final AtomicInteger aborted = new AtomicInteger();
    volatile double failsAfter = Double.MAX_VALUE;
    volatile double stallsAfter = Double.MAX_VALUE;
    volatile double tellsOfAnotherChannelAfter = Double.MAX_VALUE;
    volatile boolean full;
    volatile boolean tellsWords = true;
    volatile boolean neverEnds;

    /** Words of this channel are not settled until they are asked for. */
    volatile int undecidedOn = -1;

    volatile boolean rejects;

    /** What is waited for, or goes wrong, before it listens. */
    volatile Runnable opening = () -> {};

    CountingTranscriber(String name) {
        this.name = name;
    }

    @Override
    public String provider() {
        return name;
    }

    @Override
    public Models models() {
        return Models.of("m");
    }

    @Override
    public boolean needsCredential() {
        return false;
    }

    @Override
    public Optional<String> refuses(LiveRequest request) {
        return Optional.empty();
    }

    @Override
    public Set<Option> honours() {
        return Set.of();
    }

    @Override
    public boolean tellsWords() {
        return tellsWords;
    }

    @Override
    public LiveLeg open(LiveRequest request, Attempt attempt, LiveEar ear, ScheduledExecutorService loop) {
        opening.run();
        Leg leg = new Leg(request, ear);
        legs.add(leg);
        return leg;
    }

    final class Leg implements LiveLeg {
        private final LiveRequest request;
        private final LiveEar ear;
        private final List<List<Word>> open = new ArrayList<>();
        final List<Integer> messages = new CopyOnWriteArrayList<>();
        private final int[] value;
        private final double[] since;
        private long frames;
        private final double[] settledUntil;
        private boolean over;

        Leg(LiveRequest request, LiveEar ear) {
            this.request = request;
            this.ear = ear;
            int channels = request.audio().channels();
            this.value = new int[channels];
            this.since = new double[channels];
            this.settledUntil = new double[channels];
            for (int channel = 0; channel < channels; channel++) {
                open.add(new ArrayList<>());
            }
        }

        @Override
        public void hear(byte[] audio) {
            messages.add(audio.length);
            int channels = value.length;
            for (int at = 0; at < audio.length; at += 2 * channels) {
                for (int channel = 0; channel < channels; channel++) {
                    int i = at + 2 * channel;
                    look(channel, (short) ((audio[i] & 0xFF) | (audio[i + 1] << 8)));
                }
                frames++;
            }
            double now = now();
            if (now >= failsAfter) {
                over = true;
                ear.failed(
                        rejects
                                ? new ProviderRejected(name, "not audio")
                                : new ProviderBusy(name, Cause.BROKEN_OFF, "broke off", null, null));
            } else if (now >= tellsOfAnotherChannelAfter) {
                ear.heard(new Phrase(7, 0, now, "what", null, List.of(), false, false, false));
            } else if (now < stallsAfter) {
                tell(now - Arrays.stream(settledUntil).max().orElse(0) >= SETTLED_EVERY, false, false);
            }
        }

        private double now() {
            return (double) frames / request.audio().sampleRateHz();
        }

        private void look(int channel, int heard) {
            if (heard == value[channel]) {
                return;
            }
            if (value[channel] != 0) {
                open.get(channel).add(new Word("word" + value[channel], since[channel], now(), 1));
            }
            value[channel] = heard;
            since[channel] = now();
        }

        private void tell(boolean due, boolean asked, boolean last) {
            double until = now();
            for (int channel = 0; channel < open.size() && !over; channel++) {
                boolean settled = due && (asked || last || channel != undecidedOn);
                List<Word> words = List.copyOf(open.get(channel));
                if (settled) {
                    open.get(channel).clear();
                }
                ear.heard(new Phrase(
                        channel,
                        settledUntil[channel],
                        until - settledUntil[channel],
                        words.stream().map(Word::word).collect(Collectors.joining(" ")),
                        1.0,
                        tellsWords ? words : List.of(),
                        settled,
                        settled && !asked,
                        asked));
                settledUntil[channel] = settled ? until : settledUntil[channel];
            }
        }

        void ready() {
            ear.ready();
        }

        @Override
        public boolean isFull() {
            return full;
        }

        @Override
        public void settle() {
            if (now() < stallsAfter) {
                tell(true, true, false);
            }
        }

        @Override
        public void end() {
            look(0, 0);
            if (!neverEnds) {
                tell(true, false, true);
                ear.ended();
            }
        }

        @Override
        public void abort() {
            aborted.incrementAndGet();
            over = true;
        }
    }
}
