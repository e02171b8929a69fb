package org.caravox.speech;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.caravox.providers.Attempt;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;

/** A voice that says a tone of 400 Hz for two seconds, as PCM at 24 kHz, whatever it is to say. */
final class ToneVoice implements Voice {

    static final double SECONDS = 2;

    private static final AudioFormat ITS_OWN = AudioFormat.pcm(24_000);

    final AtomicInteger spoke = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    volatile boolean breaks;
    volatile boolean fails;
    private final String name;

    ToneVoice(String name) {
        this.name = name;
    }

    @Override
    public String provider() {
        return name;
    }

    @Override
    public Models models() {
        return Models.of("400-hertz");
    }

    @Override
    public boolean needsCredential() {
        return false;
    }

    @Override
    public Optional<String> refuses(SpeechRequest request) {
        return Optional.empty();
    }

    @Override
    public Set<String> cannot(SpeechRequest request) {
        return request.voice() == null ? Set.of() : Set.of("voice");
    }

    @Override
    public AudioFormat delivers(AudioFormat wanted) {
        return ITS_OWN;
    }

    @Override
    public Spoken speak(SpeechRequest request, Attempt attempt) {
        if (fails) {
            throw new ProviderBusy(name, Cause.SERVER_ERROR, "has a sore throat", null, null);
        }
        spoke.incrementAndGet();
        InputStream audio = new ByteArrayInputStream(tone());
        return new Spoken(name, attempt.model(), ITS_OWN, new Told(breaks ? broken(audio) : audio));
    }

    private static InputStream broken(InputStream audio) {
        return new SequenceInputStream(audio, new BreakingStream());
    }

    private static byte[] tone() {
        byte[] pcm = new byte[(int) (2 * SECONDS * ITS_OWN.sampleRateHz())];
        for (int i = 0; i < pcm.length / 2; i++) {
            int sample = (int) (8_000 * Math.sin(2 * Math.PI * 400 * i / ITS_OWN.sampleRateHz()));
            pcm[2 * i] = (byte) sample;
            pcm[2 * i + 1] = (byte) (sample >> 8);
        }
        return pcm;
    }

    /** Counts who closes it. */
    private final class Told extends java.io.FilterInputStream {
        Told(InputStream in) {
            super(in);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }
}
