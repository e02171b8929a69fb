package org.caravox.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.caravox.audio.RawAudio;

/** Places in a stream, in bytes from its beginning, and their times. */
record Positions(RawAudio audio) {

    /** Seconds, to the millisecond. */
    double seconds(long position) {
        return Math.round(1000.0 * position / audio.bytesPerSecond()) / 1000.0;
    }

    /** The other way round. */
    long position(double seconds) {
        return Math.round(seconds * audio.bytesPerSecond());
    }

    /** How many bytes take so long. */
    long bytes(Duration duration) {
        return duration.toMillis() * audio.bytesPerSecond() / 1000;
    }

    /** How long so many bytes take, in nanoseconds. */
    long nanos(long bytes) {
        return bytes * 1_000_000_000L / audio.bytesPerSecond();
    }

    /** How long so many bytes take, to the millisecond. */
    Duration duration(long bytes) {
        return Duration.ofMillis(bytes * 1000 / audio.bytesPerSecond());
    }

    /** The same audio in pieces of a tenth of a second, of whole sample frames. */
    List<byte[]> pieces(byte[] bytes) {
        int each = audio.sampleRateHz() / 10 * audio.frameBytes();
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += each) {
            pieces.add(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + each)));
        }
        return pieces;
    }

    /**
     * Audio of which each channel is silent up to a time.
     *
     * @param at    where the audio begins
     * @param until seconds from the beginning of the stream, for each channel
     */
    byte[] silenced(byte[] bytes, long at, double[] until) {
        byte[] silenced = bytes;
        for (int channel = 0; channel < until.length; channel++) {
            long frames = Math.round(until[channel] * audio.sampleRateHz()) - at / audio.frameBytes();
            if (frames > 0) {
                silenced = silenced == bytes ? bytes.clone() : silenced;
                silence(silenced, channel, (int) Math.min(frames, bytes.length / audio.frameBytes()));
            }
        }
        return silenced;
    }

    private void silence(byte[] bytes, int channel, int frames) {
        int sample = audio.frameBytes() / audio.channels();
        for (int frame = 0; frame < frames; frame++) {
            int from = frame * audio.frameBytes() + channel * sample;
            Arrays.fill(bytes, from, from + sample, audio.encoding().silence());
        }
    }
}
