package org.caravox.rtp;

/** An estimate of how well a call is heard. Source: ITU-T G.107 (06/15), with all but delay and loss at its defaults. */
final class VoiceQuality {

    private static final double BEST = 93.2;

    private VoiceQuality() {}

    /**
     * The mean opinion score, 1 to 4.5. Equipment impairment by ITU-T G.113, appendix I: G.711 with concealment has 0 and a
     * robustness of 25.1; G.722 and Opus have no value on this scale and are taken alike.
     *
     * @param lostPercent  packets that were not heard, 0 to 100
     * @param delaySeconds from mouth to ear
     */
    static double mos(double lostPercent, double delaySeconds) {
        double robustness = 25.1;
        double delayMs = delaySeconds * 1_000;
        double delayImpairment = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0);
        double lossImpairment = 95 * lostPercent / (lostPercent + robustness);
        double rating = BEST - delayImpairment - lossImpairment;
        if (rating <= 0) {
            return 1;
        }
        double score = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
        return Math.max(1, Math.min(4.5, score));
    }
}
