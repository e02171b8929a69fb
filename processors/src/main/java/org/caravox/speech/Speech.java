package org.caravox.speech;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.caravox.providers.Answered;
import org.caravox.providers.Attempt;
import org.caravox.providers.BreakerSettings;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.Line;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.providers.Use;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.usage.Consumed;
import org.caravox.usage.Meter;
import org.caravox.usage.Metered;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the chain of voices speak a text, or finds what was spoken before. */
public final class Speech {

    private static final Logger log = LoggerFactory.getLogger(Speech.class);
    private static final double SLOWEST = 0.25;
    private static final double FASTEST = 4;

    private final Chain<SpeechRequest, Voice> chain;
    private final Conversion conversion;
    private final SpeechCache cache;
    private final SpeechSettings settings;
    private final Meter meter;

    /** The cache has a line like all others, so that whoever closes an answer need not tell them apart. */
    private final Line cacheLine;

    public Speech(
            Chain<SpeechRequest, Voice> chain,
            Conversion conversion,
            SpeechCache cache,
            SpeechSettings settings,
            Meter meter,
            Clock clock) {
        this.chain = chain;
        this.conversion = conversion;
        this.cache = cache;
        this.settings = settings;
        this.meter = meter;
        this.cacheLine = new Line(
                Use.SPEECH,
                "cache",
                "none",
                Integer.MAX_VALUE,
                Duration.ofHours(1),
                BreakerSettings.USUAL,
                new SimpleMeterRegistry(),
                clock);
    }

    /** The chain, for those who list its models. */
    public Chain<SpeechRequest, Voice> chain() {
        return chain;
    }

    /**
     * Speaks, in the very form that is asked for; its usage is recorded when the audio ends, is cut or is closed.
     *
     * @throws Refusal                                INVALID when the request cannot be carried out by anybody
     * @throws org.caravox.providers.NobodyAnswered   when all providers failed
     * @throws InterruptedException                   when the work was called off
     */
    public Answered<Spoken> speak(@Body SpeechRequest request, @ExchangeProperty("patience") Patience patience)
            throws InterruptedException {
        check(request);
        chain.check(request);
        ChainSettings settingsOfTenant = chain.settings(request.tenant());
        String key = SpeechKey.of(request, settingsOfTenant, settings.edition());
        Optional<SpeechCache.Found> before = cache.find(key);
        Answered<Spoken> answered = before.isPresent() ? again(request, before.get()) : anew(request, patience, key);
        log.info(
                "speech.spoken request={} tenant={} provider={} model={} characters={} attempts={} cached={}",
                request.id(),
                request.tenant(),
                answered.provider(),
                answered.model(),
                request.text().length(),
                answered.attempts(),
                answered.value().cached());
        return answered;
    }

    private void check(SpeechRequest request) throws InterruptedException {
        String text = request.text();
        if (text.isBlank()) {
            throw Refusal.invalid("the text to speak is empty");
        }
        int characters = text.codePointCount(0, text.length());
        if (characters > settings.mostCharacters()) {
            throw Refusal.invalid("the text to speak has " + characters + " characters, at most "
                    + settings.mostCharacters() + " are spoken at a time: send it in parts");
        }
        Double speed = request.speed();
        if (speed != null && !(speed >= SLOWEST && speed <= FASTEST)) {
            throw Refusal.invalid("the speed must be " + SLOWEST + " to " + FASTEST + ", was " + speed);
        }
        AudioFormat format = request.format();
        Conversion.check(format);
        boolean delivered = chain.providers().stream()
                .anyMatch(voice -> voice.delivers(format.bare()).equals(format.bare()));
        if (!delivered && !conversion.makes(format)) {
            throw conversion.refused(format);
        }
    }

    private Answered<Spoken> again(SpeechRequest request, SpeechCache.Found found) {
        KeptSpeech.About about = found.about();
        Line.Call call = cacheLine.begin().orElseThrow();
        call.succeeded();
        Spoken spoken = new Spoken(about.provider(), about.model(), request.format(), found.audio(), true);
        meter.cached(request, Use.SPEECH, about.provider(), about.model(), Consumed.characters(request.text()));
        return new Answered<>(spoken, about.provider(), about.model(), about.warnings(), 0, call);
    }

    private Answered<Spoken> anew(SpeechRequest request, Patience patience, String key) throws InterruptedException {
        Consumed text = Consumed.characters(request.text());
        Metered metered = meter.begin(chain, request, patience, assumed -> text);
        try {
            return measured(request, patience, key, text, metered);
        } catch (RuntimeException | InterruptedException e) {
            metered.release();
            throw e;
        }
    }

    private Answered<Spoken> measured(
            SpeechRequest request, Patience patience, String key, Consumed text, Metered metered)
            throws InterruptedException {
        Answered<Spoken> opened = chain.open(request, patience, (voice, attempt) -> speak(voice, request, attempt));
        Spoken spoken = opened.value();
        Runnable delivered = () -> metered.end(opened.provider(), opened.model(), text);
        InputStream audio =
                converted(new Watched(opened, patience, delivered), spoken.format(), request.format(), patience);
        if (first(request, opened) && !substituted(request, opened)) {
            audio = cache.keep(key, new KeptSpeech.About(spoken.provider(), spoken.model(), opened.warnings()), audio);
        }
        return new Answered<>(
                new Spoken(spoken.provider(), spoken.model(), request.format(), audio),
                opened.provider(),
                opened.model(),
                opened.warnings(),
                opened.attempts(),
                opened.call());
    }

    private Spoken speak(Voice voice, SpeechRequest request, Attempt attempt) throws IOException, InterruptedException {
        AudioFormat wanted = request.format().bare();
        AudioFormat delivered = voice.delivers(wanted);
        if (!delivered.equals(wanted) && !conversion.makes(wanted)) {
            throw new ProviderRejected(
                    voice.provider(), conversion.refused(wanted).getMessage());
        }
        return voice.speak(request.in(delivered), attempt);
    }

    private InputStream converted(InputStream audio, AudioFormat from, AudioFormat to, Patience patience) {
        try {
            return conversion.convert(audio, from, to, patience);
        } catch (IOException e) {
            closeQuietly(audio);
            throw new Refusal(
                    Refusal.Reason.OVERLOADED, "the audio cannot be converted now: " + e.getMessage(), null, e);
        }
    }

    private static void closeQuietly(InputStream audio) {
        try {
            audio.close();
        } catch (IOException e) {
            log.debug("speech.unclosed", e);
        }
    }

    /** Whether the one spoke who goes before all others: a backup's audio would outlive the trouble that it helped in. */
    private boolean first(SpeechRequest request, Answered<Spoken> opened) {
        String first = chain.askable(request).get(0).provider();
        return opened.attempts() == 1 && opened.provider().equals(first);
    }

    /** Whether another model spoke than was asked for: more is warned of than the options that are not honoured. */
    private boolean substituted(SpeechRequest request, Answered<Spoken> opened) {
        List<Integer> options = chain.providers().stream()
                .filter(voice -> voice.provider().equals(opened.provider()))
                .map(voice -> voice.cannot(request).size())
                .toList();
        return options.isEmpty() || opened.warnings().size() > options.get(0);
    }

    /**
     * Tells the line how the audio ended, and the meter that there was some: providers charge for the whole text. Once
     * it broke off, it does not go on.
     */
    private static final class Watched extends FilterInputStream {
        private final Answered<Spoken> opened;
        private final Patience patience;
        private final Runnable delivered;
        private boolean broken;

        Watched(Answered<Spoken> opened, Patience patience, Runnable delivered) {
            super(opened.value().audio());
            this.opened = opened;
            this.patience = patience;
            this.delivered = delivered;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (broken) {
                throw new IOException("the audio broke off");
            }
            try {
                int count = in.read(into, offset, length);
                if (count < 0) {
                    opened.call().succeeded();
                    delivered.run();
                }
                return count;
            } catch (IOException | RuntimeException e) {
                broken = true;
                tell(e);
                delivered.run();
                throw e instanceof IOException known ? known : new IOException(e.getMessage(), e);
            }
        }

        private void tell(Exception e) {
            Chain.brokeOff(opened.call(), e, patience);
        }

        @Override
        public void close() throws IOException {
            opened.call().abandoned();
            try {
                delivered.run();
            } finally {
                super.close();
            }
        }
    }
}
