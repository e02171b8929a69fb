package org.caravox.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.caravox.audio.RawAudio;
import org.junit.jupiter.api.Test;

class PositionsTest {

    private final Positions stereo = new Positions(new RawAudio(RawAudio.Encoding.ALAW, 8_000, 2));

    @Test
    void each_channel_is_silent_up_to_a_time_of_its_own() {
        byte[] audio = {1, 2, 3, 4, 5, 6};

        byte[] silenced = stereo.silenced(audio, 8_000, new double[] {0.5 + 1 / 8_000.0, 0.5 + 2 / 8_000.0});

        assertThat(silenced).containsExactly(0xD5, 0xD5, 3, 0xD5, 5, 6);
        assertThat(audio).as("the audio itself").containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(stereo.silenced(audio, 8_000, new double[] {0.5, 0.2})).isSameAs(audio);
    }

    @Test
    void audio_falls_into_pieces_of_whole_frames() {
        byte[] audio = new byte[4_000];

        assertThat(stereo.pieces(audio)).extracting(piece -> piece.length).containsExactly(1_600, 1_600, 800);
    }
}
