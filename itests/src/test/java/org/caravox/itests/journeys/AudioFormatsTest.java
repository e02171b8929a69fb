package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import javax.sound.sampled.AudioFormat.Encoding;
import org.caravox.itests.audio.BundledFfmpeg;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.audio.WordErrorRate;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever recording a person has is understood. */
class AudioFormatsTest {

    /** A word or two of 17 may be lost to a lossy coding. */
    private static final double TOLERANCE = 0.15;

    @ParameterizedTest(name = "WAV {0} {1} bit {2} Hz")
    @CsvSource({
        "PCM_UNSIGNED, 8, 8000",
        "PCM_SIGNED, 16, 8000",
        "PCM_SIGNED, 16, 44100",
        "PCM_SIGNED, 16, 48000",
        "PCM_SIGNED, 24, 48000",
        "PCM_SIGNED, 32, 44100",
        "PCM_FLOAT, 32, 16000",
        "ALAW, 8, 8000",
        "ULAW, 8, 8000"
    })
    void wav_files_in_every_coding_are_transcribed(String coding, int bits, float rate) {
        byte[] recording = Wav.convert(Sample.PHONE_CLIP.bytes(), new Encoding(coding), bits, rate);

        assertUnderstood(recording);
    }

    @ParameterizedTest(name = "{0} in .{1}")
    @CsvSource({
        "flac, flac, -ac 1",
        "libmp3lame, mp3, -b:a 64k",
        "libopus, ogg, -b:a 32k",
        "libopus, webm, -b:a 32k",
        "vorbis, ogg, -strict -2 -ac 2",
        "aac, m4a, -b:a 48k",
        "aac, aac, -b:a 48k",
        "libopencore_amrnb, amr, -b:a 12.2k",
        "pcm_s16be, aiff, -ar 16000"
    })
    void compressed_recordings_are_transcribed(String encoder, String container, String options) {
        byte[] recording = BundledFfmpeg.encode(Sample.PHONE_CLIP.file(), encoder, container, options.split(" "));

        assertUnderstood(recording);
    }

    private static void assertUnderstood(byte[] recording) {
        Answer answer = SharedHub.hub().newTenant().upload(recording, Map.of("userId", "u"));
        String heard = answer.expect(200)
                .json()
                .get("channels")
                .get(0)
                .get("transcript")
                .asText();
        assertThat(WordErrorRate.of(Sample.PHONE_CLIP.text(), heard)).as(heard).isLessThanOrEqualTo(TOLERANCE);
        assertThat(answer.json().get("duration").asDouble()).isBetween(6.3, 6.7);
    }
}
