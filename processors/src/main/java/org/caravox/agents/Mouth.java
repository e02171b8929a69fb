package org.caravox.agents;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.caravox.calls.media.Player;
import org.caravox.requests.HangUp;
import org.jspecify.annotations.Nullable;

/**
 * Speaks sentences one after another: the next is spoken while one is played, and no more than a second and a half waits
 * in the player. Knows what of them was heard. On the call's loop only.
 */
final class Mouth {

    /** Told how it goes. */
    interface Told {

        /** The first audio of an answer has come from the voice. */
        void firstAudio();

        /** The caller begins to hear an answer. */
        void firstPacket();

        /** All was heard. */
        void spoken();

        void failed(Throwable why);
    }

    /** The voice, as it is asked for one sentence. */
    @FunctionalInterface
    interface Voice {
        void speak(String text, HangUp hangUp, AgentWork.Sounds told);
    }

    private static final Duration AHEAD = Duration.ofMillis(1_500);
    private static final Duration TICK = Duration.ofMillis(20);
    private static final int BEGUN_AT_ONCE = 2;

    /** A sentence that is still being spoken is taken to be this long, in nanoseconds a character. */
    private static final long A_CHARACTER = Duration.ofMillis(65).toNanos();

    private static final class Sentence {
        private final String text;
        private final boolean counts;
        private final Deque<byte[]> waiting = new ArrayDeque<>();
        private boolean whole;
        private boolean given;
        private long from = -1;
        private long to;

        Sentence(String text, boolean counts) {
            this.text = text;
            this.counts = counts;
        }
    }

    private final Player player;
    private final Voice voice;
    private final Told told;
    private final Alarm tick;
    private final Deque<Sentence> toSpeak = new ArrayDeque<>();
    private final List<Sentence> begun = new ArrayList<>();
    private @Nullable HangUp speaking;
    private boolean active;
    private boolean finished;
    private boolean audioCame;
    private boolean packetSent;
    private long total;

    Mouth(Player player, ScheduledExecutorService loop, Voice voice, Told told) {
        this.player = player;
        this.voice = voice;
        this.told = told;
        this.tick = new Alarm(loop);
    }

    /** Something new is to be said; nothing is said at the moment. */
    void begin() {
        active = true;
        finished = false;
        audioCame = false;
        packetSent = false;
        begun.clear();
        total = player.heard().plus(player.queued()).toNanos();
    }

    /** @param counts whether it belongs to the answer; a filler does not */
    void say(String sentence, boolean counts) {
        toSpeak.add(new Sentence(sentence, counts));
        next();
    }

    /** Nothing more is to be said. */
    void finish() {
        finished = true;
        tick.set(Duration.ZERO, this::ticked);
    }

    /** Whether audio has been given to the player since {@link #begin}. */
    boolean audible() {
        return active && begun.stream().anyMatch(sentence -> sentence.from >= 0);
    }

    /** Whether anything is being said or waits to be. */
    boolean occupied() {
        return active && !(toSpeak.isEmpty() && begun.stream().allMatch(sentence -> sentence.given));
    }

    private void next() {
        long open = begun.stream().filter(sentence -> !sentence.given).count();
        if (speaking != null || open >= BEGUN_AT_ONCE || toSpeak.isEmpty()) {
            return;
        }
        Sentence sentence = toSpeak.remove();
        HangUp hangUp = new HangUp();
        begun.add(sentence);
        speaking = hangUp;
        voice.speak(sentence.text, hangUp, new AgentWork.Sounds() {
            @Override
            public void audio(byte[] pcm) {
                if (speaking == hangUp) {
                    came(sentence, pcm);
                }
            }

            @Override
            public void done() {
                if (speaking == hangUp) {
                    speaking = null;
                    sentence.whole = true;
                    next();
                    ticked();
                }
            }

            @Override
            public void failed(Throwable why) {
                if (speaking == hangUp) {
                    speaking = null;
                    sentence.whole = true;
                    told.failed(why);
                }
            }
        });
    }

    private void came(Sentence sentence, byte[] pcm) {
        if (sentence.counts && !audioCame) {
            audioCame = true;
            told.firstAudio();
        }
        sentence.waiting.add(pcm);
        ticked();
    }

    private void ticked() {
        if (!active) {
            return;
        }
        give();
        next();
        watchFirst();
        boolean over = finished && !occupied() && player.queued().isZero();
        if (over) {
            active = false;
            tick.cancel();
            told.spoken();
        } else {
            tick.set(TICK, this::ticked);
        }
    }

    private void give() {
        for (Sentence sentence : begun) {
            while (!sentence.waiting.isEmpty() && player.queued().compareTo(AHEAD) < 0) {
                byte[] pcm = sentence.waiting.remove();
                sentence.from = sentence.from < 0 ? total : sentence.from;
                total += nanos(pcm);
                sentence.to = total;
                player.play(pcm);
            }
            sentence.given = sentence.whole && sentence.waiting.isEmpty();
            if (!sentence.given) {
                return;
            }
        }
    }

    private void watchFirst() {
        if (packetSent) {
            return;
        }
        long heard = player.heard().toNanos();
        packetSent = begun.stream().anyMatch(one -> one.counts && one.from >= 0 && heard > one.from);
        if (packetSent) {
            told.firstPacket();
        }
    }

    private long nanos(byte[] pcm) {
        return pcm.length / 2 * 1_000_000_000L / player.sampleRateHz();
    }

    /** Falls silent at once; says what of the answer was heard. */
    String stop() {
        hush();
        player.clear();
        long heard = player.heard().toNanos();
        String text = begun.stream()
                .filter(sentence -> sentence.counts && sentence.from >= 0)
                .map(sentence -> heard(sentence, heard))
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining(" "));
        begun.clear();
        total = heard;
        return text;
    }

    /** Says nothing more; what the player has is still played. */
    void hush() {
        HangUp voiceNow = speaking;
        speaking = null;
        active = false;
        tick.cancel();
        toSpeak.clear();
        if (voiceNow != null) {
            voiceNow.hangUp();
        }
    }

    private String heard(Sentence sentence, long heard) {
        long waiting = sentence.waiting.stream().mapToLong(this::nanos).sum();
        long length = sentence.to - sentence.from + waiting;
        long likely = sentence.whole ? length : Math.max(length, sentence.text.length() * A_CHARACTER);
        return cut(sentence.text, (double) (heard - sentence.from) / Math.max(1, likely));
    }

    /** The words of a sentence that were spoken whole by a share of its time. */
    static String cut(String sentence, double share) {
        int until = (int) Math.floor(sentence.length() * Math.max(0, share) + 1e-6);
        if (until >= sentence.length()) {
            return sentence;
        }
        int end = sentence.charAt(until) == ' ' ? until : sentence.lastIndexOf(' ', until);
        return end <= 0 ? "" : sentence.substring(0, end).strip();
    }
}
