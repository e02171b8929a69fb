package org.caravox.audio;

import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a recording says of itself.
 *
 * @param container    the file format, as FFmpeg names it: {@code wav}, {@code mp3}, {@code ogg} ...
 * @param codec        the coding of the samples, as FFmpeg names it: {@code pcm_s16le}, {@code opus} ...
 * @param sampleRateHz samples a second and channel
 * @param channels     1 is mono
 * @param duration     how long it says it is, or null where the format does not tell
 * @param exact        whether that is more than an estimate
 */
public record AudioInfo(
        String container, String codec, int sampleRateHz, int channels, @Nullable Duration duration, boolean exact) {

    /** How many bytes its samples take in the file, where the coding is not compressed and the length is known. */
    public OptionalLong sampleBytes() {
        int bytesEach =
                switch (codec) {
                    case "pcm_mulaw", "pcm_alaw", "pcm_u8" -> 1;
                    case "pcm_s16le" -> 2;
                    case "pcm_s24le" -> 3;
                    case "pcm_s32le", "pcm_f32le" -> 4;
                    default -> 0;
                };
        return bytesEach == 0 || duration == null
                ? OptionalLong.empty()
                : OptionalLong.of(duration.toMillis() * sampleRateHz / 1000 * channels * bytesEach);
    }
}
