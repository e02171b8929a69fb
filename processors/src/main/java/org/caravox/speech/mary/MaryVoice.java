package org.caravox.speech.mary;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.caravox.providers.Attempt;
import org.caravox.providers.Models;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.Spoken;
import org.caravox.speech.Voice;
import org.caravox.speech.VoiceNames;

/**
 * The embedded voice as a provider. It speaks American English with one voice, at one speed; what else is asked for is
 * told back. Options: {@code voices.<name>}, what callers may call it without being told.
 */
public final class MaryVoice implements Voice {

    private static final AudioFormat ITS_OWN = AudioFormat.pcm(MaryEngine.SAMPLE_RATE_HZ);

    private final String name;
    private final MaryEngine engine;
    private final VoiceNames voices;

    /** @param options of the provider of that name */
    public MaryVoice(String name, MaryEngine engine, Map<String, String> options) {
        this.name = name;
        this.engine = engine;
        Map<String, String> all = new java.util.HashMap<>(options);
        all.putIfAbsent("voice", MaryEngine.VOICE);
        this.voices = VoiceNames.of(name, all, Pattern.compile(Pattern.quote(MaryEngine.VOICE)));
    }

    @Override
    public String provider() {
        return name;
    }

    @Override
    public Models models() {
        return Models.of(MaryEngine.VOICE);
    }

    @Override
    public boolean needsCredential() {
        return false;
    }

    @Override
    public Optional<String> refuses(SpeechRequest request) {
        String language = request.language();
        return language == null || language.split("-", 2)[0].equalsIgnoreCase("en")
                ? Optional.empty()
                : Optional.of("language \"" + language + "\" is not spoken by provider " + name + ": use en");
    }

    @Override
    public Set<String> cannot(SpeechRequest request) {
        Set<String> cannot = new HashSet<>();
        if (!voices.know(request) || !voices.of(request).equals(MaryEngine.VOICE)) {
            cannot.add("voice");
        }
        if (request.otherSpeed().isPresent()) {
            cannot.add("speed");
        }
        if (request.instructions() != null) {
            cannot.add("instructions");
        }
        String language = request.language();
        if (language != null && !language.equalsIgnoreCase("en") && !language.equalsIgnoreCase("en-US")) {
            cannot.add("language");
        }
        return cannot;
    }

    @Override
    public AudioFormat delivers(AudioFormat wanted) {
        return ITS_OWN;
    }

    @Override
    public Spoken speak(SpeechRequest request, Attempt attempt) throws IOException, InterruptedException {
        Patience patience = attempt.patience();
        SpokenSentences sentences = engine.say(request.text(), patience.deadline());
        HangUp.Interest interest = patience.hangUp().whenHungUp(sentences::close);
        try {
            byte[] first = sentences.next().orElseThrow(() -> broken(patience));
            return new Spoken(name, attempt.model(), ITS_OWN, new Sound(sentences, first, patience, interest));
        } catch (IOException | InterruptedException | RuntimeException e) {
            interest.close();
            sentences.close();
            throw e;
        }
    }

    private static IOException broken(Patience patience) {
        return new IOException(patience.hangUp().hungUp() ? "the caller hung up" : "the embedded voice said nothing");
    }

    /** One sentence after the other. */
    private static final class Sound extends InputStream {
        private final SpokenSentences sentences;
        private final Patience patience;
        private final HangUp.Interest interest;
        private volatile boolean closed;
        private byte[] sentence;
        private int at;

        Sound(SpokenSentences sentences, byte[] first, Patience patience, HangUp.Interest interest) {
            this.sentences = sentences;
            this.sentence = first;
            this.patience = patience;
            this.interest = interest;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (at == sentence.length) {
                Optional<byte[]> next = next();
                if (next.isEmpty()) {
                    return end();
                }
                sentence = next.get();
                at = 0;
            }
            int count = Math.min(length, sentence.length - at);
            System.arraycopy(sentence, at, into, offset, count);
            at += count;
            return count;
        }

        private Optional<byte[]> next() throws IOException {
            try {
                return sentences.next();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the work was called off");
            } catch (Refusal late) {
                throw new IOException(late.getMessage(), late);
            }
        }

        private int end() throws IOException {
            if (closed || patience.hangUp().hungUp()) {
                throw broken(patience);
            }
            return -1;
        }

        @Override
        public void close() {
            closed = true;
            interest.close();
            sentences.close();
        }
    }
}
