package org.caravox.audio;

import java.util.stream.IntStream;

/**
 * Turns the raw audio of a stream, chunk by chunk, into signed 16-bit little-endian PCM of one sample rate, each channel
 * by itself. Not for use by two threads at a time.
 */
public final class ChannelSplit {

    private final RawAudio form;
    private final Resampler[] resamplers;

    /**
     * Both rates from 8000 to 48000.
     *
     * @throws IllegalArgumentException when one is not
     */
    public ChannelSplit(RawAudio form, int toHz) {
        this.form = form;
        this.resamplers = IntStream.range(0, form.channels())
                .mapToObj(channel -> new Resampler(form.sampleRateHz(), toHz))
                .toArray(Resampler[]::new);
    }

    /** Takes whole sample frames; gives what can be told of each channel from all so far. */
    public byte[][] split(byte[] audio) {
        byte[][] channels = new byte[resamplers.length][];
        for (int channel = 0; channel < channels.length; channel++) {
            channels[channel] = resamplers[channel].resample(linear(pick(audio, channel)));
        }
        return channels;
    }

    /** Gives what is left of each channel after the last chunk. Nothing may follow. */
    public byte[][] end() {
        byte[][] channels = new byte[resamplers.length][];
        for (int channel = 0; channel < channels.length; channel++) {
            channels[channel] = resamplers[channel].end();
        }
        return channels;
    }

    private byte[] pick(byte[] audio, int channel) {
        if (resamplers.length == 1) {
            return audio;
        }
        int frame = form.frameBytes();
        int sample = frame / resamplers.length;
        byte[] own = new byte[audio.length / resamplers.length];
        for (int from = channel * sample, to = 0; to < own.length; from += frame, to += sample) {
            System.arraycopy(audio, from, own, to, sample);
        }
        return own;
    }

    private byte[] linear(byte[] coded) {
        return switch (form.encoding()) {
            case LINEAR16 -> coded;
            case MULAW -> G711.fromMuLaw(coded);
            case ALAW -> G711.fromALaw(coded);
        };
    }
}
