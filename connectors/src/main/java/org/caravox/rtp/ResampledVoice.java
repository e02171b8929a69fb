package org.caravox.rtp;

import java.util.Arrays;
import org.caravox.audio.Resampler;

/** A codec at another rate than the leg's, as when a call changes its codec on the way. */
final class ResampledVoice implements Voice {

    private final Voice voice;
    private final int legRateHz;
    private final RateChange toLeg;
    private final RateChange fromLeg;
    private final short[] coded = new short[MOST_SAMPLES];

    ResampledVoice(Voice voice, int legRateHz) {
        this.voice = voice;
        this.legRateHz = legRateHz;
        toLeg = new RateChange(voice.sampleRateHz(), legRateHz);
        fromLeg = new RateChange(legRateHz, voice.sampleRateHz());
    }

    @Override
    public int sampleRateHz() {
        return legRateHz;
    }

    @Override
    public int encode(short[] pcm, int samples, byte[] packet, int offset) {
        return voice.encode(coded, fromLeg.change(pcm, samples, coded), packet, offset);
    }

    @Override
    public int decode(byte[] packet, int length, short[] pcm) {
        return toLeg.change(coded, voice.decode(packet, length, coded), pcm);
    }

    /** Changes the rate of frames; each is as long after as before, delayed by the filter's reach. */
    static final class RateChange {

        private static final int MOST_DELAY = 80;

        private final int fromHz;
        private final int toHz;
        private final Resampler resampler;

        /** Silence stands before the first samples, in place of those that the filter still keeps. */
        private short[] made = new short[2 * Voice.MOST_SAMPLES];

        private int count = MOST_DELAY;

        RateChange(int fromHz, int toHz) {
            this.fromHz = fromHz;
            this.toHz = toHz;
            resampler = new Resampler(fromHz, toHz);
        }

        int change(short[] pcm, int samples, short[] changed) {
            append(resampler.resample(Pcm.bytes(pcm, samples)));
            int wanted = Math.min(changed.length, Math.min(count, samples * toHz / fromHz));
            System.arraycopy(made, 0, changed, 0, wanted);
            System.arraycopy(made, wanted, made, 0, count - wanted);
            count -= wanted;
            return wanted;
        }

        private void append(byte[] bytes) {
            if (count + bytes.length / 2 > made.length) {
                made = Arrays.copyOf(made, count + bytes.length / 2);
            }
            for (int i = 0; i + 1 < bytes.length; i += 2) {
                made[count++] = Pcm.sample(bytes, i);
            }
        }
    }
}
