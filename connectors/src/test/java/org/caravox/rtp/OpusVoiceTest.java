package org.caravox.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OpusVoiceTest {

    private final short[] tone = Caller.tone(500, 16_000, 8_000, Duration.ofSeconds(1));
    private final OpusVoice coder = new OpusVoice();
    private final OpusVoice decoder = new OpusVoice();
    private final byte[] packet = new byte[1_300];
    private final short[] frame = new short[Voice.MOST_SAMPLES];

    private int coded(int number) {
        return coder.encode(Arrays.copyOfRange(tone, 320 * number, 320 * (number + 1)), 320, packet, 0);
    }

    @Test
    void speech_comes_back() {
        for (int i = 0; i < 49; i++) {
            assertThat(decoder.decode(packet, coded(i), frame)).isEqualTo(320);
        }
        assertThat(Caller.loudness(frame, 0, 320, 500, 16_000)).isBetween(6_000.0, 10_000.0);
    }

    @Test
    void a_lost_packet_is_told_by_the_one_that_follows() {
        for (int i = 0; i < 30; i++) {
            decoder.decode(packet, coded(i), frame);
        }
        coded(30);

        assertThat(decoder.decodeLost(packet, coded(31), frame, 320)).isEqualTo(320);

        assertThat(Caller.loudness(frame, 0, 320, 500, 16_000)).isGreaterThan(4_000);
    }

    @Test
    void rubbish_is_no_speech() {
        assertThat(decoder.decode(new byte[] {(byte) 0xFF, (byte) 0xFF, 1, 2, 3}, 5, frame))
                .isBetween(0, 1_920);
        assertThat(decoder.decode(packet, 0, frame)).isBetween(0, 1_920);
    }
}
