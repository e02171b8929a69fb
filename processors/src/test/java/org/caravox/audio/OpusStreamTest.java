package org.caravox.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpusStreamTest {

    private static final int RATE_HZ = 16_000;
    private static final int TONE_HZ = 400;
    private static final int SECONDS = 3;
    private static byte[] ogg = {};

    @BeforeAll
    static void encode_a_tone() throws IOException, InterruptedException {
        Patience patience = new Patience(Deadline.in(Duration.ofSeconds(30), Clock.systemUTC()), new HangUp());
        try (Encoder encoder = new Encoder(Ffmpeg.bundled());
                InputStream made = encoder.encode(
                        new ByteArrayInputStream(tone()), RATE_HZ, Encoder.Codec.OPUS, RATE_HZ, patience)) {
            ogg = made.readAllBytes();
        }
    }

    private static byte[] tone() {
        byte[] pcm = new byte[2 * SECONDS * RATE_HZ];
        for (int i = 0; i < pcm.length / 2; i++) {
            short sample = (short) (8000 * Math.sin(2 * Math.PI * TONE_HZ * i / RATE_HZ));
            pcm[2 * i] = (byte) sample;
            pcm[2 * i + 1] = (byte) (sample >> 8);
        }
        return pcm;
    }

    private static byte[] decoded(OpusStream stream, byte[] bytes, int chunk) {
        return Intakes.all(stream, bytes, chunk);
    }

    private static short sample(byte[] pcm, int index) {
        return (short) ((pcm[2 * index] & 0xFF) | (pcm[2 * index + 1] << 8));
    }

    private static int risesThroughZero(byte[] pcm) {
        int rises = 0;
        for (int i = 1; i < pcm.length / 2; i++) {
            if (sample(pcm, i - 1) < 0 && sample(pcm, i) >= 0) {
                rises++;
            }
        }
        return rises;
    }

    @ParameterizedTest
    @ValueSource(ints = {8_000, 16_000, 24_000, 48_000})
    void a_tone_that_was_encoded_is_heard_again_at_each_rate(int rateHz) {
        byte[] pcm = decoded(new OpusStream(rateHz, 1), ogg, 1000);

        assertThat(pcm.length / 2.0 / rateHz).isBetween(SECONDS - 0.001, SECONDS + 0.03);
        assertThat((double) risesThroughZero(pcm) / SECONDS).isCloseTo(TONE_HZ, within(5.0));
    }

    @Test
    void where_the_bytes_are_cut_makes_no_difference() {
        byte[] whole = decoded(new OpusStream(RATE_HZ, 1), ogg, ogg.length);

        for (int chunk : List.of(1, 7, 255, 4096)) {
            assertThat(decoded(new OpusStream(RATE_HZ, 1), ogg, chunk)).isEqualTo(whole);
        }
    }

    @Test
    void what_the_encoder_put_before_the_first_sample_is_skipped() {
        byte[] pcm = decoded(new OpusStream(RATE_HZ, 1), ogg, ogg.length);
        byte[] original = tone();

        double together = 0;
        double apart = 0;
        for (int i = RATE_HZ; i < 2 * RATE_HZ; i++) {
            together += (double) sample(original, i) * sample(pcm, i);
            apart += (double) sample(original, i) * sample(original, i);
        }
        assertThat(together / apart).as("in phase with the original").isGreaterThan(0.95);
    }

    @Test
    void one_channel_is_the_first_of_two_beside_silence() {
        byte[] mono = decoded(new OpusStream(RATE_HZ, 1), ogg, ogg.length);
        byte[] stereo = decoded(new OpusStream(RATE_HZ, 2), ogg, ogg.length);

        assertThat(stereo).hasSize(2 * mono.length);
        for (int i = 0; i < mono.length / 2; i++) {
            assertThat(sample(stereo, 2 * i)).isEqualTo(sample(mono, i));
            assertThat(sample(stereo, 2 * i + 1)).isZero();
        }
    }

    @Test
    void one_stream_may_follow_another() {
        byte[] once = decoded(new OpusStream(RATE_HZ, 1), ogg, ogg.length);
        OpusStream stream = new OpusStream(RATE_HZ, 1);

        decoded(stream, ogg, ogg.length);

        assertThat(decoded(stream, ogg, ogg.length)).isEqualTo(once);
    }

    @Test
    void what_is_not_ogg_is_refused() {
        byte[] wav = "RIFF....WAVE".getBytes(StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> decoded(new OpusStream(RATE_HZ, 1), wav, 4))
                .isInstanceOf(Refusal.class)
                .hasMessage("the audio is not Ogg Opus: it is not made of Ogg pages");
    }

    @Test
    void ogg_of_another_codec_is_refused() {
        byte[] vorbis = ogg.clone();
        byte[] magic = "\u0001vorbis".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(magic, 0, vorbis, 28, magic.length);

        assertThatThrownBy(() -> decoded(new OpusStream(RATE_HZ, 1), vorbis, 1000))
                .isInstanceOf(Refusal.class)
                .hasMessage("the audio is not Ogg Opus: it does not begin with an Opus header");
    }

    @Test
    void a_few_bytes_that_are_much_audio_come_out_piece_by_piece() {
        OpusStream stream = new OpusStream(RATE_HZ, 1);

        stream.take(ogg);

        assertThat(stream.next().length).isBetween(1, 2 * RATE_HZ * 120 / 1000);
        assertThat(stream.next()).isNotEmpty();
    }

    @Test
    void packets_of_garbage_are_decoded_or_refused_and_nothing_else() {
        Random random = new Random(7);
        OpusPackets packets = new OpusPackets(RATE_HZ, 1);
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] garbage = new byte[1 + random.nextInt(200)];
            random.nextBytes(garbage);
            try {
                packets.decode(garbage);
            } catch (Refusal e) {
                assertThat(e.reason()).isEqualTo(Refusal.Reason.NOT_AUDIO);
                refused++;
            }
        }
        assertThat(refused).isPositive();
        assertThat(packets.decode(new byte[0])).isEmpty();
    }

    @Test
    void a_rate_that_opus_does_not_have_is_refused() {
        assertThatThrownBy(() -> new OpusPackets(44_100, 1))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("8000, 12000, 16000, 24000 or 48000 Hz");
    }
}
