package org.caravox.door.live.phone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.junit.jupiter.api.Test;

/** How much of what is played the caller of a platform has heard, on a clock that the test turns. */
class PhoneSpeakerTest {

    private static final int SECOND = 16_000;

    private final long[] nanos = {0};
    private final List<String> sent = new ArrayList<>();
    private final Taker taker = new Taker();

    private final class Platform implements PhonePlayer {
        private final boolean tellsMarks;

        Platform(boolean tellsMarks) {
            this.tellsMarks = tellsMarks;
        }

        @Override
        public boolean tellsMarks() {
            return tellsMarks;
        }

        @Override
        public void play(byte[] audio) {
            sent.add("audio " + audio.length);
        }

        @Override
        public void mark(String name) {
            sent.add("mark " + name);
        }

        @Override
        public void clear() {
            sent.add("clear");
        }
    }

    private PhoneSpeaker speaker(boolean tellsMarks) {
        return new PhoneSpeaker(
                new RawAudio(Encoding.MULAW, 8_000, 1),
                8_000,
                new Platform(tellsMarks),
                Runnable::run,
                taker,
                () -> nanos[0]);
    }

    private void tickUntil(PhoneSpeaker speaker, long ms) {
        for (long at = nanos[0] / 1_000_000; at <= ms; at += 20) {
            nanos[0] = at * 1_000_000;
            speaker.tick();
        }
    }

    private long frames() {
        return sent.stream().filter("audio 160"::equals).count();
    }

    @Test
    void a_platform_is_given_a_fifth_of_a_second_ahead_and_then_as_it_is_heard() {
        PhoneSpeaker speaker = speaker(true);
        speaker.play(new byte[SECOND]);

        tickUntil(speaker, 0);
        assertThat(frames()).isEqualTo(10);
        tickUntil(speaker, 400);
        assertThat(frames()).isEqualTo(30);
        assertThat(speaker.heard()).isEqualTo(Duration.ofMillis(400));
        assertThat(speaker.queued()).isEqualTo(Duration.ofMillis(600));
        tickUntil(speaker, 1_100);
        assertThat(frames()).isEqualTo(50);
        assertThat(speaker.queued()).isZero();
        assertThat(sent).hasSize(50);
    }

    @Test
    void a_mark_that_comes_back_late_tells_how_far_the_caller_really_is() {
        PhoneSpeaker speaker = speaker(true);
        speaker.play(new byte[SECOND / 2]);
        speaker.mark("half");
        speaker.play(new byte[SECOND / 2]);

        tickUntil(speaker, 640);
        assertThat(sent).contains("mark half");
        assertThat(speaker.heard()).isEqualTo(Duration.ofMillis(640));
        speaker.played("half");
        assertThat(taker.told).containsExactly("heard half");
        tickUntil(speaker, 700);
        assertThat(speaker.heard()).as("what was heard stays so").isEqualTo(Duration.ofMillis(640));
        tickUntil(speaker, 900);
        assertThat(speaker.heard()).as("140 ms behind the clock").isEqualTo(Duration.ofMillis(760));
    }

    @Test
    void what_is_thrown_away_is_not_heard_and_marks_of_it_that_come_back_say_nothing() {
        PhoneSpeaker speaker = speaker(true);
        speaker.play(new byte[SECOND]);
        tickUntil(speaker, 200);
        speaker.mark("end");
        speaker.clear();

        assertThat(speaker.heard()).isEqualTo(Duration.ofMillis(200));
        assertThat(speaker.queued()).isZero();
        assertThat(sent).endsWith("audio 160", "clear");
        speaker.played("end");
        tickUntil(speaker, 1_000);
        assertThat(taker.told).containsExactly("not heard end");
        assertThat(speaker.heard()).isEqualTo(Duration.ofMillis(200));
        assertThat(frames()).isEqualTo(20);
    }

    @Test
    void without_marks_of_the_platform_the_clock_tells() {
        PhoneSpeaker speaker = speaker(false);
        speaker.play(new byte[SECOND / 10]);
        speaker.mark("end");

        tickUntil(speaker, 80);
        assertThat(taker.told).isEmpty();
        tickUntil(speaker, 120);
        assertThat(taker.told).containsExactly("heard end");
        assertThat(sent).hasSize(5);
    }

    @Test
    void a_mark_that_never_comes_back_holds_nobody_up_for_long() {
        PhoneSpeaker speaker = speaker(true);
        speaker.play(new byte[SECOND / 10]);
        speaker.mark("end");

        tickUntil(speaker, 2_000);
        assertThat(taker.told).isEmpty();
        tickUntil(speaker, 2_120);
        assertThat(taker.told).containsExactly("heard end");
    }
}
