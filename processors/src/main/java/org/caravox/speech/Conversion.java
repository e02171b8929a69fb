package org.caravox.speech;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.caravox.audio.Encoder;
import org.caravox.audio.Encoder.Codec;
import org.caravox.audio.G711;
import org.caravox.audio.Resampler;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.speech.AudioFormat.Container;
import org.caravox.speech.AudioFormat.Encoding;

/** Turns the PCM that a provider delivers into the form that is asked for, while it comes. */
public final class Conversion {

    private final Encoder encoder;

    public Conversion(Encoder encoder) {
        this.encoder = encoder;
    }

    /**
     * Whether there is such a form at all.
     *
     * @throws Refusal INVALID, saying what there is
     */
    static void check(AudioFormat format) {
        Encoding encoding = format.encoding();
        boolean fits =
                switch (format.container()) {
                    case NONE -> encoding != Encoding.OPUS;
                    case WAV -> encoding.isPcm();
                    case OGG -> encoding == Encoding.OPUS;
                };
        if (!fits) {
            throw Refusal.invalid(word(encoding) + " does not come in container " + word(format.container())
                    + ": linear16, mulaw and alaw come bare or in wav, opus in ogg, mp3, aac and flac bare");
        }
        if (!encoding.isPcm() && !codec(encoding).takes(format.sampleRateHz())) {
            throw Refusal.invalid(word(encoding) + " has no sample rate of " + format.sampleRateHz() + " Hz: use "
                    + rates(codec(encoding)));
        }
    }

    private static String word(Enum<?> name) {
        return name.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static String rates(Codec codec) {
        return String.join(
                ", ",
                new TreeSet<>(codec.ratesHz()).stream().map(String::valueOf).toList());
    }

    /** Whether PCM can be turned into a form here. */
    boolean makes(AudioFormat format) throws InterruptedException {
        try {
            return format.encoding().isPcm() || encoder.has(codec(format.encoding()));
        } catch (IOException e) {
            return false;
        }
    }

    /** For a form that neither can be made nor is delivered by anybody. */
    Refusal refused(AudioFormat format) throws InterruptedException {
        List<String> made = new ArrayList<>(List.of("linear16", "mulaw", "alaw"));
        for (Encoding encoding : Encoding.values()) {
            if (!encoding.isPcm() && makes(new AudioFormat(encoding, Container.NONE, 24_000))) {
                made.add(word(encoding));
            }
        }
        return Refusal.invalid(
                word(format.encoding()) + " cannot be made by this hub's FFmpeg: use " + String.join(", ", made));
    }

    /**
     * Converts. What is returned is read as the audio comes, and closes it.
     *
     * @param from {@code to} itself without its container, or bare linear PCM
     */
    InputStream convert(InputStream audio, AudioFormat from, AudioFormat to, Patience patience) throws IOException {
        if (from.equals(to)) {
            return audio;
        }
        if (from.equals(to.bare())) {
            return inContainer(audio, to);
        }
        if (from.encoding() != Encoding.LINEAR16) {
            throw new IllegalStateException("a voice delivered " + from + " where " + to + " was asked for");
        }
        if (!to.encoding().isPcm()) {
            return encoder.encode(audio, from.sampleRateHz(), codec(to.encoding()), to.sampleRateHz(), patience);
        }
        InputStream samples = from.sampleRateHz() == to.sampleRateHz()
                ? audio
                : new Stepwise(audio, new Rate(from.sampleRateHz(), to.sampleRateHz()));
        return inContainer(
                to.encoding() == Encoding.LINEAR16 ? samples : new Stepwise(samples, new Telephone(to.encoding())), to);
    }

    private static InputStream inContainer(InputStream samples, AudioFormat to) {
        return to.container() == Container.WAV
                ? new SequenceInputStream(new ByteArrayInputStream(WavWriter.streamHeader(to)), samples)
                : samples;
    }

    private static Codec codec(Encoding encoding) {
        return switch (encoding) {
            case MP3 -> Codec.MP3;
            case OPUS -> Codec.OPUS;
            case AAC -> Codec.AAC;
            case FLAC -> Codec.FLAC;
            case LINEAR16, MULAW, ALAW -> throw new IllegalArgumentException(encoding + " needs no codec");
        };
    }

    /** Another sample rate. */
    private static final class Rate implements Stepwise.Step {
        private final Resampler resampler;

        Rate(int fromHz, int toHz) {
            this.resampler = new Resampler(fromHz, toHz);
        }

        @Override
        public byte[] next(byte[] chunk) {
            return resampler.resample(chunk);
        }

        @Override
        public byte[] end() {
            return resampler.end();
        }
    }

    /** G.711, of whole samples. */
    private static final class Telephone implements Stepwise.Step {
        private final Encoding encoding;
        private byte[] half = {};

        Telephone(Encoding encoding) {
            this.encoding = encoding;
        }

        @Override
        public byte[] next(byte[] chunk) {
            byte[] pcm = java.util.Arrays.copyOf(half, half.length + chunk.length);
            System.arraycopy(chunk, 0, pcm, half.length, chunk.length);
            half = pcm.length % 2 == 0 ? new byte[0] : new byte[] {pcm[pcm.length - 1]};
            byte[] whole = java.util.Arrays.copyOf(pcm, pcm.length - half.length);
            return encoding == Encoding.MULAW ? G711.toMuLaw(whole) : G711.toALaw(whole);
        }

        @Override
        public byte[] end() {
            return new byte[0];
        }
    }
}
