package org.caravox.door.live;

import java.util.List;
import org.caravox.audio.AudioIntake;
import org.caravox.audio.HeaderedAudio;
import org.caravox.audio.OpusPackets;
import org.caravox.audio.OpusStream;
import org.caravox.audio.PlainAudio;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * How a client sends its audio.
 *
 * @param coding what its messages hold
 * @param heard  the samples that are made of it
 */
public record SentAudio(Coding coding, RawAudio heard) {

    /** What messages hold. */
    public enum Coding {
        /** Samples as they are heard. */
        SAMPLES,
        /** A file with a header that is known; or else samples. */
        SAMPLES_OR_FILE,
        /** A file with a header that is known: WAV, Ogg Opus, WebM with Opus. */
        FILE,
        /** An Opus packet each. */
        OPUS,
        /** Ogg Opus, cut anywhere. */
        OGG_OPUS
    }

    /** The words for what is decoded. */
    public static final List<String> DECODED = List.of("opus", "ogg-opus");

    private static final int NARROW_RATE_HZ = 8_000;
    private static final int WIDE_RATE_HZ = 16_000;

    /** Samples. */
    public static SentAudio samples(RawAudio heard) {
        return new SentAudio(Coding.SAMPLES, heard);
    }

    /**
     * Opus. It is decoded to what recognizers hear: 16 kHz, or 8 kHz when the sender had no more.
     *
     * @param word         one of {@link #DECODED}
     * @param sampleRateHz the sender's, 8000 to 48000: Opus itself is the same at any
     */
    public static SentAudio opus(String word, int sampleRateHz, int channels) {
        int rateHz = sampleRateHz <= NARROW_RATE_HZ ? NARROW_RATE_HZ : WIDE_RATE_HZ;
        return new SentAudio(
                word.equals("opus") ? Coding.OPUS : Coding.OGG_OPUS, new RawAudio(Encoding.LINEAR16, rateHz, channels));
    }

    /** Files, whatever their rate and channels. */
    public static SentAudio files(int channels) {
        return new SentAudio(Coding.FILE, new RawAudio(Encoding.LINEAR16, WIDE_RATE_HZ, channels));
    }

    /**
     * The same samples, sent by a client that is there again, and may have begun a new file.
     *
     * @param word the encoding that it names; null is samples, or a file
     * @throws Refusal INVALID when these samples are not made of that
     */
    static SentAudio again(@Nullable String word, RawAudio heard) {
        boolean isLinear = heard.encoding() == Encoding.LINEAR16;
        if (word == null) {
            return new SentAudio(isLinear ? Coding.SAMPLES_OR_FILE : Coding.SAMPLES, heard);
        }
        if (!DECODED.contains(word)) {
            return samples(heard);
        }
        if (!isLinear) {
            throw Refusal.invalid("encoding must be what it was when the session began");
        }
        return new SentAudio(word.equals("opus") ? Coding.OPUS : Coding.OGG_OPUS, heard);
    }

    /** What makes samples of it, for one connection. */
    public AudioIntake intake() {
        return switch (coding) {
            case SAMPLES -> new PlainAudio(heard);
            case SAMPLES_OR_FILE -> new HeaderedAudio(heard, true);
            case FILE -> new HeaderedAudio(heard, false);
            case OPUS -> OpusPackets.messages(heard.sampleRateHz(), heard.channels());
            case OGG_OPUS -> new OpusStream(heard.sampleRateHz(), heard.channels());
        };
    }
}
