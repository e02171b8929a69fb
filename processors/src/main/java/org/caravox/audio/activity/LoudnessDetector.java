package org.caravox.audio.activity;

/** Takes for speech what is louder than what is always there: costs nothing, and music and dogs deceive it. */
public final class LoudnessDetector extends Framed {

    private static final int FRAMES_A_SECOND = 50;

    private final Loudness loudness = new Loudness();

    /** @param sampleRateHz any */
    public LoudnessDetector(int sampleRateHz) {
        super(sampleRateHz / FRAMES_A_SECOND, sampleRateHz);
    }

    @Override
    boolean isSpeech(byte[] pcm) {
        return loudness.isLoud(Loudness.level(pcm));
    }
}
