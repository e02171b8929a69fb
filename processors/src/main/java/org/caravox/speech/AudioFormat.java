package org.caravox.speech;

import java.util.List;
import org.caravox.requests.Refusal;

/**
 * The form of audio that goes out.
 *
 * @param encoding     how samples are coded
 * @param container    what they are wrapped in
 * @param sampleRateHz 8000 to 48000; of G.711 8000 as a rule
 */
public record AudioFormat(Encoding encoding, Container container, int sampleRateHz) {

    /** How samples are coded; one channel always. */
    public enum Encoding {
        /** 16-bit linear PCM, little-endian. */
        LINEAR16,
        /** G.711 mu-law. */
        MULAW,
        /** G.711 A-law. */
        ALAW,
        MP3,
        OPUS,
        AAC,
        FLAC;

        /** Whether it can be cut anywhere between two samples: linear PCM and G.711. */
        public boolean isPcm() {
            return this == LINEAR16 || this == MULAW || this == ALAW;
        }
    }

    /** What coded samples are wrapped in. */
    public enum Container {
        /** Nothing; or, of MP3, AAC and FLAC, their own frames. */
        NONE,
        WAV,
        OGG
    }

    public static final int LOWEST_RATE_HZ = 8_000;
    public static final int HIGHEST_RATE_HZ = 48_000;

    public AudioFormat {
        if (sampleRateHz < LOWEST_RATE_HZ || sampleRateHz > HIGHEST_RATE_HZ) {
            throw Refusal.invalid("the sample rate must be " + LOWEST_RATE_HZ + " to " + HIGHEST_RATE_HZ + " Hz, was "
                    + sampleRateHz);
        }
    }

    /** Bare 16-bit PCM. */
    public static AudioFormat pcm(int sampleRateHz) {
        return new AudioFormat(Encoding.LINEAR16, Container.NONE, sampleRateHz);
    }

    /** The same without a container, where its samples can stand alone. */
    public AudioFormat bare() {
        return container == Container.WAV ? new AudioFormat(encoding, Container.NONE, sampleRateHz) : this;
    }

    /** Bare PCM at the lowest of these rates that loses nothing of this one; at the highest when all do. */
    public AudioFormat pcmFrom(List<Integer> ratesHz) {
        return pcm(ratesHz.stream()
                .filter(rate -> rate >= sampleRateHz)
                .min(Integer::compare)
                .orElseGet(() -> java.util.Collections.max(ratesHz)));
    }

    /** The media type of a body in this form. */
    public String mediaType() {
        if (container == Container.WAV) {
            return "audio/wav";
        }
        return switch (encoding) {
            case LINEAR16 -> "audio/l16;rate=" + sampleRateHz + ";channels=1";
            case MULAW -> "audio/basic";
            case ALAW -> "audio/x-alaw-basic";
            case MP3 -> "audio/mpeg";
            case OPUS -> "audio/ogg;codecs=opus";
            case AAC -> "audio/aac";
            case FLAC -> "audio/flac";
        };
    }
}
