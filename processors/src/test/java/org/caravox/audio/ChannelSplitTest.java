package org.caravox.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.caravox.audio.RawAudio.Encoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChannelSplitTest {

    @Test
    void channels_are_taken_apart() {
        ByteBuffer interleaved = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        interleaved.putShort((short) 1).putShort((short) -1).putShort((short) 2).putShort((short) -2);

        byte[][] channels =
                new ChannelSplit(new RawAudio(Encoding.LINEAR16, 16_000, 2), 16_000).split(interleaved.array());

        assertThat(channels).hasDimensions(2, 4);
        assertThat(channels[0]).containsExactly(1, 0, 2, 0);
        assertThat(channels[1]).containsExactly(-1, -1, -2, -1);
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void any_coding_becomes_as_much_linear_audio_of_the_other_rate(Encoding encoding) {
        RawAudio form = new RawAudio(encoding, 8_000, 2);
        ChannelSplit split = new ChannelSplit(form, 16_000);
        byte[] silence = new byte[form.bytesPerSecond() / 50];
        Arrays.fill(silence, encoding.silence());
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        for (int i = 0; i < 50; i++) {
            out.writeBytes(split.split(silence)[1]);
        }
        out.writeBytes(split.end()[1]);

        assertThat(out.size()).isEqualTo(32_000);
        ByteBuffer samples = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        while (samples.hasRemaining()) {
            assertThat(samples.getShort()).isBetween((short) -16, (short) 16);
        }
    }
}
