package org.caravox.audio;

import java.time.Duration;
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
        String container, String codec, int sampleRateHz, int channels, @Nullable Duration duration, boolean exact) {}
