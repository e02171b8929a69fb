package org.caravox.audio;

import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusException;
import org.caravox.requests.Refusal;

/**
 * Decodes Opus packets, one after another, to signed 16-bit little-endian PCM. For one thread. Source: RFC 6716.
 */
public final class OpusPackets {

    private static final int LONGEST_PACKET_MILLIS = 120;

    private final OpusDecoder decoder;
    private final int channels;
    private final short[] samples;

    /**
     * A decoder.
     *
     * @param sampleRateHz of what comes out: 8000, 12000, 16000, 24000 or 48000, whatever the sender's was
     * @param channels     of what comes out: 1 or 2, whatever the sender's were
     * @throws Refusal INVALID for any other
     */
    public OpusPackets(int sampleRateHz, int channels) {
        try {
            this.decoder = new OpusDecoder(sampleRateHz, channels);
        } catch (OpusException | IllegalArgumentException e) {
            throw new Refusal(
                    Refusal.Reason.INVALID,
                    "Opus is decoded to 8000, 12000, 16000, 24000 or 48000 Hz and 1 or 2 channels, not to "
                            + sampleRateHz + " Hz and " + channels,
                    null,
                    e);
        }
        this.channels = channels;
        this.samples = new short[sampleRateHz * LONGEST_PACKET_MILLIS / 1000 * channels];
    }

    /** What makes samples of messages that are one packet each; to be used as the constructor says. */
    public static AudioIntake messages(int sampleRateHz, int channels) {
        return new WholeMessages(new OpusPackets(sampleRateHz, channels)::decodeMessage);
    }

    private byte[] decodeMessage(byte[] message) {
        try {
            return decode(message);
        } catch (Refusal e) {
            throw new Refusal(
                    Refusal.Reason.NOT_AUDIO,
                    "a message is no Opus packet: send one a message, or Ogg Opus as encoding=ogg-opus",
                    null,
                    e);
        }
    }

    /** Makes everything louder, as a stream's header asks; 1/256 dB. */
    void gain(int gain) {
        decoder.setGain(gain);
    }

    /**
     * Decodes one packet; an empty one is nothing.
     *
     * @throws Refusal NOT_AUDIO when it is no Opus packet
     */
    public byte[] decode(byte[] packet) {
        int count = packet.length == 0 ? 0 : channels * decodeSamples(packet);
        byte[] pcm = new byte[2 * count];
        for (int i = 0; i < count; i++) {
            pcm[2 * i] = (byte) samples[i];
            pcm[2 * i + 1] = (byte) (samples[i] >> 8);
        }
        return pcm;
    }

    // The decoder meets broken packets with whatever goes wrong first, its own assertions among them.
    private int decodeSamples(byte[] packet) {
        try {
            return decoder.decode(packet, 0, packet.length, samples, 0, samples.length / channels, false);
        } catch (OpusException | RuntimeException | AssertionError e) {
            throw new Refusal(Refusal.Reason.NOT_AUDIO, "a packet of the audio is not Opus", null, e);
        }
    }
}
