package org.caravox.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.caravox.calls.media.AudioQueue;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaEngine;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.media.MediaListener;
import org.caravox.calls.media.MediaStats;
import org.caravox.calls.media.MediaWishes;
import org.caravox.calls.media.Player;
import org.junit.jupiter.api.Test;

/** Two parties of different engines: one at 8 kHz, one at 16. */
class BridgeTest {

    private static final MediaWishes WISHES = new MediaWishes(List.of(), MediaWishes.Srtp.OFF, null);

    private final Engine narrow = new Engine(8_000);
    private final Engine wide = new Engine(16_000);
    private final Party one = party(narrow);
    private final Party other = party(wide);

    private static Party party(Engine engine) {
        Party party = new Party(engine, WISHES);
        party.offer();
        return party;
    }

    @Test
    void what_each_says_is_what_the_other_hears_at_their_own_rate() {
        one.join(other);
        for (int i = 0; i < 10; i++) {
            narrow.leg().listener.heard(new byte[320]);
            wide.leg().listener.heard(new byte[640]);
        }

        Duration least = Duration.ofMillis(250); // what the filter keeps is missing, and 60 ms are between them
        assertThat(other.audio().player().queued()).isBetween(least, Duration.ofMillis(260));
        assertThat(one.audio().player().queued()).isBetween(least, Duration.ofMillis(260));

        one.part();
        narrow.leg().listener.heard(new byte[320]);
        wide.leg().listener.heard(new byte[640]);
        assertThat(other.audio().player().queued()).isLessThanOrEqualTo(Duration.ofMillis(260));
        assertThat(one.audio().player().queued()).isLessThanOrEqualTo(Duration.ofMillis(260));
    }

    @Test
    void who_plays_slower_than_the_other_speaks_does_not_fall_behind() {
        one.join(other);
        for (int i = 0; i < 500; i++) {
            narrow.leg().listener.heard(new byte[320]);
        }

        assertThat(other.audio().player().queued()).isBetween(Duration.ofMillis(400), Duration.ofMillis(420));
    }

    private static final class Engine implements MediaEngine {
        private final int rateHz;
        private final List<Leg> legs = new ArrayList<>();

        Engine(int rateHz) {
            this.rateHz = rateHz;
        }

        Leg leg() {
            return legs.get(0);
        }

        @Override
        public MediaLeg open(MediaWishes wishes, MediaListener listener) {
            Leg leg = new Leg(rateHz, listener);
            legs.add(leg);
            return leg;
        }

        @Override
        public int open() {
            return legs.size();
        }
    }

    private static final class Leg implements MediaLeg {
        private final int rateHz;
        private final MediaListener listener;
        private final Player player;

        Leg(int rateHz, MediaListener listener) {
            this.rateHz = rateHz;
            this.listener = listener;
            this.player = new AudioQueue(rateHz, Runnable::run, listener);
        }

        @Override
        public ScheduledExecutorService loop() {
            throw new AssertionError("nothing is to be scheduled");
        }

        @Override
        public int sampleRateHz() {
            return rateHz;
        }

        @Override
        public MediaDescription offer(MediaDescription.Direction direction) {
            return new MediaDescription("", 0, 0, false, List.of(), direction, List.of(), 20, null);
        }

        @Override
        public MediaDescription answer(MediaDescription offer) {
            return offer;
        }

        @Override
        public void accepted(MediaDescription answer) {}

        @Override
        public Player player() {
            return player;
        }

        @Override
        public void press(String digits, Duration each) {}

        @Override
        public void join(MediaLeg to) {
            throw new AssertionError("only legs of one engine are joined by it");
        }

        @Override
        public void part() {}

        @Override
        public MediaStats stats() {
            throw new AssertionError("nobody asks");
        }

        @Override
        public void close() {}
    }
}
