package org.caravox.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RtcpTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long WALL = 1_800_000_000_000L;

    @Test
    void two_sides_learn_the_round_trip_and_what_the_other_lost() {
        Rtcp one = new Rtcp(1, "one");
        Rtcp other = new Rtcp(2, "other");
        Reception atOther = new Reception();
        atOther.start(100, 0);
        for (int i = 100; i < 200; i++) {
            if (i % 4 != 0) {
                atOther.count(atOther.sequence(i), 160L * i, 8_000, i * SECOND / 50);
            }
        }
        byte[] packet = new byte[500];

        int sent = one.report(packet, 100, 16_000, 0, 0, new Reception(), WALL, 0);
        assertThat(Rtcp.isRtcp(packet, sent)).isTrue();
        assertThat(other.received(packet, sent, WALL, 10 * SECOND)).isTrue();
        int back = other.report(packet, 0, 0, 0, 1, atOther, WALL, 12 * SECOND);
        assertThat(one.received(packet, other.bye(packet, back), WALL + 2_080, 3 * SECOND))
                .isTrue();

        assertThat(one.roundTripSeconds()).isCloseTo(0.08, within(0.002));
        assertThat(one.theirLost()).isEqualTo(25);
    }

    @Test
    void sequence_numbers_go_on_over_their_end() {
        Reception reception = new Reception();
        reception.start(65_534, 0);

        for (int i = 0; i < 4; i++) {
            long sequence = reception.sequence(65_534 + i & 0xFFFF);
            reception.count(sequence, 160L * i, 8_000, i * SECOND / 50);
        }

        assertThat(reception.expected()).isEqualTo(4);
        assertThat(reception.lost()).isZero();
        assertThat(reception.jitterSeconds()).isCloseTo(0, within(1e-6));
    }

    @Test
    void a_source_that_begins_anew_is_believed_at_its_second_packet() {
        Reception reception = new Reception();
        reception.start(100, 0);

        assertThat(reception.isFarOff(40_000)).isTrue();
        assertThat(reception.restarts(40_000)).isFalse();
        assertThat(reception.restarts(40_001)).isTrue();
    }

    @Test
    void quality_falls_with_loss_and_delay() {
        assertThat(VoiceQuality.mos(0, 0.05)).isCloseTo(4.4, within(0.05));
        assertThat(VoiceQuality.mos(5, 0.05)).isCloseTo(3.6, within(0.4));
        assertThat(VoiceQuality.mos(0, 0.4)).isLessThan(3.8);
        assertThat(VoiceQuality.mos(100, 1)).isEqualTo(1);
    }
}
